import { LIMITS } from '../../limits';
import { LimitError, MetadataFormatError, type MetadataFormatReason } from '../errors';
import { decodeLossless, decodeUtf8, encodeLossless } from '../lossless-utf8';
import { displayBytes, quote } from '../text';
import { NarLayout } from './layout';
import { compareBytes, joinNarPath, type NarListing, NodeCode, nameOf, targetOf, walkRows } from './listing';
import { ListingBuilder } from './listing-builder';
import { MAX_DEPTH, NAME_RULE, nameProblem, TARGET_RULE, targetProblem } from './wire';

/** Bytes of a listing that is read: about what one string of the engine can hold. */
export const MAX_LISTING_SIZE = LIMITS.decodedListing.most;

/** An oddity of a listing that can be read through. */
export type ListingQuirk =
  /** Old Nix (2.8 for one) writes names and targets that are not UTF-8 as they are. Their bytes are kept. */
  'not-utf8';

export interface ReadListing {
  readonly listing: NarListing;
  /** Bytes of the NAR that has exactly these entries: to be held against the narinfo's NarSize. */
  readonly narSize: number;
  readonly quirks: readonly ListingQuirk[];
}

/**
 * Reads a `.ls` file of version 1, as `listNarDeep` in Nix's nar-listing.cc writes it:
 *
 *   listing   = {"version":1,"root":node}
 *   node      = regular | directory | symlink
 *   regular   = {"type":"regular","size":BYTES[,"executable":true|false][,"narOffset":BYTES]}
 *   directory = {"type":"directory","entries":{NAME:node,…}}
 *   symlink   = {"type":"symlink","target":TARGET}
 *
 * Keys may come in any order, unknown ones are ignored. Names and targets obey the rules of wire.ts. Where
 * contents begin follows from everything before them, so `narOffset` is computed, and one that is stated
 * has to agree. Throws MetadataFormatError, or LimitError for what is too large.
 */
export function parseListing(json: Uint8Array | string): ReadListing {
  if (json.length > MAX_LISTING_SIZE)
    throw new LimitError('bytes of a listing', MAX_LISTING_SIZE, json.length);
  const { text, quirks } = typeof json === 'string' ? { text: json, quirks: [] } : decode(json);
  const file = parseJson(text);
  if (!isObject(file)) throw problem('malformed', 'expected a JSON object');
  if (file.version === undefined) throw problem('missing', 'there is no version', 'version');
  if (file.version !== 1) {
    throw problem('unsupported-version', `expected 1, found ${inShort(file.version)}`, 'version');
  }
  return { ...new ListingReader().read(file.root), quirks };
}

function decode(json: Uint8Array): { readonly text: string; readonly quirks: readonly ListingQuirk[] } {
  const text = decodeUtf8(json);
  return text === undefined ? { text: decodeLossless(json), quirks: ['not-utf8'] } : { text, quirks: [] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem('malformed', `not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

interface Entry {
  readonly name: Uint8Array;
  readonly node: unknown;
}

interface OpenDirectory {
  readonly name: Uint8Array;
  readonly entries: readonly Entry[];
  /** Index of the entry that is read next. */
  next: number;
}

/** Walks the nodes in NAR order, without recursion: how deep they nest is not ours to say. */
class ListingReader {
  private readonly builder = new ListingBuilder();
  private readonly layout = new NarLayout();
  private readonly open: OpenDirectory[] = [];
  /** Of the node that is read. */
  private name: Uint8Array = new Uint8Array(0);

  read(root: unknown): { readonly listing: NarListing; readonly narSize: number } {
    this.readNode(root);
    for (let directory = this.open.at(-1); directory; directory = this.open.at(-1)) {
      const entry = directory.entries[directory.next++];
      if (entry) {
        this.name = entry.name;
        this.readNode(entry.node);
      } else {
        this.open.pop();
        this.builder.leaveDirectory();
        this.layout.leaveDirectory();
      }
    }
    return { listing: this.builder.snapshot(), narSize: this.layout.narOffset };
  }

  private readNode(node: unknown): void {
    if (!isObject(node)) throw this.problem('malformed', 'expected an object');
    if (this.open.length >= MAX_DEPTH) {
      throw this.problem('malformed', `expected less than ${MAX_DEPTH} directories around a node`);
    }
    switch (node.type) {
      case 'directory':
        this.readDirectory(node);
        break;
      case 'regular':
        this.readRegular(node);
        break;
      case 'symlink':
        this.readSymlink(node);
        break;
      default:
        throw this.problem('malformed', 'expected "regular", "directory" or "symlink"', 'type');
    }
    if (this.layout.narOffset > Number.MAX_SAFE_INTEGER) {
      throw this.problem('malformed', 'the sizes add up to 2^53 and more', 'size');
    }
  }

  private readDirectory(node: Fields): void {
    const { name } = this;
    if (!isObject(node.entries)) throw this.problem('malformed', 'expected an object', 'entries');
    this.builder.enterDirectory(name);
    this.layout.enterDirectory(name);
    this.open.push({ name, entries: this.sortedEntries(node.entries), next: 0 });
  }

  /** JSON has no order (and JavaScript puts keys like "10" first); a NAR has one. */
  private sortedEntries(fields: Fields): readonly Entry[] {
    const entries: Entry[] = [];
    let isSorted = true;
    for (const key in fields) {
      const name = this.encode(key, 'entries');
      const fault = nameProblem(name);
      if (fault) throw this.problem('malformed', `expected ${NAME_RULE}, found ${fault}`, 'entries');
      const before = entries.at(-1);
      isSorted &&= before === undefined || compareBytes(before.name, name) < 0;
      entries.push({ name, node: fields[key] });
    }
    if (!isSorted) this.sort(entries);
    return entries;
  }

  private sort(entries: Entry[]): void {
    entries.sort((a, b) => compareBytes(a.name, b.name));
    for (let i = 1; i < entries.length; i++) {
      const { name } = entries[i] as Entry;
      if (compareBytes((entries[i - 1] as Entry).name, name) < 0) continue;
      throw this.problem('duplicate', `"${displayBytes(name)}" is there twice`, 'entries');
    }
  }

  private readRegular(node: Fields): void {
    const { size, executable, narOffset: stated } = node;
    if (size === undefined) throw this.problem('missing', 'there is no size', 'size');
    if (!isByteCount(size)) throw this.problem('malformed', 'expected a number of bytes', 'size');
    if (typeof (executable ?? false) !== 'boolean') {
      throw this.problem('malformed', 'expected true or false', 'executable');
    }
    // JSON has a zero with a sign; no file has.
    const file = { size: Math.abs(size), executable: executable === true, narOffset: 0 };
    file.narOffset = this.layout.addRegular(this.name, file);
    this.builder.addRegular(this.name, file);
    if ((stated ?? file.narOffset) === file.narOffset) return;
    throw this.problem('disagrees', `stated ${inShort(stated)}, computed ${file.narOffset}`, 'narOffset');
  }

  private readSymlink({ target: text }: Fields): void {
    if (text === undefined) throw this.problem('missing', 'there is no target', 'target');
    if (typeof text !== 'string') throw this.problem('malformed', 'expected a string', 'target');
    const target = this.encode(text, 'target');
    const fault = targetProblem(target);
    if (fault) throw this.problem('malformed', `expected ${TARGET_RULE}, found ${fault}`, 'target');
    this.builder.addSymlink(this.name, target);
    this.layout.addSymlink(this.name, target);
  }

  private encode(text: string, field: string): Uint8Array {
    const bytes = encodeLossless(text);
    if (bytes) return bytes;
    throw this.problem('malformed', 'expected characters, found half of a surrogate pair', field);
  }

  /** A problem of the node that is read. */
  private problem(reason: MetadataFormatReason, detail: string, field?: string): MetadataFormatError {
    const names = [...this.open.map(({ name }) => name), this.name].filter((name) => name.length > 0);
    const narPath = names.length > 0 ? displayBytes(joinNarPath(names)) : 'the root';
    return problem(reason, `${narPath}: ${detail}`, field);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isByteCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** A value for a detail. What nests is only named: writing it out could take any stack. */
function inShort(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? quote(value) : String(value);
}

function problem(reason: MetadataFormatReason, detail: string, field?: string): MetadataFormatError {
  return new MetadataFormatError({ format: 'listing', reason, detail, field });
}

/**
 * A listing as Nix 2.8 writes it into a `.ls` file, field by field; the value of "root" is what `nix nar ls
 * --json -R` prints. Bytes that are not UTF-8 become lone surrogates U+DC80–U+DCFF, escaped: JSON text has
 * no other place for them, and `parseListing` gives the bytes back.
 */
export function formatListing(listing: NarListing): string {
  const parts: string[] = ['{"version":1,"root":'];
  walkRows(listing, 0, {
    enter(row) {
      const parent = listing.parent[row] ?? -1;
      if (parent >= 0) {
        const comma = row === parent + 1 ? '' : ',';
        parts.push(`${comma}${formatText(nameOf(listing, row))}:`);
      }
      parts.push(formatNode(listing, row));
    },
    leave: () => parts.push('}}'),
  });
  parts.push('}');
  return parts.join('');
}

/** The node; of a directory what stands before its entries. */
function formatNode(listing: NarListing, row: number): string {
  const kind = listing.kind[row];
  if (kind === NodeCode.directory) return '{"type":"directory","entries":{';
  if (kind === NodeCode.symlink) {
    return `{"type":"symlink","target":${formatText(targetOf(listing, row))}}`;
  }
  const executable = kind === NodeCode.executable ? '"executable":true,' : '';
  return `{"type":"regular","size":${listing.size[row]},${executable}"narOffset":${listing.narOffset[row]}}`;
}

function formatText(bytes: Uint8Array): string {
  return JSON.stringify(decodeUtf8(bytes) ?? decodeLossless(bytes));
}

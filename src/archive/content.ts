import { LIMITS } from '../limits';
import { LimitError, MetadataFormatError, NarFormatError } from '../nix/errors';
import { type ExportedPath, ExportParser } from '../nix/export-stream';
import type { NixHash } from '../nix/hash';
import type { NarListing } from '../nix/nar/listing';
import { ListingBuilder, wholeListingRoom } from '../nix/nar/listing-builder';
import { ListingVisitor } from '../nix/nar/listing-visitor';
import { concatBytes, MAGIC, writeU64 } from '../nix/nar/wire';
import type { Tap } from './decoded-source';
import type { Hasher } from './hashing';
import { growingTap } from './taps';

/** What a decoded stream turned out to hold. */
export type Content =
  | { readonly kind: 'nar'; readonly builder: ListingBuilder; readonly narHash: () => Promise<NixHash> }
  | { readonly kind: 'export'; readonly paths: readonly ExportedNar[] }
  /** Text about an archive: a narinfo, a listing, a derivation. */
  | { readonly kind: 'text'; readonly format: TextFormat; readonly text: () => Uint8Array };

/** A path of an export stream, with its tree. */
export interface ExportedNar {
  readonly path: ExportedPath;
  readonly listing: NarListing;
  readonly narHash: NixHash;
}

type TextFormat = 'narinfo' | 'listing' | 'derivation';

/** As when a cache sends it. */
const MOST_TEXT: Readonly<Record<TextFormat, number>> = {
  narinfo: LIMITS.metadata.most,
  listing: LIMITS.decodedListing.most,
  derivation: LIMITS.derivation.most,
};
const HEAD = 32;

/** Looks at the first decoded bytes, then reads the rest as what they are. The file's name decides nothing. */
export class ContentTap implements Tap {
  content: Content | undefined;
  private readonly fileName: string;
  private readonly hasher: Hasher;
  private readonly onGrowth: (listing: NarListing) => void;
  private head = new Uint8Array(0);
  private inner: Tap | undefined;

  /** The hasher is for the NARs that pass: nobody states their hashes, so they are found. */
  constructor(fileName: string, hasher: Hasher, onGrowth: (listing: NarListing) => void) {
    this.fileName = fileName;
    this.hasher = hasher;
    this.onGrowth = onGrowth;
  }

  bytes(chunk: Uint8Array): void | Promise<void> {
    if (this.inner) return this.inner.bytes(chunk);
    const head = new Uint8Array(this.head.length + chunk.length);
    head.set(this.head);
    head.set(chunk, this.head.length);
    this.head = head;
    return head.length >= HEAD ? this.begin().bytes(head) : undefined;
  }

  async end(): Promise<void> {
    if (!this.inner) await this.begin().bytes(this.head);
    await this.inner?.end();
  }

  private begin(): Tap {
    const begun = this.recognise(this.head);
    this.inner = begun.tap;
    this.content = begun.content;
    return begun.tap;
  }

  private recognise(head: Uint8Array): { content: Content; tap: Tap } {
    if (startsWith(head, MAGIC)) {
      const builder = new ListingBuilder();
      const narHash = async () => (await this.hasher.digest()).hash;
      const tap = hashingTap(this.hasher, growingTap(builder, this.onGrowth));
      return { content: { kind: 'nar', builder, narHash }, tap };
    }
    if (isExport(head)) {
      const paths: ExportedNar[] = [];
      return { content: { kind: 'export', paths }, tap: exportTap(paths, this.hasher) };
    }
    const format = textFormat(head);
    if (!format) throw this.unknown();
    const chunks: Uint8Array[] = [];
    return {
      content: { kind: 'text', format, text: () => concatBytes(chunks) },
      tap: collectingTap(format, chunks),
    };
  }

  private unknown(): MetadataFormatError {
    return new MetadataFormatError({
      format: 'file',
      reason: 'malformed',
      detail: `${this.fileName} is none of them`,
    });
  }
}

/** An export stream begins with the number 1 and a NAR, is the number 0 and nothing else, or is of version 2. */
const EXPORT_MAGIC = concatBytes([writeU64(1), MAGIC]);
const EMPTY_EXPORT = writeU64(0);
const EXPORT_2_MAGIC = new TextEncoder().encode('NARIO2');

function isExport(head: Uint8Array): boolean {
  const isEmpty = head.length === EMPTY_EXPORT.length && startsWith(head, EMPTY_EXPORT);
  return isEmpty || startsWith(head, EXPORT_MAGIC) || startsWith(head, EXPORT_2_MAGIC);
}

function textFormat(head: Uint8Array): TextFormat | undefined {
  const text = new TextDecoder().decode(head).trimStart();
  if (text.startsWith('{')) return 'listing';
  if (text.startsWith('Derive(') || text.startsWith('DrvWithVersion(')) return 'derivation';
  return /^(StorePath|URL|Compression|FileHash|FileSize|NarHash|NarSize|References|Deriver|System|Sig|CA): ?/.test(
    text,
  )
    ? 'narinfo'
    : undefined;
}

function startsWith(head: Uint8Array, magic: Uint8Array): boolean {
  return magic.subarray(0, HEAD).every((byte, at) => head[at] === byte);
}

function hashingTap(hasher: Hasher, inner: Tap): Tap {
  return {
    bytes: (chunk) => {
      void inner.bytes(chunk);
      return hasher.update(chunk);
    },
    end: () => inner.end(),
  };
}

/** One room for all trees: many small ones are held as one large one is. */
export function exportTap(paths: ExportedNar[], hasher: Hasher, room = wholeListingRoom()): Tap {
  let builder = new ListingBuilder(room);
  let busy: void | Promise<void>;
  let known = Promise.resolve();
  const parser = new ExportParser({
    beginNar: () => {
      hasher.restart();
      builder = new ListingBuilder(room);
      return new ListingVisitor(builder);
    },
    narBytes: (chunk) => {
      busy = hasher.update(chunk);
    },
    exportedPath: (path) => {
      const listing = builder.snapshot();
      // In their order: the next one begins to be hashed behind the question.
      known = Promise.all([known, hasher.digest()]).then(([, { hash }]) => {
        paths.push({ path, listing, narHash: hash });
      });
    },
  });
  return {
    bytes: (chunk) => {
      busy = undefined;
      if (parser.push(chunk) < chunk.length) throw trailingBytes(parser.offset);
      return busy;
    },
    end: () => {
      parser.finish();
      return known;
    },
  };
}

function collectingTap(format: TextFormat, chunks: Uint8Array[]): Tap {
  const most = MOST_TEXT[format];
  let size = 0;
  return {
    bytes: (chunk) => {
      size += chunk.length;
      if (size > most) throw new LimitError(`bytes of a ${format}`, most);
      chunks.push(chunk.slice());
    },
    end: () => undefined,
  };
}

function trailingBytes(narOffset: number): NarFormatError {
  return new NarFormatError({
    reason: 'trailing-bytes',
    narOffset,
    narPath: new Uint8Array(0),
    expected: 'the end',
    found: 'more bytes',
  });
}

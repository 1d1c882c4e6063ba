import { MetadataFormatError, type MetadataFormatReason } from './errors';
import { formatHash, type HashFormat, type NixHash, parseHashAndFormat } from './hash';
import { formatBaseName, formatStorePath, parseBaseName, parseStorePath, type StorePath } from './store-path';
import { quote } from './text';

/** An oddity of a narinfo that can be read through. */
export type NarInfoQuirk =
  | 'compression-missing'
  | 'hash-base16'
  | 'hash-sri'
  | 'unknown-deriver'
  | 'final-newline-missing'
  | 'unknown-field'
  | 'references-unsorted'
  | 'file-hash-missing'
  | 'file-size-missing'
  | 'carriage-returns';

/**
 * A `.narinfo`, as written by `NarInfo::to_string` in Nix's nar-info.cc. The signature covers storePath,
 * narHash, narSize and references; url, compression, fileHash, fileSize, deriver and system are what the
 * cache merely claims.
 */
export interface NarInfo {
  readonly storePath: StorePath;
  /** As written: relative to the cache or absolute, possibly with a query. */
  readonly url: string;
  /** As written, lower case; `bzip2` when absent or empty. */
  readonly compression: string;
  readonly fileHash: NixHash | undefined;
  /** Bytes. */
  readonly fileSize: number | undefined;
  readonly narHash: NixHash;
  /** Bytes, above 0. */
  readonly narSize: number;
  /** In written order. */
  readonly references: readonly StorePath[];
  readonly deriver: StorePath | undefined;
  readonly system: string | undefined;
  /** `name:base64`, as written. */
  readonly signatures: readonly string[];
  /** `CA` as written. */
  readonly contentAddress: string | undefined;
  readonly unknownFields: readonly { readonly name: string; readonly value: string }[];
  readonly quirks: readonly NarInfoQuirk[];
}

/** Fields that stand at most once. `Sig` may stand several times; anything else is unknown and kept. */
const SINGLE_FIELDS: ReadonlySet<string> = new Set([
  'StorePath',
  'URL',
  'Compression',
  'FileHash',
  'FileSize',
  'NarHash',
  'NarSize',
  'References',
  'Deriver',
  'System',
  'CA',
]);

interface Field {
  readonly name: string;
  readonly value: string;
  /** Line of the text, from 1. */
  readonly line: number;
}

interface Fields {
  readonly single: ReadonlyMap<string, Field>;
  readonly signatures: readonly string[];
  readonly unknown: readonly Field[];
}

/**
 * Reads a narinfo, after the constructor of `NarInfo` in Nix's nar-info.cc: lines of `Name: value`, each
 * ended by a line feed, of which StorePath, URL, NarHash and NarSize must be there. What Nix reads through,
 * and the harm that proxies and editors do to line ends, becomes a quirk. Stricter than Nix in one thing: a
 * field that stands twice is an error, not the last one's. Throws a MetadataFormatError.
 */
export function parseNarInfo(text: string): NarInfo {
  const quirks = new Set<NarInfoQuirk>();
  const { single, signatures, unknown } = readFields(text, quirks);
  if (unknown.length > 0) quirks.add('unknown-field');

  const storePath = reading(required(single, 'StorePath'), parseStorePath);
  const url = required(single, 'URL').value;
  const narHash = readHash(required(single, 'NarHash'), quirks);
  const narSize = readSize(required(single, 'NarSize'));
  if (narSize === 0) throw faulty('malformed', 'expected more than 0 bytes', single.get('NarSize'));

  const compression = single.get('Compression')?.value.toLowerCase() || undefined;
  if (compression === undefined) quirks.add('compression-missing');
  const fileHashField = single.get('FileHash');
  const fileHash = fileHashField && readHash(fileHashField, quirks);
  if (fileHash === undefined) quirks.add('file-hash-missing');
  const fileSizeField = single.get('FileSize');
  // Nix writes and reads 0 for a size that nobody knows.
  const fileSize = (fileSizeField && readSize(fileSizeField)) || undefined;
  if (fileSize === undefined) quirks.add('file-size-missing');

  return {
    storePath,
    url,
    compression: compression ?? 'bzip2',
    fileHash,
    fileSize,
    narHash,
    narSize,
    references: readReferences(single.get('References'), quirks),
    deriver: readDeriver(single.get('Deriver'), quirks),
    system: single.get('System')?.value || undefined,
    signatures,
    contentAddress: single.get('CA')?.value || undefined,
    unknownFields: unknown.map(({ name, value }) => ({ name, value })),
    quirks: [...quirks],
  };
}

/**
 * The text that Nix would write: canonical, so `parseNarInfo` finds no quirk in it but those of what it says.
 */
export function formatNarInfo(info: NarInfo): string {
  const lines: (readonly [name: string, value: string | undefined])[] = [
    ['StorePath', formatStorePath(info.storePath)],
    ['URL', info.url],
    ['Compression', info.compression],
    ['FileHash', info.fileHash && formatHash(info.fileHash, 'nix32')],
    ['FileSize', info.fileSize?.toString()],
    ['NarHash', formatHash(info.narHash, 'nix32')],
    ['NarSize', info.narSize.toString()],
    ['References', info.references.map(formatBaseName).join(' ')],
    ['Deriver', info.deriver && formatBaseName(info.deriver)],
    ['System', info.system],
    ...info.signatures.map((signature) => ['Sig', signature] as const),
    ['CA', info.contentAddress],
    ...info.unknownFields.map(({ name, value }) => [name, value] as const),
  ];
  return lines.map(([name, value]) => (value === undefined ? '' : `${name}: ${value}\n`)).join('');
}

function readFields(text: string, quirks: Set<NarInfoQuirk>): Fields {
  const single = new Map<string, Field>();
  const signatures: string[] = [];
  const unknown: Field[] = [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else quirks.add('final-newline-missing');

  for (const [index, ended] of lines.entries()) {
    const written = withoutCarriageReturns(ended);
    if (written !== ended) quirks.add('carriage-returns');
    const field = readField(written, index + 1);
    if (field.name === 'Sig') signatures.push(field.value);
    else if (!SINGLE_FIELDS.has(field.name)) unknown.push(field);
    else if (single.has(field.name)) throw faulty('duplicate', 'stands a second time', field);
    else single.set(field.name, field);
  }
  return { single, signatures, unknown };
}

/** All of them: a field that ended in one could not be written again. */
function withoutCarriageReturns(line: string): string {
  let end = line.length;
  while (line[end - 1] === '\r') end--;
  return line.slice(0, end);
}

/** A colon alone is an empty value whose space was trimmed away. */
function readField(text: string, line: number): Field {
  const [, name, value] = /^([A-Za-z][A-Za-z0-9_-]*):(?: (.*))?$/s.exec(text) ?? [];
  if (name !== undefined) return { name, value: value ?? '', line };
  throw new MetadataFormatError({
    format: 'narinfo',
    reason: 'malformed',
    line,
    detail: `expected a name, a colon, a space and a value, found ${quote(text)}`,
  });
}

function required(single: ReadonlyMap<string, Field>, name: string): Field {
  const field = single.get(name);
  if (field !== undefined && field.value !== '') return field;
  throw faulty('missing', field ? 'is empty' : 'is not there', field ?? { name, line: undefined });
}

const QUIRK_OF_FORMAT: Readonly<Partial<Record<HashFormat, NarInfoQuirk>>> = {
  base16: 'hash-base16',
  sri: 'hash-sri',
};

function readHash(field: Field, quirks: Set<NarInfoQuirk>): NixHash {
  const { hash, format } = reading(field, (value) => parseHashAndFormat(value));
  const quirk = QUIRK_OF_FORMAT[format];
  if (quirk !== undefined) quirks.add(quirk);
  return hash;
}

/** Nix's sizes have 64 bits; above 2^53 - 1 ours would not be exact. */
function readSize(field: Field): number {
  const size = /^[0-9]+$/.test(field.value) ? Number(field.value) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw faulty(
    'malformed',
    `expected bytes up to ${Number.MAX_SAFE_INTEGER}, found ${quote(field.value)}`,
    field,
  );
}

function readReferences(field: Field | undefined, quirks: Set<NarInfoQuirk>): StorePath[] {
  const baseNames = field?.value.split(' ').filter((baseName) => baseName !== '') ?? [];
  // Nix holds them as a set: a repeated one is out of order as well.
  if (baseNames.some((baseName, i) => i > 0 && baseName <= (baseNames[i - 1] ?? '')))
    quirks.add('references-unsorted');
  return field ? baseNames.map((baseName) => reading({ ...field, value: baseName }, parseBaseName)) : [];
}

function readDeriver(field: Field | undefined, quirks: Set<NarInfoQuirk>): StorePath | undefined {
  if (field === undefined) return undefined;
  if (field.value !== 'unknown-deriver' && field.value !== '') return reading(field, parseBaseName);
  quirks.add('unknown-deriver');
  return undefined;
}

/** The value of a field as `parse` reads it; its fault becomes the field's. */
function reading<T>(field: Field, parse: (value: string) => T): T {
  try {
    return parse(field.value);
  } catch (error) {
    if (error instanceof MetadataFormatError) throw faulty('malformed', error.detail, field);
    throw error;
  }
}

function faulty(
  reason: MetadataFormatReason,
  detail: string,
  field: { readonly name: string; readonly line: number | undefined } | undefined,
): MetadataFormatError {
  return new MetadataFormatError({
    format: 'narinfo',
    reason,
    detail,
    field: field?.name,
    line: field?.line,
  });
}

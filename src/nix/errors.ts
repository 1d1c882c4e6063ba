/** What the parsers of this folder can say. Each class is one `kind` of the app's failures; the fields are facts, not sentences. */

export type NarFormatReason =
  | 'bad-magic'
  | 'unexpected-token'
  | 'bad-padding'
  | 'bad-name'
  | 'bad-target'
  | 'unsorted'
  | 'too-deep'
  | 'too-long'
  | 'truncated'
  | 'trailing-bytes'
  | 'listing-disagrees';

/** A byte of a NAR (or of an export stream) is not what the grammar allows at that place. */
export class NarFormatError extends Error {
  readonly kind = 'nar-format';
  readonly reason: NarFormatReason;
  /** Where in the decoded NAR, in bytes from its first. */
  readonly narOffset: number;
  /** The entry being read, as its raw path inside the NAR; empty for the root. */
  readonly narPath: Uint8Array;
  readonly expected: string;
  readonly found: string;

  constructor(facts: {
    reason: NarFormatReason;
    narOffset: number;
    narPath: Uint8Array;
    expected: string;
    found: string;
  }) {
    super(`NAR at byte ${facts.narOffset}: expected ${facts.expected}, found ${facts.found}`);
    this.name = 'NarFormatError';
    this.reason = facts.reason;
    this.narOffset = facts.narOffset;
    this.narPath = facts.narPath;
    this.expected = facts.expected;
    this.found = facts.found;
  }
}

export type MetadataFormat =
  | 'narinfo'
  | 'listing'
  | 'cache-info'
  | 'store-path'
  | 'hash'
  | 'nixbase32'
  | 'signature'
  | 'export-stream'
  | 'derivation'
  | 'address'
  | 'input'
  /** A file that is none of the formats that can be opened. */
  | 'file';

export type MetadataFormatReason =
  | 'missing'
  | 'duplicate'
  | 'malformed'
  | 'unsupported-version'
  | 'disagrees';

/** A text that describes an archive cannot be read. */
export class MetadataFormatError extends Error {
  readonly kind = 'metadata-format';
  readonly format: MetadataFormat;
  readonly reason: MetadataFormatReason;
  /** What is wrong, as a fact: "expected 52 digits, found 51". */
  readonly detail: string;
  readonly field: string | undefined;
  /** Line of the text, from 1. */
  readonly line: number | undefined;

  constructor(facts: {
    format: MetadataFormat;
    reason: MetadataFormatReason;
    detail: string;
    field?: string | undefined;
    line?: number | undefined;
  }) {
    super(`${facts.format}${facts.field ? ` ${facts.field}` : ''}: ${facts.detail}`);
    this.name = 'MetadataFormatError';
    this.format = facts.format;
    this.reason = facts.reason;
    this.detail = facts.detail;
    this.field = facts.field;
    this.line = facts.line;
  }
}

/** Something is larger than this app lets it be. */
export class LimitError extends Error {
  readonly kind = 'limit';
  /** `unvouched`: it may be larger when a person says so. */
  readonly reason: 'too-large' | 'unvouched' = 'too-large';
  /** What is limited: "listing entries", "narinfo bytes". */
  readonly what: string;
  readonly limit: number;
  /** How large it is; undefined when reading stopped at the limit. */
  readonly actual: number | undefined;

  constructor(what: string, limit: number, actual?: number) {
    super(`${what}: ${actual ?? 'more than'} ${limit}`);
    this.name = 'LimitError';
    this.what = what;
    this.limit = limit;
    this.actual = actual;
  }
}

/** An archive decodes to more than anybody whom the person trusts has said. */
export class UnvouchedSizeError extends LimitError {
  override readonly reason = 'unvouched';

  constructor(limit: number) {
    super('bytes of a NAR that nobody you trust states the size of', limit);
  }
}

import { LIMITS } from '../limits';
import { LimitError, MetadataFormatError, NarFormatError, type NarFormatReason } from './errors';
import { NarParser, type NarVisitor } from './nar/parser';
import { concatBytes, LENGTH_SIZE, paddedSize, readU64, writeString, writeU64 } from './nar/wire';
import { formatStorePath, MAX_STORE_NAME, parseStorePath, STORE_DIR, type StorePath } from './store-path';
import { displayBytes } from './text';

/**
 * What `nix-store --export` writes, after `exportPaths` and `importPaths` in Nix's export-import.cc; str(),
 * numbers and nar as in nar/wire.ts:
 *
 * ```
 * export     = { 1 path } 0
 * path       = nar "NIXE" str(STORE PATH) references str(DERIVER, or nothing) signature
 * references = COUNT { str(STORE PATH) }
 * signature  = 0 | 1 str(SIGNATURE)                  the second is of old, and ignored
 * ```
 *
 * A number and the magic take 8 bytes, little endian. Nothing says a NAR's size before it ends, so only
 * parsing finds the next path. Not read: version 2 ("NARIO2"), which begins with a magic of its own.
 */
const NEXT_PATH = 1;
const END = 0;
const MAGIC = 0x4558494e;
const MAGIC_VERSION_2 = 0x324f4952414e;

/** Bytes of a store path: nothing longer is one, and nothing longer is gathered. */
const MAX_STORE_PATH = `${STORE_DIR}/`.length + 32 + 1 + MAX_STORE_NAME;
/** Bytes of an old signature. */
const MAX_SIGNATURE = LIMITS.exportedSignature.most;
/** Nix has no limit: a small stream that is compressed can hold paths and references without end. */
const MAX_PATHS = LIMITS.exportedPaths.most;
const MAX_REFERENCES = LIMITS.references.most;
const MAX_ALL_REFERENCES = LIMITS.exportedReferences.most;

export interface ExportedPath {
  readonly storePath: StorePath;
  readonly references: readonly StorePath[];
  readonly deriver: StorePath | undefined;
  /** Where its NAR begins in the stream. */
  readonly narStart: number;
  /** Bytes of its NAR. */
  readonly narSize: number;
}

/** Is told what is in an export, in its order. What it throws comes out of `push`. */
export interface ExportVisitor {
  /**
   * A NAR begins at this byte of the stream; whose it is comes after it. A visitor in the answer is told what
   * is in it.
   */
  beginNar?(narStart: number): NarVisitor | undefined;
  /** The next bytes of the NAR that began, borrowed. */
  narBytes?(chunk: Uint8Array): void;
  /** A path, its NAR and all that is said of it have been read. */
  exportedPath(path: ExportedPath): void;
}

/** What the grammar needs next: so many bytes, or a NAR until it is done. */
type Wanted = number | NarParser;
type Grammar<T> = Generator<Wanted, T, Uint8Array>;

/**
 * Reads an export as its bytes arrive, in chunks cut anywhere. Memory is that of one NarParser and of one
 * path's references. Throws NarFormatError, its narOffset counted from the first byte of the stream,
 * MetadataFormatError for what is no store path, and LimitError for more paths or references than are read;
 * after a throw the parser is of no more use.
 */
export class ExportParser {
  private readonly visitor: ExportVisitor;
  private readonly grammar: Grammar<void>;
  private wanted: Wanted | undefined;
  private gathered: Uint8Array = new Uint8Array(0);
  private gatheredSize = 0;
  private taken = 0;
  private paths = 0;
  private references = 0;
  /** Where what is read now begins, and what it is. */
  private start = 0;
  private expected = '';

  constructor(visitor: ExportVisitor) {
    this.visitor = visitor;
    this.grammar = this.readExport();
    this.resume();
  }

  /** Bytes taken so far. */
  get offset(): number {
    return this.taken;
  }

  /** The export is complete: its closing 0 was taken. */
  get done(): boolean {
    return this.wanted === undefined;
  }

  /**
   * Takes the next bytes and answers how many: all, until the export is complete, then fewer, and 0 from
   * there on.
   */
  push(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && this.wanted !== undefined) {
      const rest = chunk.subarray(at);
      at +=
        this.wanted instanceof NarParser ? this.feedNar(this.wanted, rest) : this.gather(this.wanted, rest);
    }
    return at;
  }

  /** No more bytes come: throws 'truncated' when the export is not complete. */
  finish(): void {
    const { wanted } = this;
    if (wanted === undefined) return;
    if (wanted instanceof NarParser) this.inStream(() => wanted.finish());
    this.start = this.taken;
    throw this.failure('truncated', 'the end');
  }

  private feedNar(nar: NarParser, rest: Uint8Array): number {
    const used = this.inStream(() => nar.push(rest));
    this.taken += used;
    this.visitor.narBytes?.(rest.subarray(0, used));
    if (nar.done) this.resume();
    return used;
  }

  private gather(wanted: number, rest: Uint8Array): number {
    const used = Math.min(wanted - this.gatheredSize, rest.length);
    this.gathered.set(rest.subarray(0, used), this.gatheredSize);
    this.gatheredSize += used;
    this.taken += used;
    if (this.gatheredSize === wanted) this.resume();
    return used;
  }

  /** Hands the grammar what it wanted, and begins what it wants next. */
  private resume(): void {
    const next = this.grammar.next(this.gathered);
    this.wanted = next.done ? undefined : next.value;
    this.gathered = new Uint8Array(typeof this.wanted === 'number' ? this.wanted : 0);
    this.gatheredSize = 0;
  }

  private *readExport(): Grammar<void> {
    while ((yield* this.readMarker()) === NEXT_PATH) {
      if (++this.paths > MAX_PATHS) throw new LimitError('store paths in an export stream', MAX_PATHS);
      this.visitor.exportedPath(yield* this.readPath());
    }
  }

  private *readMarker(): Grammar<number> {
    const isFirst = this.taken === 0;
    const marker = yield* this.readNumber('1 before a path, or 0 at the end');
    if (marker === NEXT_PATH || marker === END) return marker;
    if (isFirst && marker === MAGIC_VERSION_2) {
      const detail = 'expected version 1 of the format, found version 2 (NARIO2)';
      throw new MetadataFormatError({ format: 'export-stream', reason: 'unsupported-version', detail });
    }
    throw this.failure(isFirst ? 'bad-magic' : 'unexpected-token', `the number ${marker}`);
  }

  private *readPath(): Grammar<ExportedPath> {
    const narStart = this.taken;
    this.start = narStart;
    yield new NarParser(this.visitor.beginNar?.(narStart) ?? deafVisitor);
    const narSize = this.taken - narStart;

    const magic = yield* this.readNumber('the magic "NIXE" after a NAR');
    if (magic !== MAGIC) throw this.failure('bad-magic', `the number ${magic}`);
    const storePath = this.toStorePath('store path', yield* this.readString('a store path', MAX_STORE_PATH));
    const references = yield* this.readReferences();
    const deriverBytes = yield* this.readString('a deriver or an empty string', MAX_STORE_PATH);
    const deriver = deriverBytes.length === 0 ? undefined : this.toStorePath('deriver', deriverBytes);
    const signature = yield* this.readNumber('0, or 1 before a signature');
    if (signature === 1) yield* this.readString('a signature', MAX_SIGNATURE);
    else if (signature !== 0) throw this.failure('unexpected-token', `the number ${signature}`);
    return { storePath, references, deriver, narStart, narSize };
  }

  private *readReferences(): Grammar<StorePath[]> {
    const count = yield* this.readNumber('the number of references');
    if (count > MAX_REFERENCES) throw new LimitError('references of a store path', MAX_REFERENCES, count);
    this.references += count;
    if (this.references > MAX_ALL_REFERENCES) {
      throw new LimitError('references in an export stream', MAX_ALL_REFERENCES);
    }
    const references: StorePath[] = [];
    while (references.length < count) {
      references.push(this.toStorePath('reference', yield* this.readString('a reference', MAX_STORE_PATH)));
    }
    return references;
  }

  private *readNumber(expected: string): Grammar<number> {
    this.start = this.taken;
    this.expected = expected;
    return readU64(yield LENGTH_SIZE, 0);
  }

  private *readString(expected: string, maxLength: number): Grammar<Uint8Array> {
    const length = yield* this.readNumber(expected);
    if (length > maxLength) {
      this.expected = `${expected} of at most ${maxLength} bytes`;
      throw this.failure('too-long', `a length of ${length}`);
    }
    if (length === 0) return new Uint8Array(0);
    const padded = yield paddedSize(length);
    const fault = padded.findIndex((byte, i) => i >= length && byte !== 0);
    if (fault >= 0) {
      this.start += LENGTH_SIZE + fault;
      this.expected = 'a zero byte of padding';
      throw this.failure('bad-padding', `the byte ${padded[fault]}`);
    }
    return padded.subarray(0, length);
  }

  private toStorePath(field: string, bytes: Uint8Array): StorePath {
    try {
      return parseStorePath(displayBytes(bytes));
    } catch (error) {
      if (!(error instanceof MetadataFormatError)) throw error;
      const detail = `at byte ${this.start}: ${error.detail}`;
      throw new MetadataFormatError({ format: 'export-stream', reason: 'malformed', field, detail });
    }
  }

  /** A NAR counts from its own first byte; its failures shall count from the stream's. */
  private inStream<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NarFormatError)) throw error;
      const { reason, narOffset, narPath, expected, found } = error;
      throw new NarFormatError({ reason, narOffset: this.start + narOffset, narPath, expected, found });
    }
  }

  private failure(reason: NarFormatReason, found: string): NarFormatError {
    const { start: narOffset, expected } = this;
    return new NarFormatError({ reason, narOffset, narPath: new Uint8Array(0), expected, found });
  }
}

const deafVisitor: NarVisitor = {
  enterDirectory() {},
  leaveDirectory() {},
  beginRegular() {},
  contents() {},
  endRegular() {},
  symlink() {},
};

/** One path of an export to be written; its NAR in chunks. */
export interface PathToExport extends Omit<ExportedPath, 'narStart' | 'narSize'> {
  readonly nar: Iterable<Uint8Array>;
}

/** The export of these paths, chunk by chunk. `nix-store --import` wants each path after its references. */
export function* formatExport(paths: Iterable<PathToExport>): Generator<Uint8Array> {
  for (const { nar, storePath, references, deriver } of paths) {
    yield writeU64(NEXT_PATH);
    yield* nar;
    yield concatBytes([
      writeU64(MAGIC),
      writeString(formatStorePath(storePath)),
      writeU64(references.length),
      ...references.map((reference) => writeString(formatStorePath(reference))),
      writeString(deriver ? formatStorePath(deriver) : ''),
      writeU64(0),
    ]);
  }
  yield writeU64(END);
}

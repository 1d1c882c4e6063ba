import { NarFormatError, type NarFormatReason } from '../errors';
import { displayBytes } from '../text';
import { type Action, grammar, type State, type Token } from './grammar';
import { compareBytes, joinNarPath } from './listing';
import { LENGTH_SIZE, MAX_DEPTH, MAX_TARGET, nameProblem, paddedSize, readU64, targetProblem } from './wire';

/** What is known of a regular file before its first byte. */
export interface RegularFile {
  readonly executable: boolean;
  /** Bytes of its contents. */
  readonly size: number;
  /** Where they begin in the NAR. */
  readonly narOffset: number;
}

/**
 * Is told what is in a NAR, in its order. All bytes handed over are borrowed: valid during the call, to be
 * copied by who keeps them. The root's name is empty. What a visitor throws comes out of `push`.
 */
export interface NarVisitor {
  enterDirectory(name: Uint8Array): void;
  leaveDirectory(): void;
  beginRegular(name: Uint8Array, file: RegularFile): void;
  /** The next bytes of the regular file begun last, never none; together exactly its `size`. */
  contents(chunk: Uint8Array): void;
  /** Comes with the last byte of the contents, before what follows them is looked at. */
  endRegular(): void;
  symlink(name: Uint8Array, target: Uint8Array): void;
}

/** The part of a string that is read next. Contents between length and padding are passed on, not read. */
type Piece = 'length' | 'string' | 'contents-padding';

/** Bytes kept for one name of the path being read. */
const NAME_SLOT = 256;

const NO_BYTES = new Uint8Array(0);

/**
 * Reads a NAR as its bytes arrive, in chunks cut anywhere, with every check that Nix makes: the grammar and
 * its limits are in wire.ts, its states in grammar.ts. Contents are passed on without a copy; all else is
 * read in pieces of at most 4096 bytes, copied only where a chunk ends inside of one. Memory is some 20
 * KiB, whatever the archive holds. Throws NarFormatError; after a throw the parser is of no more use.
 */
export class NarParser {
  private readonly visitor: NarVisitor;
  private state: State = 'magic';
  private piece: Piece = 'length';
  private pieceSize = LENGTH_SIZE;
  /** Offset of the piece in the NAR; inside contents, of their next byte. */
  private pieceStart = 0;
  /** What chunks before this one held of the piece. */
  private readonly gathered = new Uint8Array(paddedSize(MAX_TARGET));
  private gatheredSize = 0;
  /** Bytes of the string that is read, without its padding. */
  private stringLength = 0;
  private contentsLeft = 0;
  private executable = false;
  /** Directories around the node that is read. */
  private depth = 0;
  /**
   * By depth, the names on the path to the node that is read; one deeper, the name before the next in a
   * directory.
   */
  private readonly names = new Uint8Array((MAX_DEPTH + 1) * NAME_SLOT);
  private readonly nameLengths = new Uint8Array(MAX_DEPTH + 1);

  constructor(visitor: NarVisitor) {
    this.visitor = visitor;
  }

  /** Bytes taken so far. */
  get narOffset(): number {
    return this.pieceStart + this.gatheredSize;
  }

  /** The archive is complete: the last byte of the root node was taken. */
  get done(): boolean {
    return this.state === 'done';
  }

  /**
   * Takes the next bytes and answers how many: all, until the archive is complete, then fewer, and 0 from
   * there on. The chunk is not kept.
   */
  push(chunk: Uint8Array): number {
    let at = 0;
    while (at < chunk.length && this.state !== 'done') {
      at += this.contentsLeft > 0 ? this.passContents(chunk, at) : this.readPiece(chunk, at);
    }
    return at;
  }

  /** `push` for a NAR that stands alone: a byte after its end is 'trailing-bytes'. */
  pushWhole(chunk: Uint8Array): void {
    const trailing = chunk.length - this.push(chunk);
    if (trailing > 0) throw this.failure('trailing-bytes', { found: `${trailing} bytes or more` });
  }

  /** No more bytes come: throws 'truncated' when the archive is not complete. */
  finish(): void {
    if (this.done) return;
    const expected = this.contentsLeft > 0 ? `${this.contentsLeft} more bytes of contents` : undefined;
    throw this.failure('truncated', { narOffset: this.narOffset, expected, found: 'the end' });
  }

  private passContents(chunk: Uint8Array, at: number): number {
    const size = Math.min(this.contentsLeft, chunk.length - at);
    this.pieceStart += size;
    this.contentsLeft -= size;
    this.visitor.contents(chunk.subarray(at, at + size));
    if (this.contentsLeft === 0) this.endContents();
    return size;
  }

  /** Takes the piece if it is whole, else gathers what the chunk has of it. Answers the bytes used. */
  private readPiece(chunk: Uint8Array, at: number): number {
    const { pieceSize } = this;
    const available = chunk.length - at;
    if (this.gatheredSize === 0 && available >= pieceSize) {
      this.takePiece(chunk, at);
      return pieceSize;
    }
    const used = Math.min(pieceSize - this.gatheredSize, available);
    this.gathered.set(chunk.subarray(at, at + used), this.gatheredSize);
    this.gatheredSize += used;
    if (this.gatheredSize === pieceSize) {
      this.gatheredSize = 0;
      this.takePiece(this.gathered, 0);
    }
    return used;
  }

  private takePiece(bytes: Uint8Array, at: number): void {
    switch (this.piece) {
      case 'length':
        if (this.state === 'contents') this.beginContents(bytes, at);
        else this.beginString(bytes, at);
        return;
      case 'string':
        this.checkPadding(bytes, at + this.stringLength, this.pieceSize - this.stringLength);
        this.takeString(bytes, at);
        this.expectPiece('length', LENGTH_SIZE);
        return;
      case 'contents-padding':
        this.checkPadding(bytes, at, this.pieceSize);
        this.expectPiece('length', LENGTH_SIZE);
    }
  }

  /** The piece before is taken; this one follows. */
  private expectPiece(piece: Piece, size: number): void {
    this.pieceStart += this.pieceSize;
    this.piece = piece;
    this.pieceSize = size;
  }

  private beginString(bytes: Uint8Array, at: number): void {
    const length = this.readLength(bytes, at);
    this.stringLength = length;
    this.expectPiece('string', paddedSize(length));
    if (length === 0) this.takePiece(NO_BYTES, 0);
  }

  private beginContents(bytes: Uint8Array, at: number): void {
    const size = this.readLength(bytes, at);
    this.stringLength = size;
    this.contentsLeft = size;
    this.pieceStart += LENGTH_SIZE;
    this.visitor.beginRegular(this.name(), {
      executable: this.executable,
      size,
      narOffset: this.pieceStart,
    });
    this.executable = false;
    if (size === 0) this.endContents();
  }

  private endContents(): void {
    this.visitor.endRegular();
    this.state = 'node-end';
    const padding = paddedSize(this.stringLength) - this.stringLength;
    this.piece = padding > 0 ? 'contents-padding' : 'length';
    this.pieceSize = padding > 0 ? padding : LENGTH_SIZE;
  }

  private readLength(bytes: Uint8Array, at: number): number {
    const length = readU64(bytes, at);
    if (length <= grammar[this.state].maxLength) return length;
    const digits = bytes
      .slice(at, at + LENGTH_SIZE)
      .reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
    throw this.failure(this.state === 'magic' ? 'bad-magic' : 'too-long', { found: `a length of ${digits}` });
  }

  private checkPadding(bytes: Uint8Array, start: number, size: number): void {
    for (let i = 0; i < size; i++) {
      const byte = bytes[start + i];
      if (byte === 0) continue;
      throw this.failure('bad-padding', {
        narOffset: this.pieceStart + this.pieceSize - size + i,
        expected: 'a zero byte of padding',
        found: `the byte ${byte}`,
      });
    }
  }

  private takeString(bytes: Uint8Array, at: number): void {
    switch (this.state) {
      case 'name':
        this.takeName(bytes.subarray(at, at + this.stringLength));
        return;
      case 'target':
        this.takeTarget(bytes.subarray(at, at + this.stringLength));
        return;
      default:
        this.takeToken(bytes, at);
    }
  }

  private takeToken(bytes: Uint8Array, at: number): void {
    const { stringLength } = this;
    for (const token of grammar[this.state].tokens) {
      if (!isToken(token, bytes, at, stringLength)) continue;
      this.state = token.next;
      if (token.action) this.act(token.action);
      return;
    }
    const found = quote(bytes.subarray(at, at + stringLength));
    throw this.failure(this.state === 'magic' ? 'bad-magic' : 'unexpected-token', { found });
  }

  private act(action: Action): void {
    switch (action) {
      case 'mark-executable':
        this.executable = true;
        return;
      case 'enter-directory':
        this.nameLengths[this.depth + 1] = 0;
        this.visitor.enterDirectory(this.name());
        return;
      case 'leave-directory':
        this.visitor.leaveDirectory();
        if (this.depth === 0) this.state = 'done';
        return;
      case 'end-node':
        if (this.depth === 0) this.state = 'done';
        return;
      case 'end-entry':
        this.depth--;
    }
  }

  private takeName(name: Uint8Array): void {
    const problem = nameProblem(name);
    if (problem) throw this.failure('bad-name', { found: problem });
    const depth = this.depth + 1;
    const before = this.nameAt(depth);
    if (compareBytes(before, name) >= 0) {
      throw this.failure('unsorted', { expected: `a name after ${quote(before)}`, found: quote(name) });
    }
    this.names.set(name, depth * NAME_SLOT);
    this.nameLengths[depth] = name.length;
    this.depth = depth;
    if (depth >= MAX_DEPTH) {
      const expected = `less than ${MAX_DEPTH} directories around a node`;
      throw this.failure('too-deep', { expected, found: `${depth} of them` });
    }
    this.state = 'node-key';
  }

  private takeTarget(target: Uint8Array): void {
    const problem = targetProblem(target);
    if (problem) throw this.failure('bad-target', { found: problem });
    this.visitor.symlink(this.name(), target);
    this.state = 'node-end';
  }

  private nameAt(depth: number): Uint8Array {
    const start = depth * NAME_SLOT;
    return this.names.subarray(start, start + (this.nameLengths[depth] ?? 0));
  }

  /** Of the node that is read. */
  private name(): Uint8Array {
    return this.depth === 0 ? NO_BYTES : this.nameAt(this.depth);
  }

  /** Facts default to the piece that is read and to what the grammar allows there. */
  private failure(
    reason: NarFormatReason,
    facts: { readonly found: string; readonly expected?: string | undefined; readonly narOffset?: number },
  ): NarFormatError {
    const { found, expected = grammar[this.state].expected, narOffset = this.pieceStart } = facts;
    const path = Array.from({ length: this.depth }, (_, i) => this.nameAt(i + 1));
    return new NarFormatError({ reason, narOffset, narPath: joinNarPath(path), expected, found });
  }
}

/**
 * Tells the visitor of a whole NAR that stands alone. Throws NarFormatError, also for bytes after its end.
 */
export function parseWholeNar(nar: Uint8Array, visitor: NarVisitor): void {
  const parser = new NarParser(visitor);
  parser.pushWhole(nar);
  parser.finish();
}

function isToken(token: Token, bytes: Uint8Array, at: number, length: number): boolean {
  if (token.bytes.length !== length) return false;
  for (let i = 0; i < length; i++) {
    if (bytes[at + i] !== token.bytes[i]) return false;
  }
  return true;
}

function quote(bytes: Uint8Array): string {
  return `"${displayBytes(bytes)}"`;
}

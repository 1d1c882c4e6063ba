import type { ByteSource } from '../../bytes/source';
import { collect } from '../../bytes/stream';

/** Asked for at a time: a footer and an index of some thousand blocks. */
const PIECE = 16 * 1024;

/** Reads a file from its end on, in few requests: what stands before the wanted bytes comes with them. */
export class BackwardReader {
  private readonly source: ByteSource;
  private readonly signal: AbortSignal;
  private piece = new Uint8Array(0);
  private pieceStart = 0;

  constructor(source: ByteSource, signal: AbortSignal) {
    this.source = source;
    this.signal = signal;
  }

  /** Valid for as long as one likes. */
  async read(start: number, end: number): Promise<Uint8Array> {
    const { pieceStart, piece } = this;
    const isThere = start >= pieceStart && end <= pieceStart + piece.length;
    if (!isThere) {
      this.pieceStart = Math.max(0, Math.min(start, end - PIECE));
      const range = { start: this.pieceStart, end };
      const bytes = await collect(this.source.read(range, this.signal), end - this.pieceStart);
      // A source gives exactly what it was asked for, or throws.
      this.piece = bytes ?? new Uint8Array(0);
    }
    return this.piece.subarray(start - this.pieceStart, end - this.pieceStart);
  }
}

import type { ByteStream } from './source';

type Bytes = Uint8Array<ArrayBuffer>;
const NOTHING: Bytes = new Uint8Array(0);

/** A stream that is taken apart: a look at what comes next, then that many bytes as a stream of their own. */
export class PieceReader {
  /** Bytes taken so far. */
  taken = 0;
  private readonly source: AsyncIterator<Bytes>;
  /** Our own bytes, which come before `chunk`. */
  private ahead: Bytes = NOTHING;
  /** What is left of the borrowed chunk. */
  private chunk: Bytes = NOTHING;

  constructor(stream: ByteStream) {
    this.source = stream[Symbol.asyncIterator]();
  }

  /** The next bytes, without taking them: fewer at the end. Meant for a few; they are good until something is taken. */
  async look(length: number): Promise<Uint8Array> {
    while (this.ahead.length < length) {
      if (this.ahead.length === 0 && this.chunk.length >= length) return this.chunk.subarray(0, length);
      const wanted = this.chunk.subarray(0, length - this.ahead.length);
      this.ahead = joined(this.ahead, wanted);
      this.chunk = this.chunk.subarray(wanted.length);
      if (this.ahead.length < length && !(await this.pull())) break;
    }
    return this.ahead.subarray(0, length);
  }

  /** Hands out the next bytes: fewer at the end. They have to be read to their end before anything else is. */
  async *take(length = Number.POSITIVE_INFINITY): ByteStream {
    for (let left = length; left > 0; ) {
      if (this.ahead.length + this.chunk.length === 0 && !(await this.pull())) return;
      const next = this.ahead.length > 0 ? this.ahead : this.chunk;
      const piece = next.subarray(0, left);
      const rest = next.subarray(piece.length);
      if (this.ahead.length > 0) this.ahead = rest;
      else this.chunk = rest;
      left -= piece.length;
      this.taken += piece.length;
      yield piece;
    }
  }

  /** Frees what stands behind the stream. */
  async close(): Promise<void> {
    await this.source.return?.();
  }

  /** Whether there was another chunk. */
  private async pull(): Promise<boolean> {
    const { done, value } = await this.source.next();
    this.chunk = done ? NOTHING : value;
    // An empty chunk is not the end.
    return !done;
  }
}

function joined(left: Uint8Array, right: Uint8Array): Bytes {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}

import { BitReader } from './bits';
import { Bzip2Block } from './bzip2-block';
import type { Decode } from './codec';
import { type Decoder, drive, NOTHING, Refusal, type Turn } from './drive';

/**
 * bzip2, our own. There is no specification but the reference's source (bzip2 1.0.8, decompress.c):
 *
 *   file   = stream+
 *   stream = "BZh", "1".."9" (block size in 100 000 bytes), block*, 17 72 45 38 50 90, CRC of the stream (32 bits),
 *            zero bits up to the next byte
 *   block  = see bzip2-block.ts; blocks follow each other bit by bit
 *
 * `seek-bzip` wants Node's `Buffer` and all of a block's bytes at once; this takes bytes as they come.
 */

const BLOCK_MAGIC = [0x314159, 0x265359];
const END_MAGIC = [0x177245, 0x385090];

export async function load(): Promise<Decode> {
  return (compressed) => drive('bzip2', compressed, () => new Bzip2Decoder());
}

class Bzip2Decoder implements Decoder {
  private readonly bits = new BitReader();
  private readonly output = new Uint8Array(256 * 1024);
  private readonly steps = this.decode();
  private streams = 0;
  private block: { readonly level: number; readonly block: Bzip2Block } | undefined;
  private betweenStreams = true;

  turn(input: Uint8Array): Turn {
    this.bits.supply(input);
    const { value = NOTHING } = this.advance();
    return { taken: this.bits.taken, output: value };
  }

  finish(): void {
    if (!this.betweenStreams || !this.bits.empty) throw new Refusal('truncated');
  }

  close(): void {}

  private advance(): IteratorResult<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return this.steps.next();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      throw new Refusal(error.reason, error.detail, this.bits.taken);
    }
  }

  /** Yields output, or undefined where it wants input. Never ends: a file may always go on with another stream. */
  private *decode(): Generator<Uint8Array<ArrayBuffer> | undefined, never> {
    const { bits } = this;
    for (;;) {
      this.betweenStreams = true;
      while (!bits.has(8)) yield;
      this.betweenStreams = false;
      yield* this.decodeStream(yield* this.readLevel());
      this.streams++;
      bits.align();
    }
  }

  private *readLevel(): Generator<undefined, number> {
    for (const expected of new TextEncoder().encode('BZh')) {
      if ((yield* this.read(8)) === expected) continue;
      throw this.streams > 0 ? new Refusal('trailing-bytes') : new Refusal('corrupt', 'not a bzip2 file');
    }
    const level = (yield* this.read(8)) - 0x30;
    if (level < 1 || level > 9) throw new Refusal('corrupt', 'block size');
    return level;
  }

  private *decodeStream(level: number): Generator<Uint8Array<ArrayBuffer> | undefined, void> {
    let streamCrc = 0;
    for (;;) {
      const magic = [yield* this.read(24), yield* this.read(24)];
      const crc = ((yield* this.read(16)) << 16) | (yield* this.read(16));
      if (equal(magic, END_MAGIC)) {
        if (crc !== streamCrc) throw new Refusal('corrupt', 'checksum of the stream');
        return;
      }
      if (!equal(magic, BLOCK_MAGIC)) throw new Refusal('corrupt', 'beginning of a block');
      const block = this.blockOf(level);
      yield* block.read(this.bits);
      for (let size = block.write(this.output); size > 0; size = block.write(this.output)) {
        yield this.output.subarray(0, size);
      }
      if (block.crc !== crc) throw new Refusal('corrupt', 'checksum of a block');
      streamCrc = ((streamCrc << 1) | (streamCrc >>> 31)) ^ crc;
    }
  }

  /** Its memory is that of four bytes for each of the block: a stream without blocks takes none, and the next takes the same. */
  private blockOf(level: number): Bzip2Block {
    if (this.block?.level !== level) this.block = { level, block: new Bzip2Block(level * 100_000) };
    return this.block.block;
  }

  private *read(size: number): Generator<undefined, number> {
    while (!this.bits.has(size)) yield;
    return this.bits.take(size);
  }
}

function equal(left: readonly number[], right: readonly number[]): boolean {
  return left.every((value, index) => value === right[index]);
}

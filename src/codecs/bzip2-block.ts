import type { BitReader } from './bits';
import { readCoding, SymbolReader } from './bzip2-symbols';
import { Refusal } from './drive';

/**
 * One block of bzip2, after its magic and CRC (bzip2 1.0.8, decompress.c). Bits in parentheses:
 *
 *   block   = randomised (1, obsolete), origin (24), used (16: which sixteenths, then 16 for each: which bytes),
 *             codes (3: 2..6), selectors (15: how many), selector*, code{2,6}, symbol*
 *   selector = the code for the next 50 symbols: its place in a move-to-front list, in unary
 *   code    = length (5), then per symbol: (10 = one longer | 11 = one shorter)*, 0; lengths are 1..20
 *   symbol  = 0 or 1: the next digit, worth 1 or 2 times a power of two, of how often the front byte comes again;
 *             n: the byte at place n - 1, moved to the front; the last symbol: end of the block
 *
 * These bytes are a Burrows-Wheeler transform, at most as many as the block size. The text under it writes runs of 4 to
 * 255 equal bytes as four of them and a byte that says how many more.
 */

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
  return crc;
});

export class Bzip2Block {
  /** The transform's bytes; above each, once they are all there, the place of the byte that follows in the text. */
  private readonly transform: Uint32Array;
  /** Bytes of the text that are still to be written, and where the next is. */
  private left = 0;
  private place = 0;
  private lastByte = -1;
  /** How often in a row `lastByte` came, and how often it comes again. */
  private run = 0;
  private repeat = 0;
  private writtenCrc = -1;

  constructor(blockSize: number) {
    this.transform = new Uint32Array(blockSize);
  }

  /** Of what was written: the block's own CRC when it is all out. A signed number. */
  get crc(): number {
    return ~this.writtenCrc;
  }

  /** Takes the next block in. Yields where it wants more bits. */
  *read(bits: BitReader): Generator<undefined, void> {
    while (!bits.has(1)) yield;
    if (bits.take(1) === 1) throw new Refusal('unsupported', 'randomised block, as before bzip2 0.9.5');
    while (!bits.has(24)) yield;
    const origin = bits.take(24);
    const symbols = new SymbolReader(yield* readCoding(bits), this.transform);
    while (!symbols.read(bits)) yield;
    if (origin >= symbols.size) throw new Refusal('corrupt', 'origin of a block');
    linkPlaces(this.transform, symbols.size);
    this.place = (this.transform[origin] ?? 0) >>> 8;
    this.left = symbols.size;
    this.lastByte = -1;
    this.run = 0;
    this.repeat = 0;
    this.writtenCrc = -1;
  }

  /** Writes what fits, and says how much that is: 0 at the end of the block. */
  write(output: Uint8Array): number {
    const { transform } = this;
    let { left, place, lastByte, run, repeat, writtenCrc: crc } = this;
    let at = 0;
    while (at < output.length) {
      if (repeat > 0) {
        repeat--;
      } else {
        if (left === 0) break;
        left--;
        const entry = transform[place] ?? 0;
        place = entry >>> 8;
        const byte = entry & 0xff;
        if (run === 4) {
          run = 0;
          repeat = byte;
          continue;
        }
        run = byte === lastByte ? run + 1 : 1;
        lastByte = byte;
      }
      output[at++] = lastByte;
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ lastByte] ?? 0);
    }
    this.left = left;
    this.place = place;
    this.lastByte = lastByte;
    this.run = run;
    this.repeat = repeat;
    this.writtenCrc = crc;
    return at;
  }
}

/** Inverts the transform: sorted, its bytes are the text's in another order, and equal ones keep theirs. */
function linkPlaces(transform: Uint32Array, size: number): void {
  const next = new Uint32Array(257);
  for (let place = 0; place < size; place++) {
    const after = ((transform[place] ?? 0) & 0xff) + 1;
    next[after] = (next[after] ?? 0) + 1;
  }
  for (let byte = 1; byte < 257; byte++) next[byte] = (next[byte] ?? 0) + (next[byte - 1] ?? 0);
  for (let place = 0; place < size; place++) {
    const byte = (transform[place] ?? 0) & 0xff;
    const rank = next[byte] ?? 0;
    next[byte] = rank + 1;
    transform[rank] = (transform[rank] ?? 0) | (place << 8);
  }
}

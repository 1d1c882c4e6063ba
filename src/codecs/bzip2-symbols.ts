import type { BitReader } from './bits';
import { Refusal } from './drive';

/** The entropy coding of a bzip2 block; the grammar stands in bzip2-block.ts. */

const LONGEST_CODE = 20;
const SYMBOLS_PER_SELECTOR = 50;
/** A block has no use for more than 900 000 / 50 + 2; the reference reads the rest and forgets it. */
const USED_SELECTORS = 18_002;
/** Codes up to this long are found by one look. */
const LOOKUP_BITS = 10;

/** A prefix code; codes of equal length count up in the order of their symbols. */
class PrefixCode {
  /** By the next LOOKUP_BITS bits: symbol * 32 + length, or 0 where the code is longer or there is none. */
  readonly lookup = new Uint16Array(1 << LOOKUP_BITS);
  /** By length: the largest code, or -1. */
  private readonly last = new Int32Array(LONGEST_CODE + 1).fill(-1);
  /** By length: what added to a code gives its place in `symbols`. */
  private readonly offset = new Int32Array(LONGEST_CODE + 1);
  private readonly symbols: Uint16Array;

  constructor(lengths: Uint8Array) {
    this.symbols = new Uint16Array(lengths.length);
    let code = 0;
    let used = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      this.offset[length] = used - code;
      for (let symbol = 0; symbol < lengths.length; symbol++) {
        if (lengths[symbol] !== length) continue;
        if (code >= 1 << length) throw new Refusal('corrupt', 'code lengths');
        this.symbols[used++] = symbol;
        if (length <= LOOKUP_BITS) {
          const spare = LOOKUP_BITS - length;
          this.lookup.fill(symbol * 32 + length, code << spare, (code + 1) << spare);
        }
        this.last[length] = code++;
      }
      code *= 2;
    }
  }

  /** The code at the front of LONGEST_CODE bits, where `lookup` does not have it: symbol * 32 + length. */
  find(next: number): number {
    for (let length = LOOKUP_BITS + 1; length <= LONGEST_CODE; length++) {
      const code = next >>> (LONGEST_CODE - length);
      if (code > (this.last[length] ?? -1)) continue;
      const symbol = this.symbols[code + (this.offset[length] ?? 0)];
      if (symbol !== undefined) return symbol * 32 + length;
    }
    throw new Refusal('corrupt', 'a code that stands for nothing');
  }
}

/** What the head of a block says about how its symbols are written. */
interface SymbolCoding {
  /** The byte values that the block uses, ascending. */
  readonly bytes: Uint8Array;
  readonly selectors: Uint8Array;
  readonly codes: readonly PrefixCode[];
}

/** Reads the head of a block from its used bytes on. Yields where it wants more bits. */
export function* readCoding(bits: BitReader): Generator<undefined, SymbolCoding> {
  const bytes = yield* readUsedBytes(bits);
  while (!bits.has(18)) yield;
  const groups = bits.take(3);
  if (groups < 2 || groups > 6) throw new Refusal('corrupt', 'number of codes');
  const selectors = yield* readSelectors(bits, { groups, count: bits.take(15) });
  const codes: PrefixCode[] = [];
  for (let group = 0; group < groups; group++) {
    codes.push(new PrefixCode(yield* readCodeLengths(bits, bytes.length + 2)));
  }
  return { bytes, selectors, codes };
}

function* readUsedBytes(bits: BitReader): Generator<undefined, Uint8Array> {
  const bytes: number[] = [];
  while (!bits.has(16)) yield;
  const usedRows = bits.take(16);
  for (let row = 0; row < 16; row++) {
    if (!(usedRows & (0x8000 >> row))) continue;
    while (!bits.has(16)) yield;
    const used = bits.take(16);
    for (let column = 0; column < 16; column++) {
      if (used & (0x8000 >> column)) bytes.push(row * 16 + column);
    }
  }
  if (bytes.length === 0) throw new Refusal('corrupt', 'a block without bytes');
  return Uint8Array.from(bytes);
}

function* readSelectors(
  bits: BitReader,
  { groups, count }: { groups: number; count: number },
): Generator<undefined, Uint8Array> {
  if (count === 0) throw new Refusal('corrupt', 'number of selectors');
  const selectors = new Uint8Array(count);
  const order = Uint8Array.from({ length: groups }, (_, group) => group);
  for (let selector = 0; selector < count; selector++) {
    let index = 0;
    for (;;) {
      while (!bits.has(1)) yield;
      if (bits.take(1) === 0) break;
      if (++index === groups) throw new Refusal('corrupt', 'selector');
    }
    selectors[selector] = moveToFront(order, index);
  }
  return selectors.subarray(0, USED_SELECTORS);
}

function* readCodeLengths(bits: BitReader, symbols: number): Generator<undefined, Uint8Array> {
  const lengths = new Uint8Array(symbols);
  while (!bits.has(5)) yield;
  let length = bits.take(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > LONGEST_CODE) throw new Refusal('corrupt', 'code length');
      while (!bits.has(1)) yield;
      if (bits.take(1) === 0) break;
      while (!bits.has(1)) yield;
      length += bits.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

function moveToFront(order: Uint8Array, index: number): number {
  const value = order[index] ?? 0;
  // The call costs more than a short loop, and most places are near.
  if (index > 16) order.copyWithin(1, 0, index);
  else for (let place = index; place > 0; place--) order[place] = order[place - 1] ?? 0;
  order[0] = value;
  return value;
}

/** Reads the symbols of a block into the bytes of its transform. */
export class SymbolReader {
  /** Bytes written to `text` so far. */
  size = 0;
  private readonly coding: SymbolCoding;
  private readonly text: Uint32Array;
  private readonly front: Uint8Array;
  private code: PrefixCode | undefined;
  private selector = 0;
  /** Symbols that the current selector is still good for. */
  private remaining = 0;
  /** Length of the run being read, and what its next digit counts. */
  private run = 0;
  private weight = 1;

  constructor(coding: SymbolCoding, text: Uint32Array) {
    this.coding = coding;
    this.text = text;
    this.front = coding.bytes.slice();
  }

  /** True at the end of the block, false where more bits are needed. Every symbol is followed by at least 80 bits. */
  read(bits: BitReader): boolean {
    const { text, front } = this;
    const end = front.length + 1;
    while (bits.has(LONGEST_CODE)) {
      const code = this.remaining-- > 0 && this.code ? this.code : this.nextCode();
      const next = bits.peek(LONGEST_CODE);
      const found = code.lookup[next >>> (LONGEST_CODE - LOOKUP_BITS)] || code.find(next);
      bits.skip(found & 31);
      const symbol = found >>> 5;
      if (symbol <= 1) {
        this.run += this.weight << symbol;
        this.weight *= 2;
        if (this.size + this.run > text.length) throw new Refusal('corrupt', 'a block over its size');
        continue;
      }
      if (this.run > 0) this.endRun();
      if (symbol === end) return true;
      if (this.size === text.length) throw new Refusal('corrupt', 'a block over its size');
      text[this.size++] = moveToFront(front, symbol - 1);
    }
    return false;
  }

  private nextCode(): PrefixCode {
    const { selectors, codes } = this.coding;
    const code = codes[selectors[this.selector++] ?? -1];
    if (!code) throw new Refusal('corrupt', 'more symbols than selectors');
    this.code = code;
    this.remaining = SYMBOLS_PER_SELECTOR - 1;
    return code;
  }

  private endRun(): void {
    this.text.fill(this.front[0] ?? 0, this.size, this.size + this.run);
    this.size += this.run;
    this.run = 0;
    this.weight = 1;
  }
}

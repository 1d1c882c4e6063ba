import { INPUT } from './memory';

/**
 * The range decoder: a number `code` within `range` is taken apart into bits by their probabilities of being 0.
 *
 * Both are 32-bit numbers, and are kept in 64 bits, so that the sign of a difference is at hand as a mask of all ones or none.
 */

export let range: u64 = 0;
export let code: u64 = 0;
/** The next byte of the input. */
export let next: usize = INPUT;
export let inputEnd: usize = INPUT;

/** Of the bit that `nextIsZero` looked at. */
let probability: u64 = 0;
let bound: u64 = 0;

/** Probabilities are in 2048ths, and move by a 32nd of what is left. */
const PROBABILITY_BITS: u64 = 11;
const PROBABILITY_ONE: u64 = 1 << PROBABILITY_BITS;
const MOVE_BITS: u64 = 5;

/** Below this, `range` is too small to be split by a probability. */
const LEAST_RANGE: u64 = 1 << 24;

/** Begins with the chunk of this many bytes at INPUT, at least five; its first byte has to be 0. */
export function startRange(size: usize): bool {
  range = 0xffff_ffff;
  code = bswap<u32>(load<u32>(INPUT, 1));
  next = INPUT + 5;
  inputEnd = INPUT + size;
  return load<u8>(INPUT) === 0;
}

/** Takes a byte where the range is too small: for places where the processor guesses well whether that is so. */
export function normalise(): void {
  if (range < LEAST_RANGE) {
    range <<= 8;
    code = (code << 8) | load<u8>(next);
    next++;
  }
}

/**
 * The same without a branch, where it cannot be guessed. After one bit at least 18 bits of the range are left, so of its leading
 * zeros, 32 to 46 in 64 bits, the one of weight 8 says whether a byte is due: it is the number of bits to shift by.
 * The byte that may not be due is read all the same, shifted out again, and read again the next time.
 */
function normaliseWithoutBranch(): void {
  const shift = clz<u64>(range) & 8;
  range <<= shift;
  code = ((code << 8) | load<u8>(next)) >> (shift ^ 8);
  next += (shift >> 3) as usize;
}

/** Whether the next bit is 0, by a branch: for bits that say what comes next, which differs in code. `takeZero` or `takeOne` follows. */
export function nextIsZero(at: usize): bool {
  normalise();
  probability = load<u16>(at);
  bound = (range >> PROBABILITY_BITS) * probability;
  return code < bound;
}

export function takeZero(at: usize): void {
  range = bound;
  store<u16>(at, (probability + ((PROBABILITY_ONE - probability) >> MOVE_BITS)) as u32);
}

export function takeOne(at: usize): void {
  range -= bound;
  code -= bound;
  store<u16>(at, (probability - (probability >> MOVE_BITS)) as u32);
}

/**
 * Takes the next bit, and answers 0 for a 1 and all ones for a 0. For bits of numbers, which cannot be guessed: a wrong guess costs
 * more than both ways together.
 */
export function takeBit(at: usize): i64 {
  normaliseWithoutBranch();
  const p: u64 = load<u16>(at);
  const split = (range >> PROBABILITY_BITS) * p;
  const rest = code - split;
  const isZero = (rest as i64) >> 63;
  code = rest + (split & isZero);
  const upper = range - split;
  range = upper + ((split - upper) & isZero);
  // For a 0 bit, p - ((p - (2048 - 31)) >> 5) is p + ((2048 - p) >> 5).
  const towards = isZero & (((1 << MOVE_BITS) - 1 - PROBABILITY_ONE) as i64);
  store<u16>(at, (p - (((p as i64) + towards) >> MOVE_BITS)) as u32);
  return isZero;
}

/** One step down a tree of bits: `symbol` is the bits so far behind a 1, and the place of its probability. */
export function treeBit(tree: usize, symbol: u32): u32 {
  return (symbol << 1) + 1 + (takeBit(tree + (symbol << 1)) as u32);
}

/** The next bit, 0 or 1, whose probability is a half. */
export function directBit(): u32 {
  normaliseWithoutBranch();
  range >>= 1;
  const rest = code - range;
  const isZero = (rest as i64) >> 63;
  code = rest + (range & isZero);
  return 1 + (isZero as u32);
}

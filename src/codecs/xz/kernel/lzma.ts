import * as P from './probabilities';
import {
  directBit,
  inputEnd,
  next,
  nextIsZero,
  normalise,
  takeBit,
  takeOne,
  takeZero,
  treeBit,
} from './range-decoder';
import { byteAt, byteBefore, copyMatch, limit, position, putByte, reaches } from './window';

/**
 * LZMA's symbols, as xz-utils' lzma_decoder.c and the LZMA SDK's lzma-specification have them:
 *
 *   literal    0, a byte
 *   match      1 0, length, distance
 *   short rep  1 1 0 0                    one byte from the last distance
 *   long rep   1 1 0 1, length            from the last distance
 *              1 1 1 0, length            from the one before
 *              1 1 1 1 0|1, length        from the one before that, and the one before
 *
 * Distances here are one less than they are, as they are coded.
 */

/** What the last symbols were, in 12 states: below LITERAL_STATES the last one was a literal. */
export let state: usize = 0;
const LITERAL_STATES: usize = 7;

/** The last four distances. */
export let rep0: u32 = 0;
export let rep1: u32 = 0;
export let rep2: u32 = 0;
export let rep3: u32 = 0;

/** What is left of a match that came to the limit. */
export let pendingLength: u32 = 0;
/** A match reached further back than anything is. */
export let isCorrupt: bool = false;

/** lc: how many high bits of the byte before choose a literal's coder. */
export let literalContextBits: u32 = 0;
/** Of lp and pb: the low bits of the position that choose a literal's coder, and all else. */
export let literalPositionMask: u32 = 0;
export let positionMask: usize = 0;

const SHORTEST_MATCH: u32 = 2;

export function setProperties(lc: u32, lp: u32, pb: u32): void {
  literalContextBits = lc;
  literalPositionMask = (1 << lp) - 1;
  positionMask = (1 << pb) - 1;
}

export function resetState(): void {
  state = 0;
  rep0 = 0;
  rep1 = 0;
  rep2 = 0;
  rep3 = 0;
  P.resetProbabilities(literalContextBits + popcnt(literalPositionMask));
}

export function startSymbols(): void {
  pendingLength = 0;
  isCorrupt = false;
}

function literalCoder(): usize {
  const fromPosition = (position as u32 & literalPositionMask) << literalContextBits;
  const fromByte = byteBefore() >> (8 - literalContextBits);
  return P.LITERAL + (fromPosition + fromByte) * P.LITERAL_CODER_SIZE;
}

function decodeLiteral(): void {
  const coder = literalCoder();
  // One behind the other, not in a loop: what is known about `symbol` is then known of each.
  let symbol = treeBit(coder, 1);
  symbol = treeBit(coder, symbol);
  symbol = treeBit(coder, symbol);
  symbol = treeBit(coder, symbol);
  symbol = treeBit(coder, symbol);
  symbol = treeBit(coder, symbol);
  symbol = treeBit(coder, symbol);
  symbol = treeBit(coder, symbol);
  putByte(symbol);
  state = state < 4 ? 0 : state - 3;
}

/**
 * Behind a match the literal is not the byte that would have made the match longer. As long as its bits are the same as that
 * byte's, they have probabilities of their own, by the bit that is expected.
 */
function decodeMatchedLiteral(): void {
  const coder = literalCoder();
  // Of the expected byte, the bit that is due is at 0x200, twice its value as probabilities have two bytes.
  let expected = byteAt(rep0) << 2;
  let offset: u32 = 0x200;
  let symbol: u32 = 1;
  do {
    const expectedBit = expected & offset;
    const isZero = takeBit(coder + offset + expectedBit + (symbol << 1)) as u32;
    symbol = (symbol << 1) + 1 + isZero;
    // The first bit that is not as expected makes it 0, and all from there on are those of other literals.
    offset &= expectedBit ^ isZero;
    expected <<= 1;
  } while (symbol < 0x100);
  putByte(symbol);
  state = state < 10 ? state - 3 : state - 6;
}

function decodeLength(coder: usize, positionState: usize): u32 {
  if (nextIsZero(coder + P.LENGTH_CHOICE)) {
    takeZero(coder + P.LENGTH_CHOICE);
    const low = coder + P.LENGTH_LOW + (positionState << 4);
    return treeBit(low, treeBit(low, treeBit(low, 1))) - 8 + SHORTEST_MATCH;
  }
  takeOne(coder + P.LENGTH_CHOICE);
  if (nextIsZero(coder + P.LENGTH_CHOICE_2)) {
    takeZero(coder + P.LENGTH_CHOICE_2);
    const mid = coder + P.LENGTH_MID + (positionState << 4);
    return treeBit(mid, treeBit(mid, treeBit(mid, 1))) + SHORTEST_MATCH;
  }
  takeOne(coder + P.LENGTH_CHOICE_2);
  let symbol: u32 = 1;
  do symbol = treeBit(coder + P.LENGTH_HIGH, symbol);
  while (symbol < 0x100);
  return symbol - 0x100 + 16 + SHORTEST_MATCH;
}

/** A slot says the two highest bits of the distance and how many follow; of those, the lowest have probabilities. */
function decodeDistance(length: u32): u32 {
  const tree = P.DISTANCE_SLOT + ((min<u32>(length, SHORTEST_MATCH + 3) - SHORTEST_MATCH) << 7);
  let slot = treeBit(tree, 1);
  slot = treeBit(tree, slot);
  slot = treeBit(tree, slot);
  slot = treeBit(tree, slot);
  slot = treeBit(tree, slot);
  slot = treeBit(tree, slot) - 64;
  if (slot < 4) return slot;
  const bits = (slot >> 1) - 1;
  const high: u32 = 2 + (slot & 1);
  if (slot < 14) {
    const distance = high << bits;
    return distance + reverseTree(P.DISTANCE_SPECIAL + ((distance - slot - 1) << 1), bits);
  }
  return (directBits(high, bits - 4) << 4) + reverseTree(P.DISTANCE_ALIGN, 4);
}

function directBits(high: u32, bits: u32): u32 {
  let value = high;
  for (let left = bits; left > 0; left--) value = (value << 1) + directBit();
  return value;
}

/** A tree whose first bit is the lowest. */
function reverseTree(tree: usize, bits: u32): u32 {
  let symbol: u32 = 1;
  let value: u32 = 0;
  for (let place: u32 = 0; place < bits; place++) {
    const bit = 1 + (takeBit(tree + (symbol << 1)) as u32);
    symbol = (symbol << 1) + bit;
    value += bit << place;
  }
  return value;
}

/** Moves the distance that is repeated to the front. Answers whether it is a short rep, which has no length. */
function decodeRep(positionState: usize): bool {
  const isRep0 = P.IS_REP0 + (state << 1);
  if (nextIsZero(isRep0)) {
    takeZero(isRep0);
    const isLong = P.IS_REP0_LONG + (state << 5) + (positionState << 1);
    if (nextIsZero(isLong)) {
      takeZero(isLong);
      return true;
    }
    takeOne(isLong);
    return false;
  }
  takeOne(isRep0);
  const isRep1 = P.IS_REP1 + (state << 1);
  let distance = rep1;
  if (nextIsZero(isRep1)) {
    takeZero(isRep1);
  } else {
    takeOne(isRep1);
    const isRep2 = P.IS_REP2 + (state << 1);
    distance = rep2;
    if (nextIsZero(isRep2)) {
      takeZero(isRep2);
    } else {
      takeOne(isRep2);
      distance = rep3;
      rep3 = rep2;
    }
    rep2 = rep1;
  }
  rep1 = rep0;
  rep0 = distance;
  return false;
}

/** Copies the match as far as the limit. */
function putMatch(length: u32): void {
  const now = min<u32>(length, (limit - position) as u32);
  pendingLength = length - now;
  copyMatch(rep0, now);
}

/**
 * Decodes up to the limit of the window, or as far as the input goes or makes sense.
 *
 * The one function that all of the time is spent in. Everything that it calls is put in its place by the build, and the variables
 * of modules become locals of it, so that the processor has them in registers: see build-kernel.mjs.
 */
export function decodeSymbols(): void {
  if (pendingLength > 0) putMatch(pendingLength);
  while (position < limit && next <= inputEnd) {
    const positionState = position & positionMask;
    const isMatch = P.IS_MATCH + (state << 5) + (positionState << 1);
    if (nextIsZero(isMatch)) {
      takeZero(isMatch);
      if (state < LITERAL_STATES) decodeLiteral();
      else decodeMatchedLiteral();
      continue;
    }
    takeOne(isMatch);
    let length: u32 = 1;
    const isRep = P.IS_REP + (state << 1);
    if (nextIsZero(isRep)) {
      takeZero(isRep);
      rep3 = rep2;
      rep2 = rep1;
      rep1 = rep0;
      length = decodeLength(P.MATCH_LENGTH, positionState);
      rep0 = decodeDistance(length);
      state = state < LITERAL_STATES ? 7 : 10;
    } else {
      takeOne(isRep);
      if (decodeRep(positionState)) {
        state = state < LITERAL_STATES ? 9 : 11;
      } else {
        length = decodeLength(P.REP_LENGTH, positionState);
        state = state < LITERAL_STATES ? 8 : 11;
      }
    }
    if (!reaches(rep0)) {
      isCorrupt = true;
      break;
    }
    putMatch(length);
  }
  normalise();
}

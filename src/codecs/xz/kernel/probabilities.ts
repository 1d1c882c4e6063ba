import { PROBABILITIES } from './memory';

/** Where the probabilities of LZMA's bits stand: each in two bytes, those of a tree by the bits above. */

const STATES: usize = 12;
const POSITION_STATES: usize = 16;
/** Of an array that has an entry, of 16 position states, for each state. */
const PER_STATE_AND_POSITION: usize = 2 * POSITION_STATES * STATES;
const PER_STATE: usize = 2 * STATES;

export const IS_MATCH: usize = PROBABILITIES;
export const IS_REP: usize = IS_MATCH + PER_STATE_AND_POSITION;
export const IS_REP0: usize = IS_REP + PER_STATE;
export const IS_REP1: usize = IS_REP0 + PER_STATE;
export const IS_REP2: usize = IS_REP1 + PER_STATE;
export const IS_REP0_LONG: usize = IS_REP2 + PER_STATE;

/** Four trees of 6 bits, by the match's length. */
export const DISTANCE_SLOT: usize = IS_REP0_LONG + PER_STATE_AND_POSITION;
/** Trees for the low bits of distances of slots 4 to 13, one behind the other. */
export const DISTANCE_SPECIAL: usize = DISTANCE_SLOT + 4 * 2 * 64;
export const DISTANCE_ALIGN: usize = DISTANCE_SPECIAL + 2 * 128;

/** In each of the two length coders. */
export const LENGTH_CHOICE: usize = 0;
export const LENGTH_CHOICE_2: usize = 2;
export const LENGTH_LOW: usize = 4;
export const LENGTH_MID: usize = LENGTH_LOW + POSITION_STATES * 2 * 8;
export const LENGTH_HIGH: usize = LENGTH_MID + POSITION_STATES * 2 * 8;
const LENGTH_CODER_SIZE: usize = LENGTH_HIGH + 2 * 256;

export const MATCH_LENGTH: usize = DISTANCE_ALIGN + 2 * 16;
export const REP_LENGTH: usize = MATCH_LENGTH + LENGTH_CODER_SIZE;

/** Literal coders, by the position and the byte before: each a tree of 8 bits, and two more for literals behind a match. */
export const LITERAL: usize = REP_LENGTH + LENGTH_CODER_SIZE;
export const LITERAL_CODER_SIZE: usize = 3 * 2 * 256;

/** A half, four times. */
const INITIAL: u64 = 0x0400_0400_0400_0400;

/** All that the literal coders of this many position and context bits, at most four, need. */
export function resetProbabilities(literalBits: u32): void {
  const end = LITERAL + (LITERAL_CODER_SIZE << literalBits);
  for (let at = PROBABILITIES; at < end; at += 8) store<u64>(at, INITIAL);
}

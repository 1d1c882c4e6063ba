/**
 * What of xz has to be fast, in AssemblyScript: LZMA2's chunks, decoded into a window, and the CRCs of what is in it. What the
 * variables here are is all that an instance knows between two calls, besides its memory: so they are exported.
 *
 * Nothing here looks at a file. Sizes, properties and the order of calls have been held against the format before.
 */
import { prepareCrc } from './crc';
import { decodeSymbols, isCorrupt, pendingLength, startSymbols } from './lzma';
import { code, inputEnd, next, startRange } from './range-decoder';
import { limitOutput, position } from './window';

export { crc, finishCrc, startCrc, updateCrc32, updateCrc64 } from './crc';
export {
  isCorrupt,
  literalContextBits,
  literalPositionMask,
  pendingLength,
  positionMask,
  rep0,
  rep1,
  rep2,
  rep3,
  resetState,
  setProperties,
  state,
} from './lzma';
export { CRC_VALUE, INPUT, PROBABILITIES, SCRATCH, SCRATCH_SIZE, WINDOW } from './memory';
export { code, inputEnd, next, range } from './range-decoder';
export {
  advance,
  dictionarySize,
  limit,
  makeRoom,
  openWindow,
  origin,
  position,
  resetDictionary,
  windowEnd,
} from './window';

/** Begins with the LZMA data of a chunk, which is all at INPUT; false where it cannot begin so. */
export function startChunk(size: usize): bool {
  startSymbols();
  return startRange(size);
}

/** Decodes at most so many bytes, of the chunk's, and answers how many: they end at `position`. Fewer than 0: it is corrupt. */
export function decode(most: usize): i32 {
  limitOutput(most);
  const before = position;
  decodeSymbols();
  return isCorrupt || next > inputEnd ? -1 : ((position - before) as i32);
}

/** Whether the chunk's input came to its end together with its output. */
export function isChunkFinished(): bool {
  return next === inputEnd && code === 0 && pendingLength === 0;
}

prepareCrc();

import { WINDOW, WINDOW_SLACK } from './memory';

/**
 * The window: what was decoded last, one byte behind the other, with room behind. Where there is none left, as much as the
 * dictionary has is moved to the front. So neither a match nor a reader of the output ever comes to a seam.
 */

/** Where the next byte goes. */
export let position: usize = WINDOW;
/** Where decoding stops, if only for a while. */
export let limit: usize = WINDOW;
/** The first byte since the dictionary's reset, or the first that is left of them. */
export let origin: usize = WINDOW;
export let dictionarySize: usize = 0;
export let windowEnd: usize = WINDOW;

/** Makes room for a dictionary, and for so many bytes of output before something has to be moved; false where there is no memory. */
export function openWindow(size: usize, room: usize): bool {
  const end = WINDOW + ((size + room + 15) & ~15);
  const missing = (((end + WINDOW_SLACK + 0xffff) >> 16) as i32) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return false;
  windowEnd = end;
  dictionarySize = size;
  resetDictionary();
  return true;
}

/** Nothing before this exists any more; the byte before the first is 0. */
export function resetDictionary(): void {
  position = WINDOW;
  origin = WINDOW;
  store<u8>(WINDOW - 1, 0);
}

/** Bytes that can be put into the window; never 0. */
export function makeRoom(): usize {
  if (position === windowEnd) {
    // A multiple of 16, so that the low bits of positions stay.
    const by = (position - WINDOW - dictionarySize) & ~15;
    // The byte before the dictionary as well: where that is empty, it is the context of the next literal.
    memory.copy(WINDOW - 1, WINDOW - 1 + by, position - WINDOW - by + 1);
    position -= by;
    origin = max(origin, WINDOW + by) - by;
  }
  return windowEnd - position;
}

/** Bytes were put there by somebody else. */
export function advance(size: usize): void {
  position += size;
}

export function limitOutput(most: usize): void {
  const room = makeRoom();
  limit = position + min(most, room);
}

/** Whether there is a byte `distance` + 1 back. */
export function reaches(distance: u32): bool {
  return distance < position - origin && distance < dictionarySize;
}

export function byteBefore(): u32 {
  return load<u8>(position - 1);
}

export function byteAt(distance: u32): u32 {
  return load<u8>(position - distance - 1);
}

export function putByte(byte: u32): void {
  store<u8>(position, byte);
  position++;
}

/** Repeats what is `distance` + 1 back; the match may overlap what it makes. */
export function copyMatch(distance: u32, length: u32): void {
  const end = position + length;
  let from = position - distance - 1;
  if (distance >= 7) {
    do {
      store<u64>(position, load<u64>(from));
      position += 8;
      from += 8;
    } while (position < end);
    position = end;
  } else {
    do {
      store<u8>(position, load<u8>(from));
      position++;
      from++;
    } while (position < end);
  }
}

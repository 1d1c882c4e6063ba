/**
 * The beginning of a Zstandard frame, after RFC 8878:
 *
 *   frame        = 28 B5 2F FD, descriptor (1), [window descriptor (1)], [dictionary id (1, 2, 4)],
 *                  [frame content size (1, 2, 4, 8)], blocks, [checksum (4)]              (§3.1.1)
 *   skippable    = 5? 2A 4D 18, size (4), that many bytes of anything                      (§3.1.2)
 */

export const LONGEST_FRAME_HEADER = 18;

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const SKIPPABLE_MAGIC = [0x50, 0x2a, 0x4d, 0x18];

/** Whether the bytes, as far as there are any, begin a frame of either kind. */
export function couldBeZstdFrame(head: Uint8Array): boolean {
  const start = head.subarray(0, MAGIC.length);
  return (
    start.every((byte, index) => byte === MAGIC[index]) ||
    start.every((byte, index) => (index === 0 ? byte & 0xf0 : byte) === SKIPPABLE_MAGIC[index])
  );
}

/** Bytes of the window that the frame asks for; undefined when too little of the header is there. */
export function readWindowSize(head: Uint8Array): number | undefined {
  const descriptor = head[4];
  if (descriptor === undefined) return undefined;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  if (!isSingleSegment) {
    const window = head[5];
    if (window === undefined) return undefined;
    const base = 2 ** (10 + (window >> 3));
    return base + (base / 8) * (window & 7);
  }
  const sizeOfId = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeOfSize = [1, 2, 4, 8][descriptor >> 6] ?? 1;
  const field = head.subarray(5 + sizeOfId, 5 + sizeOfId + sizeOfSize);
  if (field.length < sizeOfSize) return undefined;
  const size = field.reduceRight((value, byte) => value * 256 + byte, 0);
  return sizeOfSize === 2 ? size + 256 : size;
}

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

/** What the header of a frame that holds data says. */
export interface ZstdFrameHeader {
  /** Bytes of the header itself, with the magic. */
  readonly headerSize: number;
  /** Bytes that the decoder has to keep. */
  readonly windowSize: number;
  /** Decoded bytes; undefined where the header does not say. */
  readonly contentSize: number | undefined;
  /** Bytes of the checksum behind the last block. */
  readonly checksumSize: 0 | 4;
}

/** Undefined when some of the header is missing. */
export function readFrameHeader(head: Uint8Array): ZstdFrameHeader | undefined {
  const descriptor = head[4] ?? 0;
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const windowAt = 5;
  const sizeAt = windowAt + (isSingleSegment ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] ?? 0);
  const headerSize = sizeAt + ([isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0);
  if (head.length < headerSize) return undefined;
  const contentSize = readContentSize(head.subarray(sizeAt, headerSize));
  const windowSize = isSingleSegment ? (contentSize ?? 0) : readWindowSize(head[windowAt] ?? 0);
  return { headerSize, windowSize, contentSize, checksumSize: descriptor & 4 ? 4 : 0 };
}

/** §3.1.1.1.4: two bytes count from 256. */
function readContentSize(field: Uint8Array): number | undefined {
  if (field.length === 0) return undefined;
  const size = field.reduceRight((value, byte) => value * 256 + byte, 0);
  return field.length === 2 ? size + 256 : size;
}

/** §3.1.1.1.2: five bits of exponent, three of mantissa. */
function readWindowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** In front of every block: whether it is the last (1 bit), its type (2), its size (21). */
export const BLOCK_HEADER_SIZE = 3;

export interface ZstdBlockHeader {
  readonly isLast: boolean;
  /** Bytes that follow; undefined for the type that is reserved. */
  readonly size: number | undefined;
}

/** Of three bytes (§3.1.1.2). A block of the type RLE is one byte, whatever size it stands for. */
export function readBlockHeader([low = 0, middle = 0, high = 0]: Uint8Array): ZstdBlockHeader {
  const bits = low | (middle << 8) | (high << 16);
  const size = [bits >> 3, 1, bits >> 3][(bits >> 1) & 3];
  return { isLast: (bits & 1) !== 0, size };
}

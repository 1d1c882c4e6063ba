/**
 * Reading back the xz container from a place where the decoder stopped. After the .xz file format 1.2.0:
 *
 *   stream       = stream header, block*, index, stream footer
 *   stream header = FD 37 7A 58 5A 00, flags (2: 00, check type), CRC32 of the flags           (§2.1.1)
 *   stream footer = CRC32 of the next six bytes, backward size (4), flags (2), 59 5A            (§2.1.2)
 *   block header = size (1: in words of four, less one), flags (1), [compressed size], [uncompressed size],
 *                  filter{1,4}: id, size of properties, properties; zero padding, CRC32         (§3.1)
 *
 * Sizes and ids are little-endian base 128, at most nine bytes. Every header carries its own CRC32, so one that is
 * found by looking backwards is one.
 */

/** What stands right before a place in an xz file. */
export interface XzFact {
  /** What XZ Embedded as we have it cannot do, in words; undefined where nothing of that kind was found. */
  readonly unsupported: string | undefined;
  /** Of the block's LZMA2 filter, in bytes. */
  readonly dictionarySize: number | undefined;
  /** A whole stream ends here, or up to 11 bytes before that do not begin another. */
  readonly afterStream: boolean;
}

const HEADER_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const HEADER_SIZE = 12;
const FOOTER_SIZE = 12;
const LARGEST_BLOCK_HEADER = 1024;
const LZMA2 = 0x21;

/** §5.3 and §5.4. */
const FILTERS: Readonly<Record<number, string>> = {
  3: 'Delta filter',
  4: 'x86 BCJ filter',
  5: 'PowerPC BCJ filter',
  6: 'IA-64 BCJ filter',
  7: 'ARM BCJ filter',
  8: 'ARM-Thumb BCJ filter',
  9: 'SPARC BCJ filter',
  10: 'ARM64 BCJ filter',
  11: 'RISC-V BCJ filter',
};

/** §2.1.1.2; those that are not here are reserved. */
const CHECKS: Readonly<Record<number, string>> = { 0: 'no check', 1: 'CRC32', 4: 'CRC64', 10: 'SHA-256' };

export function xzFactBefore(before: Uint8Array): XzFact {
  const streamHeader = before.subarray(-HEADER_SIZE);
  if (isStreamHeader(streamHeader)) {
    const check = streamHeader[7] ?? 0;
    const unsupported = `${CHECKS[check] ?? `number ${check}`} as integrity check`;
    return { unsupported, dictionarySize: undefined, afterStream: false };
  }
  const blockHeader = findBlockHeader(before);
  if (blockHeader) return { ...readFilters(blockHeader), afterStream: false };
  return { unsupported: undefined, dictionarySize: undefined, afterStream: isAfterStream(before) };
}

function isStreamHeader(bytes: Uint8Array): boolean {
  return startsAs(bytes, HEADER_MAGIC) && bytes.length === HEADER_SIZE && hasCrc(bytes.subarray(6));
}

/** The block header that ends where the bytes end. */
function findBlockHeader(before: Uint8Array): Uint8Array | undefined {
  for (let size = 8; size <= Math.min(before.length, LARGEST_BLOCK_HEADER); size += 4) {
    const header = before.subarray(before.length - size);
    if (header[0] === size / 4 - 1 && hasCrc(header)) return header;
  }
  return undefined;
}

function readFilters(header: Uint8Array): Pick<XzFact, 'unsupported' | 'dictionarySize'> {
  const flags = header[1] ?? 0;
  let at = 2;
  function next(): number {
    let value = 0;
    for (let digit = 0; digit < 9; digit++) {
      const byte = header[at++] ?? 0;
      value += (byte & 0x7f) * 128 ** digit;
      if (byte < 0x80) break;
    }
    return value;
  }
  if (flags & 0x40) next();
  if (flags & 0x80) next();
  const names: string[] = [];
  let dictionarySize: number | undefined;
  for (let filter = 0; filter <= (flags & 3); filter++) {
    const id = next();
    const size = next();
    if (id === LZMA2) dictionarySize = lzma2DictionarySize(header[at] ?? 0);
    else names.push(FILTERS[id] ?? `filter 0x${id.toString(16)}`);
    at += size;
  }
  return { unsupported: names.length > 0 ? names.join(', ') : undefined, dictionarySize };
}

/** §5.3.1: two bits of mantissa; 40 is as large as it gets. */
function lzma2DictionarySize(property: number): number {
  const bits = property & 0x3f;
  return bits >= 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

function isAfterStream(before: Uint8Array): boolean {
  for (let tail = 0; tail < HEADER_SIZE; tail++) {
    const end = before.length - tail;
    // Stream padding is zeros; then what follows it is not our footer but still after one.
    const footerEnd = lengthWithoutZeros(before.subarray(0, end));
    const footer = before.subarray(Math.max(0, footerEnd - FOOTER_SIZE), footerEnd);
    if (isFooter(footer)) return !isStartOf(before.subarray(end), HEADER_MAGIC);
  }
  return false;
}

function isFooter(bytes: Uint8Array): boolean {
  if (bytes.length !== FOOTER_SIZE || bytes[10] !== 0x59 || bytes[11] !== 0x5a) return false;
  return crc32(bytes.subarray(4, 10)) === uint32(bytes.subarray(0, 4));
}

function lengthWithoutZeros(bytes: Uint8Array): number {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}

/** Whether the bytes are a beginning of the magic and could go on as it; none are not. */
function isStartOf(bytes: Uint8Array, magic: readonly number[]): boolean {
  return bytes.length > 0 && bytes.every((byte, index) => index >= magic.length || byte === magic[index]);
}

function startsAs(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** Whether the last four bytes are the CRC32 of those before. */
function hasCrc(bytes: Uint8Array): boolean {
  return crc32(bytes.subarray(0, -4)) === uint32(bytes.subarray(-4));
}

function uint32(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}

/** IEEE 802.3, bit by bit: only ever over a few hundred bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

import { Refusal } from '../drive';
import { emptyVli, pushVliByte, readUint32 } from './bytes';
import { crc32 } from './crc32';
import { type FilterFlags, parseFilter } from './filters';

/**
 * What a block begins with. After the .xz file format 1.2.0, §3.1:
 *
 *   block header = size (1: in words of four, less one), flags (1: filters less one, reserved bits, which sizes there are),
 *                  [compressed size], [uncompressed size], filter{1,4}, zeros, CRC32 of all before
 *   filter       = id, size of the properties, properties
 *
 * Ids and sizes are variable-length integers.
 */

export const LONGEST_BLOCK_HEADER = 1024;

const FLAGS = { filters: 0x03, reserved: 0x3c, compressedSize: 0x40, uncompressedSize: 0x80 };
const LZMA2 = 0x21;

export interface BlockHeader {
  /** Of the header itself. */
  readonly size: number;
  /** Of the compressed data, without padding; undefined where the header does not say. */
  readonly compressedSize: number | undefined;
  readonly uncompressedSize: number | undefined;
  /** What the content passed before LZMA2, in that order. */
  readonly filters: readonly FilterFlags[];
  /** Of the LZMA2 filter, in bytes. */
  readonly dictionarySize: number;
}

/** The size of the header that begins with this byte, which is not 0. */
export function blockHeaderSize(firstByte: number): number {
  return (firstByte + 1) * 4;
}

/** Throws a Refusal: `corrupt`, or `unsupported` with what it is that cannot be read. */
export function parseBlockHeader(bytes: Uint8Array): BlockHeader {
  const end = bytes.length - 4;
  if (crc32(bytes.subarray(0, end)) !== readUint32(bytes, end))
    throw new Refusal('corrupt', 'CRC32 of a block header');
  let at = 2;
  function next(): number {
    const vli = emptyVli();
    for (;;) {
      if (at >= end) throw new Refusal('corrupt', 'a block header that is too short');
      if (pushVliByte(vli, bytes[at++] ?? 0)) return vli.value;
    }
  }

  const flags = bytes[1] ?? 0;
  if (flags & FLAGS.reserved) throw new Refusal('unsupported', 'flags of a newer xz format');
  const compressedSize = flags & FLAGS.compressedSize ? next() : undefined;
  if (compressedSize === 0 || (compressedSize ?? 0) > Number.MAX_SAFE_INTEGER) {
    throw new Refusal('corrupt', 'the compressed size of a block');
  }
  const uncompressedSize = flags & FLAGS.uncompressedSize ? next() : undefined;
  const filters: { id: number; properties: Uint8Array }[] = [];
  for (let left = (flags & FLAGS.filters) + 1; left > 0; left--) {
    const id = next();
    const size = next();
    if (size > end - at) throw new Refusal('corrupt', 'a block header that is too short');
    filters.push({ id, properties: bytes.subarray(at, at + size) });
    at += size;
  }
  if (bytes.subarray(at, end).some((byte) => byte !== 0)) {
    throw new Refusal('unsupported', 'fields of a newer xz format');
  }

  const last = filters.pop();
  if (last?.id !== LZMA2) throw new Refusal('unsupported', 'filters that do not end with LZMA2');
  const unread = filters.map(({ id, properties }) => parseFilter(id, properties));
  return {
    size: bytes.length,
    compressedSize,
    uncompressedSize,
    filters: unread,
    dictionarySize: parseDictionarySize(last.properties),
  };
}

/** §5.3.1: two bits of mantissa, and 40 for 4 GiB less one byte. */
function parseDictionarySize(properties: Uint8Array): number {
  const [bits = 0] = properties;
  if (properties.length !== 1 || bits > 40) throw new Refusal('unsupported', 'properties of LZMA2');
  return bits === 40 ? 2 ** 32 - 1 : (2 | (bits & 1)) * 2 ** ((bits >> 1) + 11);
}

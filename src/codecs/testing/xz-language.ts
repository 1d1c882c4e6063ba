import { type Bytes, concat, crc32, join } from './language';

/**
 * xz files made by hand, for what no program writes: each field can be another than it should be, and every CRC32 over it is right
 * all the same, unless that is what should be wrong. Data is made by `xz --format=raw`, or of the chunks here.
 */

export interface XzBlockParts {
  /** LZMA2 chunks with their end. */
  readonly data: Uint8Array;
  readonly plain: Uint8Array;
  /** Filter flags as they stand in the header. */
  readonly filters?: readonly Uint8Array[];
  readonly compressedSize?: Uint8Array;
  readonly uncompressedSize?: Uint8Array;
  readonly reservedFlags?: number;
  /** How many filters the flags say there are, less one. */
  readonly filterCount?: number;
  readonly headerPadding?: Uint8Array;
  readonly dataPadding?: number;
  readonly check?: Uint8Array;
}

export interface XzStreamParts {
  readonly blocks: readonly XzBlockParts[];
  /** The check's number. */
  readonly check?: number;
  /** What sums the content; none unless this is given. */
  readonly sum?: (plain: Uint8Array) => Uint8Array;
  readonly magic?: Uint8Array;
  readonly headerFlags?: Uint8Array;
  readonly footerFlags?: Uint8Array;
  /** The index's records instead of those that are right. */
  readonly records?: readonly (readonly [number | bigint, number | bigint])[];
  readonly recordCount?: Uint8Array;
  readonly indexPadding?: number;
  readonly backwardSize?: number;
  readonly footerMagic?: Uint8Array;
}

/** Dictionary of 4 KiB times a power of two. */
export function lzma2Filter(dictionaryBits = 0): Bytes {
  return Uint8Array.of(0x21, 1, dictionaryBits);
}

export function vli(value: number | bigint): Bytes {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Uint8Array.of(...bytes, Number(rest));
}

/** An LZMA2 chunk that is not compressed. */
export function copiedChunk(bytes: Uint8Array, resetsDictionary = true): Bytes {
  const size = bytes.length - 1;
  return concat(Uint8Array.of(resetsDictionary ? 1 : 2, size >> 8, size), bytes);
}

export const LZMA2_END = Uint8Array.of(0);

/** The chunks of an LZMA2 stream as they stand, without its end. */
export function chunksOf(data: Uint8Array): Bytes[] {
  const chunks: Bytes[] = [];
  for (let at = 0; (data[at] ?? 0) !== 0; ) {
    const [control = 0, high = 0, low = 0, packedHigh = 0, packedLow = 0] = data.subarray(at);
    const headerSize = control < 0x80 ? 3 : control < 0xc0 ? 5 : 6;
    const size = control < 0x80 ? (high << 8) + low + 1 : (packedHigh << 8) + packedLow + 1;
    chunks.push(new Uint8Array(data.slice(at, at + headerSize + size)));
    at += headerSize + size;
  }
  return chunks;
}

export function xzBlock(parts: XzBlockParts, sum: (plain: Uint8Array) => Uint8Array = () => NONE): Bytes {
  const padding = new Uint8Array((4 - (parts.data.length % 4)) % 4).fill(parts.dataPadding ?? 0);
  return concat(blockHeader(parts), parts.data, padding, parts.check ?? sum(parts.plain));
}

function blockHeader(parts: XzBlockParts): Bytes {
  const { compressedSize, uncompressedSize, filters = [lzma2Filter()] } = parts;
  const flags =
    (parts.filterCount ?? filters.length - 1) |
    (parts.reservedFlags ?? 0) |
    (compressedSize ? 0x40 : 0) |
    (uncompressedSize ? 0x80 : 0);
  const fields = [compressedSize ?? NONE, uncompressedSize ?? NONE, ...filters, parts.headerPadding ?? NONE];
  const unpadded = concat(Uint8Array.of(0, flags), ...fields);
  const header = concat(unpadded, new Uint8Array((4 - (unpadded.length % 4)) % 4));
  header[0] = header.length / 4;
  return withCrc(header);
}

export function xzStream(parts: XzStreamParts): Bytes {
  const { check = 0, sum, magic = HEADER_MAGIC, footerMagic = FOOTER_MAGIC } = parts;
  const flags = Uint8Array.of(0, check);
  const headerFlags = parts.headerFlags ?? flags;
  const blocks = parts.blocks.map((block) => xzBlock(block, sum));
  const records = parts.blocks.map((block, at) => {
    const padding = (4 - (block.data.length % 4)) % 4;
    return [(blocks[at]?.length ?? 0) - padding, block.plain.length] as const;
  });
  const index = xzIndex(parts.records ?? records, parts);
  const backwardSize = number32(parts.backwardSize ?? index.length / 4 - 1);
  const footerRest = concat(backwardSize, parts.footerFlags ?? flags);
  return concat(
    concat(magic, withCrc(headerFlags)),
    ...blocks,
    index,
    concat(number32(crc32(footerRest)), footerRest, footerMagic),
  );
}

function xzIndex(
  records: readonly (readonly [number | bigint, number | bigint])[],
  parts: Pick<XzStreamParts, 'recordCount' | 'indexPadding'>,
): Bytes {
  const numbers = records.flatMap(([unpadded, size]) => [vli(unpadded), vli(size)]);
  const unpadded = join([Uint8Array.of(0), parts.recordCount ?? vli(records.length), ...numbers]);
  const padding = new Uint8Array((4 - (unpadded.length % 4)) % 4).fill(parts.indexPadding ?? 0);
  return withCrc(concat(unpadded, padding));
}

const NONE = new Uint8Array(0);
const HEADER_MAGIC = Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0);
const FOOTER_MAGIC = Uint8Array.of(0x59, 0x5a);

export function crc32Bytes(bytes: Uint8Array): Bytes {
  return number32(crc32(bytes));
}

function withCrc(bytes: Uint8Array): Bytes {
  return concat(bytes, crc32Bytes(bytes));
}

function number32(value: number): Bytes {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

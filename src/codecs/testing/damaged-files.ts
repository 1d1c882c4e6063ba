import type { CodecName } from '../codec';
import type { CodecReason } from '../errors';
import {
  ascii,
  type Bytes,
  base64,
  concat,
  cut,
  flip,
  noise,
  type Shell,
  withEveryGzipField,
  words,
} from './language';

/** Files that no decoder may take for good: cut, damaged, followed by something else, or asking for too much. */

export interface DamagedFile {
  readonly codec: CodecName;
  readonly name: string;
  readonly compressed: Bytes;
  readonly reason: CodecReason;
  /** What the error's detail says, where it must say something. */
  readonly detail?: RegExp | undefined;
}

const NONE = new Uint8Array(0);
const ONE = ascii('x');
const TEXT = words(210_000);
const MORE = words(60_000, 2);
const NOISE = noise(80_000);
const JUNK = ascii('junk behind the end');

export function damagedFiles(sh: Shell): DamagedFile[] {
  const files: DamagedFile[] = [];
  type Row = readonly [CodecReason, Bytes, RegExp?];
  function add(codec: CodecName, rows: Readonly<Record<string, Row>>): void {
    for (const [name, [reason, compressed, detail]] of Object.entries(rows)) {
      files.push({ codec, name, reason, compressed, detail });
    }
  }
  const NO_BYTES = /no bytes/;

  const xz = sh('xz -T1', TEXT);
  const index = xzIndexOf(xz);
  const blocks = sh('xz -T1 --block-size=40000', TEXT);
  const xzMore = sh('xz', MORE);
  add('xz', {
    'nothing at all': ['truncated', NONE, NO_BYTES],
    'half a header': ['truncated', cut(xz, 7)],
    'header only': ['truncated', cut(xz, 12)],
    'header and a byte': ['truncated', cut(xz, 13)],
    'cut in the middle': ['truncated', cut(xz, xz.length / 2)],
    'cut in the last block': ['truncated', cut(blocks, xzIndexOf(blocks) - 30)],
    'cut between blocks and index': ['truncated', cut(blocks, xzIndexOf(blocks))],
    'cut in the check': ['truncated', cut(xz, index - 3)],
    'cut in the index': ['truncated', cut(xz, index + 3)],
    'cut in the footer': ['truncated', cut(xz, -5)],
    'cut before the last byte': ['truncated', cut(xz, -1)],
    'second stream cut in its magic': ['truncated', concat(xz, cut(xzMore, 3))],
    'second stream cut in its header': ['truncated', concat(xz, cut(xzMore, 11))],
    'second stream cut': ['truncated', concat(xz, cut(xzMore, xzMore.length / 2))],
    'second stream cut behind padding': ['truncated', concat(xz, new Uint8Array(4), cut(xzMore, 9))],
    'flip in the stream header': ['corrupt', flip(xz, 9)],
    'flip in the block header': ['corrupt', flip(xz, 14)],
    'flip in the data': ['corrupt', flip(xz, xz.length / 2)],
    'flip in the CRC64': ['corrupt', flip(xz, index - 2)],
    'flip in the CRC32': ['corrupt', withXz(sh('xz --check=crc32', TEXT), (file, at) => flip(file, at - 2))],
    'flip in the index': ['corrupt', flip(xz, index + 3)],
    'flip in the footer': ['corrupt', flip(xz, -7)],
    'flip in the last magic': ['corrupt', flip(xz, -1)],
    'flip in the data without check': ['corrupt', flip(sh('xz --check=none', NOISE), 20)],
    'junk behind': ['trailing-bytes', concat(xz, JUNK)],
    'a line feed behind': ['trailing-bytes', concat(xz, ascii('\n'))],
    'junk behind padding': ['trailing-bytes', concat(xz, new Uint8Array(8), JUNK)],
    'padding that is not a multiple of four': ['trailing-bytes', concat(xz, new Uint8Array(6))],
    'another format behind': ['trailing-bytes', concat(xz, sh('zstd', MORE))],
    'another format': ['corrupt', sh('zstd', TEXT), /not an xz file/],
    'flip in the SHA-256': [
      'corrupt',
      withXz(sh('xz --check=sha256', TEXT), (file, at) => flip(file, at - 2)),
      /SHA-256/,
    ],
    'PowerPC filter': ['unsupported', sh('xz --powerpc --lzma2', TEXT), /PowerPC BCJ/],
    'IA-64 filter': ['unsupported', sh('xz --ia64 --lzma2', TEXT), /IA-64 BCJ/],
    'ARM filter': ['unsupported', sh('xz --arm --lzma2', TEXT), /ARM BCJ/],
    'ARM-Thumb filter': ['unsupported', sh('xz --armthumb --lzma2', TEXT), /ARM-Thumb BCJ/],
    'SPARC filter': ['unsupported', sh('xz --delta --sparc --lzma2', TEXT), /SPARC BCJ/],
    'filter in the second stream': ['unsupported', concat(xz, sh('xz --sparc --lzma2', MORE)), /SPARC BCJ/],
    '96 MiB dictionary': [
      'window-too-large',
      sh('xz --lzma2=preset=0,dict=96MiB', ONE),
      /^96 MiB .* 64 MiB$/,
    ],
    '256 MiB dictionary': ['window-too-large', sh('xz --lzma2=preset=0,dict=256MiB', ONE), /^256 MiB/],
  });

  const zstd = sh('zstd', TEXT);
  const withoutCheck = sh('zstd --no-check', TEXT);
  const zstdMore = sh('zstd', MORE);
  const skippable = Uint8Array.of(0x50, 0x2a, 0x4d, 0x18, 9, 0, 0, 0, 1, 2);
  add('zstd', {
    'nothing at all': ['truncated', NONE, NO_BYTES],
    'half a magic': ['truncated', cut(zstd, 2)],
    'magic only': ['truncated', cut(zstd, 4)],
    'header only': ['truncated', cut(zstd, 6)],
    'cut in the middle': ['truncated', cut(zstd, zstd.length / 2)],
    'cut in the checksum': ['truncated', cut(zstd, -2)],
    'cut before the last byte, no checksum': ['truncated', cut(withoutCheck, -1)],
    'second frame cut in its magic': ['truncated', concat(zstd, cut(zstdMore, 3))],
    'second frame cut': ['truncated', concat(zstd, cut(zstdMore, -20))],
    'skippable frame cut': ['truncated', concat(zstd, skippable)],
    'skippable frame cut in its magic': ['truncated', concat(zstd, cut(skippable, 3))],
    'flip in the magic': ['corrupt', flip(zstd, 1), /not a zstd file/],
    'flip in the data': ['corrupt', flip(zstd, zstd.length / 2)],
    'flip in the checksum': ['corrupt', flip(zstd, -2), /checksum_wrong/],
    'flip in the second frame': ['corrupt', concat(zstd, flip(zstdMore, zstdMore.length / 2))],
    'reserved block type': ['corrupt', handmadeZstd(0x00, [0x50], [0x07, 0, 0])],
    'junk behind': ['trailing-bytes', concat(zstd, JUNK)],
    'a line feed behind': ['trailing-bytes', concat(zstd, ascii('\n'))],
    'zeros behind': ['trailing-bytes', concat(zstd, new Uint8Array(40_000))],
    'junk behind a skippable frame': [
      'trailing-bytes',
      concat(zstd, cut(skippable, 8), new Uint8Array(9), JUNK),
    ],
    'another format behind': ['trailing-bytes', concat(zstd, sh('xz', MORE))],
    'another format': ['corrupt', xz, /not a zstd file/],
    // zstd --ultra --long=31 -1, which takes 2 GiB to run again.
    '2 GiB window': ['window-too-large', base64('KLUv/QSoMQAAaGVsbG8KU4i9kQ=='), /^2048 MiB .* 128 MiB$/],
    '144 MiB window': ['window-too-large', handmadeZstd(0x00, [0x89], [1, 0, 0]), /^144 MiB/],
    '200 MB in a single segment': [
      'window-too-large',
      handmadeZstd(0xa0, [0, 0, 0, 12], [1, 0, 0]),
      /^192 MiB/,
    ],
    'a dictionary': ['unsupported', handmadeZstd(0x01, [0x50, 7], [9, 0, 0, 120]), /dictionary/],
  });

  const bzip2 = sh('bzip2 -9', TEXT);
  const bzip2Blocks = sh('bzip2 -1', TEXT);
  const bzip2More = sh('bzip2', MORE);
  add('bzip2', {
    'nothing at all': ['truncated', NONE],
    'magic only': ['truncated', cut(bzip2, 3)],
    'header only': ['truncated', cut(bzip2, 4)],
    'cut in the code lengths': ['truncated', cut(bzip2, 60)],
    'cut in the middle': ['truncated', cut(bzip2, bzip2.length / 2)],
    'cut between blocks': ['truncated', cut(bzip2Blocks, bzip2Blocks.length - 40)],
    'cut before the last byte': ['truncated', cut(bzip2, -1)],
    'second stream cut in its magic': ['truncated', concat(bzip2, cut(bzip2More, 2))],
    'second stream cut': ['truncated', concat(bzip2, cut(bzip2More, -30))],
    'flip in the magic': ['corrupt', flip(bzip2, 1), /not a bzip2 file/],
    'no block size': ['corrupt', concat(ascii('BZh0'), bzip2.subarray(4)), /block size/],
    'flip in the block magic': ['corrupt', flip(bzip2, 5), /beginning of a block/],
    'flip in the block CRC': ['corrupt', flip(bzip2, 11), /checksum of a block/],
    'flip in the origin': ['corrupt', flip(bzip2, 16)],
    'flip in the data': ['corrupt', flip(bzip2, bzip2.length / 2)],
    'flip in the second block': ['corrupt', flip(bzip2Blocks, bzip2Blocks.length * 0.7)],
    'flip in the stream CRC': ['corrupt', flip(bzip2, -3), /checksum of the stream/],
    'a block over its size': ['corrupt', concat(ascii('BZh1'), bzip2.subarray(4)), /over its size/],
    'a run without end': ['corrupt', bzip2RunWithoutEnd(), /over its size/],
    'randomised block': ['unsupported', flip(bzip2, 14, 7), /randomised/],
    'junk behind': ['trailing-bytes', concat(bzip2, JUNK)],
    'a line feed behind': ['trailing-bytes', concat(bzip2, ascii('\n'))],
    'zeros behind': ['trailing-bytes', concat(bzip2, new Uint8Array(9))],
    'another format': ['corrupt', xz, /not a bzip2 file/],
  });

  const gzip = sh('gzip -6', TEXT);
  const gzipMore = sh('gzip', MORE);
  add('gzip', {
    'nothing at all': ['truncated', NONE],
    'half a header': ['truncated', cut(gzip, 5)],
    'header only': ['truncated', cut(gzip, 10)],
    'cut in the name': ['truncated', cut(withEveryGzipField(gzip), 18)],
    'cut in the middle': ['truncated', cut(gzip, gzip.length / 2)],
    'cut before the trailer': ['truncated', cut(gzip, -8)],
    'cut in the trailer': ['truncated', cut(gzip, -1)],
    'second member cut': ['truncated', concat(gzip, cut(gzipMore, -20))],
    'second member cut in its header': ['truncated', concat(gzip, cut(gzipMore, 4))],
    'flip in the magic': ['corrupt', flip(gzip, 1), /not a gzip file/],
    'flip in the method': ['corrupt', flip(gzip, 2)],
    'flip in the header under a CRC': ['corrupt', flip(withEveryGzipField(gzip), 5), /header crc/],
    'flip in the data': ['corrupt', flip(gzip, gzip.length / 2)],
    'flip in the CRC': ['corrupt', flip(gzip, -6), /data check/],
    'flip in the size': ['corrupt', flip(gzip, -1), /length check/],
    'flip in the second member': ['corrupt', concat(gzip, flip(gzipMore, -6)), /data check/],
    'junk behind': ['trailing-bytes', concat(gzip, JUNK)],
    'a line feed behind': ['trailing-bytes', concat(gzip, ascii('\n'))],
    'half a magic and junk behind': ['trailing-bytes', concat(gzip, Uint8Array.of(0x1f, 0x8c, 8, 0))],
    'junk behind padding': ['trailing-bytes', concat(gzip, new Uint8Array(3), JUNK)],
    'a member behind padding': ['trailing-bytes', concat(gzip, new Uint8Array(3), gzipMore)],
    'zlib, not gzip': ['corrupt', Uint8Array.of(0x78, 0x9c, 3, 0, 0, 0, 0, 1), /not a gzip file/],
    'another format': ['corrupt', xz, /not a gzip file/],
  });

  const brotli = sh('brotli -q 9', TEXT);
  add('br', {
    'nothing at all': ['truncated', NONE, NO_BYTES],
    'first byte': ['truncated', cut(brotli, 1)],
    'cut in the middle': ['truncated', cut(brotli, brotli.length / 2)],
    'cut before the last byte': ['truncated', cut(brotli, -1)],
    'junk behind': ['trailing-bytes', concat(brotli, JUNK)],
    'a line feed behind': ['trailing-bytes', concat(brotli, ascii('\n'))],
    'another stream behind': ['trailing-bytes', concat(brotli, brotli)],
    'large window': ['window-too-large', sh('brotli --large_window=30', TEXT), /large-window/],
    'another format': ['corrupt', gzip],
  });
  return files;
}

/** Where the index of a file of one xz stream is: the footer says how long it is, in words of four bytes less one. */
function xzIndexOf(file: Uint8Array): number {
  const backwardSize = new DataView(file.slice(-8, -4).buffer).getUint32(0, true);
  return file.length - 12 - (backwardSize + 1) * 4;
}

function withXz(file: Bytes, damage: (file: Bytes, index: number) => Bytes): Bytes {
  return damage(file, xzIndexOf(file));
}

/** A zstd frame: descriptor, rest of the header, one block. */
function handmadeZstd(descriptor: number, header: readonly number[], block: readonly number[]): Bytes {
  return Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, ...header, ...block);
}

/** A block whose symbols are 40 digits of one run: as a number that is 2 ** 40 bytes, and wraps around in 32 bits. */
function bzip2RunWithoutEnd(): Bytes {
  const bits: number[] = [];
  const write = (value: number, size: number) => {
    for (let bit = size - 1; bit >= 0; bit--) bits.push(Math.floor(value / 2 ** bit) % 2);
  };
  for (const byte of ascii('BZh9')) write(byte, 8);
  write(0x314159265359, 48);
  // CRC, not randomised, origin; one used byte; two codes, one selector: the first.
  for (const [value, size] of [
    [0, 32],
    [0, 1],
    [0, 24],
    [0x8000, 16],
    [0x8000, 16],
    [2, 3],
    [1, 15],
    [0, 1],
  ] as const) {
    write(value, size);
  }
  // Both codes: three symbols of two bits each.
  for (let code = 0; code < 2; code++) write(0b00010_0_0_0, 8);
  for (let digit = 0; digit < 40; digit++) write(0b00, 2);
  write(0b10, 2);
  write(0, 200);
  return Uint8Array.from({ length: bits.length >> 3 }, (_, at) =>
    bits.slice(at * 8, at * 8 + 8).reduce((byte, bit) => byte * 2 + bit, 0),
  );
}

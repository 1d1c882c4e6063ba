import { crc32, deflateRawSync } from 'node:zlib';
import type { CodecName } from '../../../src/codecs/codec';
import { noise, runs, words } from '../../../src/codecs/testing/language';
import { chunksOf, lzma2Filter, vli, xzStream } from '../../../src/codecs/testing/xz-language';
import { concatBytes } from '../../../src/nix/nar/wire';
import { sh } from '../corpus';
import type { Random } from '../random';
import type { Input } from '../target';

interface Ingredients {
  readonly mutated: Uint8Array;
  readonly plain: Uint8Array;
  readonly random: Random;
}

/** Files with checksums that are right over headers that are odd, for one input in four; undefined for the rest. */
export function madeFile(codec: CodecName, ingredients: Ingredients): Input | undefined {
  if (!ingredients.random.once(4)) return undefined;
  switch (codec) {
    case 'xz':
      if (ingredients.random.once(2)) return xzOfChunks(ingredients.random);
      return { bytes: withXzCrcs(ingredients.mutated), original: ingredients.plain };
    case 'zstd':
      return zstdFrame(ingredients);
    case 'gzip':
      return gzipMember(ingredients);
    default:
      return undefined;
  }
}

function number32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

/** The .xz file format 1.2.0, §2.1.1 and §3.1: the stream header's CRC is over its flags, a block header's over itself. */
function withXzCrcs(mutated: Uint8Array): Uint8Array {
  const bytes = mutated.slice();
  if (bytes.length < 24) return bytes;
  bytes.set(number32(crc32(bytes.subarray(6, 8))), 8);
  const headerSize = ((bytes[12] ?? 0) + 1) * 4;
  const end = 12 + headerSize - 4;
  if (end + 4 <= bytes.length) bytes.set(number32(crc32(bytes.subarray(12, end))), end);
  const footer = bytes.length - 12;
  bytes.set(number32(crc32(bytes.subarray(footer + 4, footer + 10))), footer);
  return bytes;
}

/** What LZMA2 chunks of all kinds are made of. */
const CHUNKED: readonly (readonly [string, Uint8Array])[] = [
  ['preset=6,dict=4KiB', words(900)],
  ['preset=0,lc=0,dict=4KiB', concatBytes([words(300), runs().slice(0, 1500)])],
  ['preset=6,lc=0,lp=4,pb=0,dict=4KiB', noise(300)],
  ['preset=6,lc=1,lp=1,pb=1,dict=4KiB', new Uint8Array(5000)],
];

let knownChunks: readonly Uint8Array[] | undefined;

function lzma2Chunks(): readonly Uint8Array[] {
  knownChunks ??= CHUNKED.flatMap(([options, plain]) =>
    chunksOf(sh(`xz --format=raw --suffix=.raw --lzma2=${options}`, plain)),
  );
  return knownChunks;
}

/**
 * Chunks under headers that are right, and with no check over the content: what comes of them is the LZMA2 decoder's to find out,
 * and, where it finds nothing wrong, what \`xz\` makes of it. The sizes of the content are those that the chunks say.
 */
function xzOfChunks(random: Random): Input {
  const chunks = random.times(1 + random.small(4), () => changedChunk(random.pick(lzma2Chunks()), random));
  const size = chunks.reduce((sum, chunk) => sum + contentSize(chunk), 0);
  const data = concatBytes([...chunks, new Uint8Array(random.once(16) ? 0 : 1)]);
  const filters = random.once(3) ? random.times(1 + random.below(3), () => randomFilter(random)) : [];
  const block = {
    data,
    plain: new Uint8Array(size),
    filters: [...filters, lzma2Filter(random.below(4))],
    ...(random.once(4) ? { compressedSize: vli(data.length - (random.once(8) ? 1 : 0)) } : {}),
    ...(random.once(4) ? { uncompressedSize: vli(size + (random.once(8) ? 1 : 0)) } : {}),
  };
  const blocks = random.times(1 + random.small(3), () => block);
  return { bytes: xzStream({ blocks }) };
}

function randomFilter(random: Random): Uint8Array {
  const delta = Uint8Array.of(3, 1, random.below(256));
  const start = Uint8Array.of(
    random.pick([4, 10]),
    4,
    random.below(64) * 4,
    random.below(256),
    0,
    random.below(256),
  );
  return random.pick([delta, start, Uint8Array.of(4, 0), Uint8Array.of(10, 0)]);
}

function changedChunk(chunk: Uint8Array, random: Random): Uint8Array {
  const bytes = chunk.slice();
  if (random.once(2)) return bytes;
  const control = bytes[0] ?? 0;
  if (random.once(3))
    bytes[0] = control < 0x80 ? random.below(3) : (control & 0x1f) | ((4 + random.below(4)) * 0x20);
  if (random.once(8)) bytes[5] = random.below(225);
  for (let flips = random.small(4); flips > 0; flips--) {
    const at = random.below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  }
  return bytes;
}

function contentSize([control = 0, high = 0, low = 0]: Uint8Array): number {
  const size = (high << 8) + low + 1;
  return control < 0x80 ? size : size + ((control & 0x1f) << 16);
}

/** RFC 8878 §3.1.1: a header of any shape, and blocks that are raw or runs. What it asks for may be wrong. */
function zstdFrame({ plain, random }: Ingredients): Input {
  const isSingle = random.once(2);
  const sizeFlag = random.below(4);
  const descriptor = (sizeFlag << 6) | (isSingle ? 0x20 : 0) | (random.once(20) ? random.below(32) : 0);
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][sizeFlag] ?? 0;
  const run = random.small(2000);
  const content = concatBytes([plain, new Uint8Array(run).fill(7)]);
  const stated = sizeFlag === 1 ? content.length - 256 : random.once(8) ? random.next() : content.length;
  const size = new Uint8Array(8);
  size.set(number32(stated));
  if (random.once(10)) size.set(number32(random.next()), 4);
  const window = isSingle ? [] : [random.once(4) ? random.below(256) : 0x40];
  const header = (last: number, type: number, length: number) =>
    number32((length << 3) | (type << 1) | last).subarray(0, 3);
  const bytes = concatBytes([
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, descriptor, ...window, ...size.subarray(0, sizeBytes)),
    header(0, 0, plain.length),
    plain,
    header(1, random.once(20) ? random.below(4) : 1, random.once(20) ? random.next() : run),
    Uint8Array.of(7),
  ]);
  return { bytes, original: content };
}

/** RFC 1952 §2.3: any of the header's fields, and a trailer that is right or not. */
function gzipMember({ plain, random }: Ingredients): Input {
  const flags = random.below(random.once(8) ? 256 : 32);
  const extra = random.times(random.small(40), () => random.below(256));
  const name = random.times(random.small(20), () => 1 + random.below(255));
  const fields = [
    Uint8Array.of(
      0x1f,
      0x8b,
      random.once(20) ? random.below(256) : 8,
      flags,
      ...random.times(6, () => random.below(256)),
    ),
    ...(flags & 4 ? [Uint8Array.of(extra.length, 0, ...extra)] : []),
    ...(flags & 8 ? [Uint8Array.of(...name, 0)] : []),
    ...(flags & 16 ? [Uint8Array.of(...name, 0)] : []),
  ];
  const header = concatBytes(fields);
  const headerCrc = number32(crc32(header) ^ (random.once(8) ? 1 : 0)).subarray(0, flags & 2 ? 2 : 0);
  const data = deflateRawSync(plain, { level: random.below(10) });
  const trailer = [
    number32(crc32(plain) ^ (random.once(8) ? 1 : 0)),
    number32(plain.length + (random.once(8) ? 1 : 0)),
  ];
  return { bytes: concatBytes([header, headerCrc, data, ...trailer]), original: plain };
}

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { SourceError } from '../../bytes/errors';
import { memorySource } from '../../bytes/memory-source';
import type { ByteRange, ByteSource } from '../../bytes/source';
import { LIMITS } from '../../limits';
import { type Bytes, concat, cut, feed, flip, isSame, noise, read, shell, words } from '../testing/language';
import { xzStream } from '../testing/xz-language';
import { decodeXz, decodeXzBlock, readXzBlocks, type XzBlock } from './xz';

const sh = shell(spawnSync);
const signal = new AbortController().signal;
const TEXT = words(210_000);
const MORE = words(60_000, 2);
const NONE = new Uint8Array(0);

/** A source that notes what was asked of it. */
function counting(file: Bytes): ByteSource & { readonly ranges: ByteRange[] } {
  const source = memorySource(file);
  const ranges: ByteRange[] = [];
  return {
    size: file.length,
    ranges,
    read: (range, aborted) => {
      ranges.push(range);
      return source.read(range, aborted);
    },
  };
}

const bytesOf = (file: Uint8Array, { compressedStart, compressedSize }: XzBlock) =>
  file.slice(compressedStart, compressedStart + compressedSize);

const decodeAlone = (file: Uint8Array, block: XzBlock, chunkSize?: number) =>
  read(decodeXzBlock(block, feed(bytesOf(file, block), chunkSize).stream));

const FILES: Readonly<Record<string, readonly [Bytes, Bytes, number]>> = {
  'one block': [sh('xz -6 -T1', TEXT), TEXT, 1],
  blocks: [sh('xz -T1 --block-size=40000', TEXT), TEXT, 6],
  'blocks with their sizes': [sh('xz -T2 --block-size=40000 --check=sha256', TEXT), TEXT, 6],
  'blocks without check': [sh('xz -T2 --block-size=40000 --check=none', TEXT), TEXT, 6],
  'blocks under a filter': [sh('xz --block-size=40000 --x86 --lzma2', TEXT), TEXT, 6],
  streams: [concat(sh('xz --block-size=100000', TEXT), sh('xz --check=crc32', MORE)), concat(TEXT, MORE), 4],
  'streams and padding': [
    concat(
      sh('xz', TEXT),
      new Uint8Array(8),
      sh('xz', NONE),
      new Uint8Array(4),
      sh('xz', MORE),
      new Uint8Array(12),
    ),
    concat(TEXT, MORE),
    2,
  ],
  nothing: [sh('xz', NONE), NONE, 0],
};

describe.each(Object.entries(FILES))('%s', (_, [file, plain, count]) => {
  test('each block by itself, the last first', async () => {
    const blocks = await readXzBlocks(memorySource(file), file.length, signal);
    expect(blocks).toHaveLength(count);
    const parts: Bytes[] = [];
    for (const block of [...blocks].reverse()) {
      const { bytes, error } = await decodeAlone(file, block, 5000);
      expect(error).toBeUndefined();
      expect(isSame(bytes, plain.subarray(block.start, block.start + block.size))).toBe(true);
      parts.unshift(bytes);
    }
    expect(isSame(concat(...parts), plain)).toBe(true);
  });
});

test('the index of one stream takes one request', async () => {
  const source = counting(sh('xz -T1 --block-size=1000', TEXT));
  expect(await readXzBlocks(source, source.size ?? 0, signal)).toHaveLength(Math.ceil(TEXT.length / 1000));
  expect(source.ranges).toEqual([{ start: (source.size ?? 0) - 16 * 1024, end: source.size }]);
});

test('an index that is longer takes another', async () => {
  const source = counting(sh('xz -0 -T1 --block-size=20', TEXT));
  expect(await readXzBlocks(source, source.size ?? 0, signal)).toHaveLength(Math.ceil(TEXT.length / 20));
  expect(source.ranges).toHaveLength(2);
});

test('a decoder of blocks holds each against the index', async () => {
  const file = sh('xz -T1 --block-size=40000', TEXT);
  const [first, second] = await readXzBlocks(memorySource(file), file.length, signal);
  if (!first || !second) throw new Error('there are not two blocks');
  const of = (block: XzBlock, bytes: Uint8Array) => read(decodeXzBlock(block, feed(bytes).stream));
  const bytes = bytesOf(file, first);
  const index = xzStream({ blocks: [] }).subarray(12);
  const refusals: readonly (readonly [XzBlock, Uint8Array, string, RegExp?])[] = [
    [first, bytesOf(file, second), 'corrupt'],
    [first, cut(bytes, -1), 'truncated'],
    [first, NONE, 'truncated'],
    [first, concat(bytes, NONE, bytes), 'trailing-bytes'],
    [first, flip(bytes, bytes.length / 2), 'corrupt'],
    [first, flip(bytes, -1), 'corrupt', /CRC64/],
    [{ ...first, size: first.size - 1 }, bytes, 'corrupt', /size/],
    [{ ...first, size: first.size + 1 }, bytes, 'corrupt', /size/],
    [{ ...first, unpaddedSize: first.unpaddedSize - 1 }, bytes, 'corrupt', /size/],
    [{ ...first, unpaddedSize: first.unpaddedSize + 1 }, bytes, 'corrupt', /size/],
    [{ ...first, check: 'CRC32' }, bytes, 'corrupt'],
    [first, index, 'corrupt', /another block/],
  ];
  for (const [block, from, reason, detail] of refusals) {
    const { error } = await of(block, from);
    expect(error).toMatchObject({ kind: 'codec', codec: 'xz', reason });
    if (detail) expect((error as { detail: unknown }).detail).toMatch(detail);
  }
});

test('sizes that a block says and the index does not', async () => {
  const file = sh('xz -T2 --block-size=40000', TEXT);
  const [first] = await readXzBlocks(memorySource(file), file.length, signal);
  if (!first) throw new Error('there is no block');
  const { error } = await decodeAlone(file, { ...first, size: first.size - 1 });
  expect(error).toMatchObject({ reason: 'corrupt', detail: 'another block than in the index' });
});

describe('an end that is none', () => {
  const file = sh('xz -T1 --block-size=40000', TEXT);
  test.each([
    ['nothing', NONE, 'truncated'],
    ['zeros', new Uint8Array(400), 'corrupt'],
    ['a cut', cut(file, -4), 'corrupt'],
    ['a damaged footer', flip(file, -9), 'corrupt'],
    ['a damaged index', flip(file, -15), 'corrupt'],
    ['a beginning that is missing', file.slice(4), 'corrupt'],
    ['something before', concat(noise(100), file), 'corrupt'],
    ['another format', sh('zstd', TEXT), 'corrupt'],
    [
      'an index of sizes beyond all numbers',
      xzStream({ blocks: [], records: [[2n ** 62n, 2n ** 62n]] }),
      'corrupt',
    ],
    ['an index that is longer than the file', xzStream({ blocks: [], backwardSize: 1000 }), 'corrupt'],
  ])('%s', async (_, bytes, reason) => {
    const reading = readXzBlocks(memorySource(bytes), bytes.length, signal);
    await expect(reading).rejects.toMatchObject({ kind: 'codec', codec: 'xz', reason });
  });
});

test('what the source throws passes through', async () => {
  const failure = new SourceError({ reason: 'short-read', url: 'x' });
  // biome-ignore lint/correctness/useYield: it never comes to that.
  async function* failing(): AsyncGenerator<Bytes> {
    throw failure;
  }
  await expect(readXzBlocks({ size: 100, read: failing }, 100, signal)).rejects.toBe(failure);
});

test('more streams than are followed, and they can be decoded all the same', async () => {
  const one = sh('xz -0', Uint8Array.of(7));
  const file = concat(...Array.from({ length: LIMITS.xzStreams.most + 1 }, () => one));
  const reading = readXzBlocks(memorySource(file), file.length, signal);
  await expect(reading).rejects.toMatchObject({ reason: 'unsupported', detail: 'too many streams' });
  const { bytes, error } = await read(decodeXz()(feed(file).stream));
  expect(error).toBeUndefined();
  expect(bytes).toHaveLength(LIMITS.xzStreams.most + 1);
});

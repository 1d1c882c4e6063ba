import { spawnSync } from 'node:child_process';
import { describe, expect, test, vi } from 'vitest';
import type { CodecName } from './codec';
import { CodecError } from './errors';
import { codecs } from './registry';
import {
  type Bytes,
  concat,
  cut,
  feed,
  flip,
  isSame,
  noise,
  random,
  read,
  shell,
  words,
} from './testing/language';

/** How every decoder behaves while it is read: what it pulls, holds, frees and shares. */

vi.setConfig({ testTimeout: 30_000 });

const sh = shell(spawnSync);

const TOOLS: Readonly<Record<CodecName, string>> = {
  none: 'cat',
  xz: 'xz',
  zstd: 'zstd',
  bzip2: 'bzip2',
  gzip: 'gzip',
  br: 'brotli -q 5',
};
const NAMES = Object.keys(TOOLS) as CodecName[]; // The keys of a record of them.
const COMPRESSING = NAMES.filter((name) => name !== 'none');

const TEXT = concat(words(400_000), noise(100_000));

function made(codec: CodecName, plain: Uint8Array = TEXT): Bytes {
  return sh(TOOLS[codec], plain);
}

describe.each(NAMES)('%s', (codec) => {
  test('leaving the loop ends the input, once', async () => {
    const decode = await codecs[codec].load();
    const fed = feed(made(codec), 4096);
    for await (const chunk of decode(fed.stream)) if (chunk.length > 0) break;
    expect(fed.returned).toBe(1);
  });

  test('what the reader throws ends the input', async () => {
    const decode = await codecs[codec].load();
    const fed = feed(made(codec), 4096);
    const reading = (async () => {
      for await (const _ of decode(fed.stream)) throw new Error('enough');
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(fed.returned).toBe(1);
  });

  test('what the input throws comes out as it is', async () => {
    const decode = await codecs[codec].load();
    const failure = new Error('the network is gone');
    const { error } = await read(decode(feed(cut(made(codec), 30_000), 4096, failure).stream));
    expect(error).toBe(failure);
  });

  test('nothing is pulled before somebody pulls, and then no more than is needed', async () => {
    const decode = await codecs[codec].load();
    const fed = feed(made(codec, noise(3_000_000)), 4096);
    const iterator = decode(fed.stream)[Symbol.asyncIterator]();
    expect(fed.pulled).toBe(0);
    let given = 0;
    for (let chunk = 0; chunk < 3; chunk++) given += (await iterator.next()).value?.length ?? 0;
    // A block is the least that can be decoded: 900 000 bytes of bzip2, 128 KiB and less of the others.
    expect(fed.pulled * 4096 - given).toBeLessThan(codec === 'bzip2' ? 1_000_000 : 200_000);
    await iterator.return?.();
    expect(fed.returned).toBe(1);
  });

  test('decodes that take turns do not meet', async () => {
    const decode = await codecs[codec].load();
    const plains = [TEXT, concat(noise(200_000, 5), words(300_000, 6)), words(350_000, 7)];
    const readers = plains.map((plain) => {
      const compressed = codec === 'xz' ? sh('xz -9', plain) : made(codec, plain);
      return {
        plain,
        iterator: decode(feed(compressed, 5000).stream)[Symbol.asyncIterator](),
        at: 0,
        open: true,
      };
    });
    let borrowed: { chunk: Uint8Array; expected: Uint8Array } | undefined;
    while (readers.some(({ open }) => open)) {
      for (const reader of readers) {
        const { done, value } = await reader.iterator.next();
        // What another decode lent is still good: it is borrowed until that one is pulled again.
        if (borrowed) expect(isSame(borrowed.chunk, borrowed.expected)).toBe(true);
        borrowed = undefined;
        if (done) {
          reader.open = false;
          continue;
        }
        borrowed = { chunk: value, expected: reader.plain.slice(reader.at, reader.at + value.length) };
        reader.at += value.length;
      }
    }
    for (const { plain, at } of readers) expect(at).toBe(plain.length);
  });

  test('a paused decode holds up no other', async () => {
    const decode = await codecs[codec].load();
    const compressed = made(codec);
    const paused = decode(feed(compressed).stream)[Symbol.asyncIterator]();
    await paused.next();
    for (let time = 0; time < 3; time++) {
      const { bytes } = await read(decode(feed(compressed, 10_000).stream));
      expect(isSame(bytes, TEXT)).toBe(true);
    }
    await paused.return?.();
  });
});

describe.each(COMPRESSING)('%s', (codec) => {
  test('a small file of many zeros is decoded as far as it is pulled', async () => {
    const size = 64 * 1024 * 1024;
    const compressed = sh(`head -c ${size} /dev/zero | ${TOOLS[codec]}`, new Uint8Array(0));
    const decode = await codecs[codec].load();
    const before = process.memoryUsage().rss;
    const iterator = decode(feed(compressed).stream)[Symbol.asyncIterator]();
    await iterator.next();
    expect(process.memoryUsage().rss - before).toBeLessThan(size / 2);
    let left = size;
    for (;;) {
      const { done, value } = await iterator.next();
      if (done) break;
      expect(value.length).toBeLessThanOrEqual(1024 * 1024);
      left -= value.length;
    }
    expect(left).toBeLessThan(1024 * 1024);
  });

  test('decodes that are dropped leave no memory behind', async () => {
    const decode = await codecs[codec].load();
    const compressed = made(codec);
    const damaged = flip(compressed, compressed.length * 0.8);
    async function start(times: number): Promise<void> {
      for (let time = 0; time < times; time++) {
        for await (const chunk of decode(feed(time % 4 === 0 ? damaged : compressed, 16_384).stream)) {
          if (chunk.length > 0) break;
        }
        if (time % 4 === 0) await read(decode(feed(damaged).stream));
      }
    }
    await start(10);
    const before = process.memoryUsage().rss;
    await start(60);
    expect((process.memoryUsage().rss - before) / 1024 / 1024).toBeLessThan(150);
  });

  test('random damage ends in a CodecError, or does no harm', async () => {
    const plain = concat(words(9000), noise(1000));
    const compressed = made(codec, plain);
    const decode = await codecs[codec].load();
    const next = random(11);
    for (let time = 0; time < 300; time++) {
      let damaged = compressed;
      for (let flips = 0; flips <= time % 3; flips++) {
        damaged = flip(damaged, next() * compressed.length, Math.floor(next() * 8));
      }
      const { bytes, error } = await read(decode(feed(damaged, 1 + next() * 5000).stream));
      if (error !== undefined) expect(error, `time ${time}`).toBeInstanceOf(CodecError);
      // Only NarHash finds damage in brotli.
      else if (codec !== 'br') expect(isSame(bytes, plain), `time ${time}`).toBe(true);
    }
  });

  test('every cut is a CodecError', async () => {
    const compressed = made(codec, concat(words(1500), noise(300)));
    const decode = await codecs[codec].load();
    for (let size = 0; size < compressed.length; size++) {
      const { error } = await read(decode(feed(cut(compressed, size), 700).stream));
      expect(error, `${size} bytes`).toMatchObject({ reason: 'truncated', compressedOffset: size });
    }
  });

  test('any byte behind the end is a CodecError', async () => {
    const compressed = made(codec, words(500));
    const decode = await codecs[codec].load();
    for (let byte = 1; byte < 256; byte++) {
      const { error } = await read(decode(feed(concat(compressed, new Uint8Array(20).fill(byte))).stream));
      expect(error, `byte ${byte}`).toMatchObject({ reason: 'trailing-bytes' });
    }
  });
});

test('none cuts what is too large for a chunk', async () => {
  const decode = await codecs.none.load();
  const plain = noise(2_500_000);
  const { bytes, error } = await read(decode(feed(plain).stream));
  expect(error).toBeUndefined();
  expect(isSame(bytes, plain)).toBe(true);
});

test('a window of zstd reaches back 128 MiB', async () => {
  const far = noise(300_000);
  const plain = concat(far, new Uint8Array(100_000_000), far);
  const compressed = sh('zstd -1 --long=27', plain);
  expect(compressed.length).toBeLessThan(400_000);
  const decode = await codecs.zstd.load();
  let at = 0;
  for await (const chunk of decode(feed(compressed, 65_536).stream)) {
    if (!isSame(chunk, plain.subarray(at, at + chunk.length))) throw new Error(`different at ${at}`);
    at += chunk.length;
  }
  expect(at).toBe(plain.length);
});

test('streams of bzip2 without a block take no memory for one', async () => {
  const decode = await codecs.bzip2.load();
  const empty = sh('bzip2 -9', new Uint8Array(0));
  const compressed = concat(...Array.from({ length: 20_000 }, () => empty), sh('bzip2 -9', TEXT));
  const start = performance.now();
  const { bytes, error } = await read(decode(feed(compressed, 65_536).stream));
  // Zeros for 20 000 blocks alone are 72 GB.
  expect(performance.now() - start).toBeLessThan(5000);
  expect(error).toBeUndefined();
  expect(isSame(bytes, TEXT)).toBe(true);
});

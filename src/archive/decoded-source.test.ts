import { expect, test } from 'vitest';
import { SourceError } from '../bytes/errors';
import type { ByteStream } from '../bytes/source';
import { Spool } from '../bytes/spool';
import { collect } from '../bytes/stream';
import { DecodedSource, type Tap } from './decoded-source';

const CHUNK = 10;
const SIZE = 100;

/** A decoder of a hundred bytes, in tens, that says what was asked of it. */
function decoder(options: { failAt?: number } = {}) {
  const log = { passes: 0, decoded: 0, left: 0 };
  const decode = async function* (signal: AbortSignal): ByteStream {
    log.passes++;
    try {
      for (let at = 0; at < SIZE; at += CHUNK) {
        // A turn of the event loop, as a network has it.
        await new Promise((resolve) => setImmediate(resolve));
        signal.throwIfAborted();
        if (at === options.failAt) throw new Error('corrupt');
        log.decoded += CHUNK;
        const chunk = new Uint8Array(CHUNK).map((_, i) => at + i);
        yield chunk;
        // Borrowed: whoever kept it has kept nothing.
        chunk.fill(0xff);
      }
    } finally {
      log.left++;
    }
  };
  return { log, decode };
}

const PASSING: Tap = { bytes: () => undefined, end: () => undefined };

function sourceOf(
  decode: (signal: AbortSignal) => ByteStream,
  spool = new Spool(),
  tap: () => Tap = () => PASSING,
) {
  return new DecodedSource({ url: 'x.nar.xz', decode, tap, spool });
}

const signal = () => new AbortController().signal;
const bytes = (start: number, end: number) => Array.from({ length: end - start }, (_, i) => start + i);
async function read(source: DecodedSource, start: number, end: number, stop = signal()): Promise<number[]> {
  return [...((await collect(source.read({ start, end }, stop), SIZE)) ?? [])];
}

test('a read decodes up to its end and no further, and frees the decoder', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  expect(await read(source, 15, 35)).toEqual(bytes(15, 35));
  await source.close();
  expect(log).toEqual({ passes: 1, decoded: 40, left: 1 });
});

test('what was decoded once is not decoded again', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  await read(source, 0, 40);
  expect(await read(source, 5, 38)).toEqual(bytes(5, 38));
  expect(log).toMatchObject({ passes: 1, decoded: 40 });
});

test('a read past what is kept decodes from the start, and keeps the rest', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  await read(source, 0, 20);
  expect(await read(source, 50, 60)).toEqual(bytes(50, 60));
  expect(await read(source, 0, 60)).toEqual(bytes(0, 60));
  expect(log).toMatchObject({ passes: 2, decoded: 80 });
});

test('two reads at once share one pass', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  const both = await Promise.all([read(source, 10, 20), read(source, 0, 90)]);
  expect(both).toEqual([bytes(10, 20), bytes(0, 90)]);
  expect(log).toMatchObject({ passes: 1, decoded: 90 });
});

test('a whole read knows the size, and the tap has seen every byte and the end', async () => {
  const { decode } = decoder();
  const seen: number[] = [];
  const source = sourceOf(decode, new Spool(), () => ({
    bytes: (chunk) => void seen.push(...chunk),
    end: () => void seen.push(-1),
  }));
  expect(await source.readAll(signal())).toBe(SIZE);
  expect(source.size).toBe(SIZE);
  expect(seen).toEqual([...bytes(0, SIZE), -1]);
  expect(await read(source, 95, 100)).toEqual(bytes(95, 100));
});

test('a range past the end is a failure, not a short file', async () => {
  const source = sourceOf(decoder().decode);
  await expect(read(source, 90, 101)).rejects.toMatchObject({ kind: 'source', reason: 'short-read' });
});

test('a failing decoder fails the reads that needed it, and only those', async () => {
  const { decode } = decoder({ failAt: 50 });
  const source = sourceOf(decode);
  const [early, late] = await Promise.allSettled([read(source, 0, 40), read(source, 0, 60)]);
  expect(early).toMatchObject({ status: 'fulfilled', value: bytes(0, 40) });
  expect(late).toMatchObject({ status: 'rejected', reason: { message: 'corrupt' } });
  expect(await read(source, 30, 50)).toEqual(bytes(30, 50));
});

test('what the tap throws ends the pass', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode, new Spool(), () => ({
    bytes: () => {
      throw new Error('listing disagrees');
    },
    end: () => undefined,
  }));
  await expect(read(source, 0, 20)).rejects.toThrow('listing disagrees');
  expect(log).toEqual({ passes: 1, decoded: 10, left: 1 });
});

test('an abort ends the read at once and the pass with it; the next read has a pass of its own', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  const stop = new AbortController();
  const cancelled = read(source, 0, 90, stop.signal);
  const next = cancelled.catch(() => read(source, 0, 90));
  stop.abort();
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  expect(await next).toEqual(bytes(0, 90));
  expect(log).toMatchObject({ passes: 2, left: 2 });
});

test('an abort leaves the reads of others alone', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  const stop = new AbortController();
  const cancelled = read(source, 0, 90, stop.signal);
  const other = read(source, 0, 70);
  stop.abort();
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  expect(await other).toEqual(bytes(0, 70));
  expect(log).toMatchObject({ passes: 1, decoded: 70 });
});

test('past a full spool every read decodes for itself', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode, new Spool({ hardLimit: 30, memoryLimit: 30, blockSize: 10 }));
  expect(await source.readAll(signal())).toBe(SIZE);
  expect(await read(source, 0, 30)).toEqual(bytes(0, 30));
  expect(log.passes).toBe(1);
  expect([source.isKept(30), source.isKept(31)]).toEqual([true, false]);
  expect(await read(source, 25, 65)).toEqual(bytes(25, 65));
  expect(await read(source, 60, 70)).toEqual(bytes(60, 70));
  expect(log).toMatchObject({ passes: 3, left: 3 });
});

test('a slow reader gets every byte, whatever was appended meanwhile', async () => {
  const source = sourceOf(decoder().decode);
  const got: number[] = [];
  for await (const chunk of source.read({ start: 0, end: SIZE }, signal())) {
    got.push(...chunk);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  expect(got).toEqual(bytes(0, SIZE));
});

test('leaving a read in the middle stops the pass', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  for await (const _ of source.read({ start: 0, end: SIZE }, signal())) break;
  await source.close();
  expect(log.left).toBe(1);
  expect(log.decoded).toBeLessThan(SIZE);
});

const settled = async () => {
  for (let turn = 0; turn < 30; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A decoder of four chunks of a MiB. */
function largeDecoder(options: { failAfter?: number } = {}) {
  const log = { passes: 0, decoded: 0, left: 0 };
  const decode = async function* (signal: AbortSignal): ByteStream {
    log.passes++;
    try {
      for (let chunk = 0; chunk < 4; chunk++) {
        await new Promise((resolve) => setImmediate(resolve));
        if (signal.aborted) throw new DOMException('', 'AbortError');
        if (chunk === options.failAfter) throw new SourceError({ reason: 'short-read', url: 'x' });
        log.decoded++;
        yield new Uint8Array(2 ** 20).fill(chunk);
      }
    } finally {
      log.left++;
    }
  };
  return { log, decode };
}

test('a pass stands still while a reader holds its place, and goes on when it goes on', async () => {
  const { log, decode } = largeDecoder();
  const source = sourceOf(decode);
  const reading = source.read({ start: 0, end: 4 * 2 ** 20 }, signal())[Symbol.asyncIterator]();
  await reading.next();
  await settled();
  expect(log).toMatchObject({ passes: 1, decoded: 1, left: 0 });
  await reading.next();
  await settled();
  expect(log.decoded).toBe(2);
  expect(
    await collect(source.read({ start: 3 * 2 ** 20, end: 4 * 2 ** 20 }, signal()), 2 ** 20),
  ).toHaveLength(2 ** 20);
  expect(log).toMatchObject({ passes: 1, decoded: 4 });
  await reading.return?.();
});

test('a transfer that breaks after it stood still is begun anew; one that breaks on its way is a failure', async () => {
  const { log, decode } = largeDecoder({ failAfter: 2 });
  const source = sourceOf(decode);
  const reading = source.read({ start: 0 }, signal())[Symbol.asyncIterator]();
  await reading.next();
  await settled();
  await reading.next();
  await settled();
  await expect(reading.next()).rejects.toMatchObject({ reason: 'short-read' });
  expect(log.passes).toBe(2);
});

test('a pass that fails while its reader is busy is not silently repeated', async () => {
  const { log, decode } = decoder({ failAt: 50 });
  const source = sourceOf(decode);
  const reading = source.read({ start: 0, end: 90 }, signal())[Symbol.asyncIterator]();
  await reading.next();
  await settled();
  await expect(
    (async () => {
      while (!(await reading.next()).done);
    })(),
  ).rejects.toThrow('corrupt');
  expect(log.passes).toBe(1);
});

test('a failure is told once: the next read tries again', async () => {
  const { log, decode } = decoder({ failAt: 50 });
  const source = sourceOf(decode);
  await expect(read(source, 0, 90)).rejects.toThrow('corrupt');
  await expect(read(source, 0, 90)).rejects.toThrow('corrupt');
  expect(log).toMatchObject({ passes: 2, left: 2 });
});

test('closing ends the reads that wait, and starts nothing', async () => {
  const { log, decode } = decoder();
  const source = sourceOf(decode);
  const aborted = expect(read(source, 0, 90)).rejects.toMatchObject({ name: 'AbortError' });
  await source.close();
  await aborted;
  await settled();
  expect(log).toMatchObject({ passes: 1, left: 1 });
});

test('a failure is heard by everybody who waited, and costs no second pass', async () => {
  const { log, decode } = decoder({ failAt: 50 });
  const source = sourceOf(decode);
  const all = [read(source, 0, 80), read(source, 40, 60), source.readAll(signal())];
  for (const one of await Promise.allSettled(all)) {
    expect(one).toMatchObject({ status: 'rejected', reason: { message: 'corrupt' } });
  }
  expect(log.passes).toBe(1);
});

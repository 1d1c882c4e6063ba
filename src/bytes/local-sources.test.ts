import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blobSource } from './blob-source';
import { withCounting } from './counting';
import { memorySource } from './memory-source';
import { MAX_CHUNK } from './range';
import { sliceSource } from './slice-source';
import type { ByteSource } from './source';
import { collect } from './stream';
import { drain, pattern } from './testing';

const BYTES = pattern(1000);
const NEVER = new AbortController().signal;

const sources: Record<string, (bytes: Uint8Array<ArrayBuffer>) => ByteSource> = {
  memory: memorySource,
  blob: (bytes) => blobSource(new Blob([bytes]), 'x.nar'),
  'slice of memory': (bytes) => {
    const around = new Uint8Array(bytes.length + 20).fill(0xaa);
    around.set(bytes, 7);
    return sliceSource(memorySource(around), { start: 7, end: 7 + bytes.length });
  },
  'slice to the end': (bytes) => {
    const around = new Uint8Array(bytes.length + 7).fill(0xaa);
    around.set(bytes, 7);
    return sliceSource(blobSource(new Blob([around]), 'x'), { start: 7 });
  },
  counted: (bytes) => withCounting(memorySource(bytes), { requests: 0, receivedBytes: 0 }),
};

for (const [name, make] of Object.entries(sources)) {
  test(`${name}: any range is exactly its bytes, as often as one likes`, async () => {
    const source = make(BYTES);
    expect(source.size).toBe(1000);
    const place = fc.integer({ min: 0, max: 1000 });
    await fc.assert(
      fc.asyncProperty(place, place, async (a, b) => {
        const [start, end] = [Math.min(a, b), Math.max(a, b)];
        expect(await collect(source.read({ start, end }, NEVER), 1000)).toEqual(BYTES.slice(start, end));
        expect(await collect(source.read({ start }, NEVER), 1000)).toEqual(BYTES.slice(start));
      }),
    );
  });

  test(`${name}: a range past the end fails and gives nothing`, async () => {
    for (const range of [{ start: 0, end: 1001 }, { start: 1001 }, { start: 2000, end: 2001 }]) {
      const { bytes, error } = await drain(make(BYTES).read(range, NEVER));
      expect(bytes).toHaveLength(0);
      expect(error).toMatchObject({ kind: 'source', reason: 'short-read' });
    }
  });

  test(`${name}: what is no range is a bug`, async () => {
    for (const range of [
      { start: -1 },
      { start: 5, end: 4 },
      { start: 0.5 },
      { start: 0, end: Number.NaN },
    ]) {
      expect((await drain(make(BYTES).read(range, NEVER))).error).toBeInstanceOf(RangeError);
    }
  });

  test(`${name}: comes in chunks of 1 MiB at most, and stops when it is aborted`, async () => {
    const large = pattern(2 * MAX_CHUNK + 5);
    const sizes: number[] = [];
    for await (const chunk of make(large).read({ start: 0 }, NEVER)) sizes.push(chunk.length);
    expect(sizes).toEqual([MAX_CHUNK, MAX_CHUNK, 5]);

    const abort = new AbortController();
    const reading = make(large).read({ start: 0 }, abort.signal)[Symbol.asyncIterator]();
    await reading.next();
    abort.abort(new Error('any reason'));
    await expect(reading.next()).rejects.toMatchObject({ name: 'AbortError' });
    const late = make(large).read({ start: 0 }, abort.signal)[Symbol.asyncIterator]();
    await expect(late.next()).rejects.toBeInstanceOf(DOMException);
  });
}

test('a slice is no larger than its part', async () => {
  const slice = sliceSource(memorySource(BYTES), { start: 100, end: 200 });
  expect(slice.size).toBe(100);
  expect((await drain(slice.read({ start: 0, end: 101 }, NEVER))).error).toMatchObject({
    reason: 'short-read',
  });
});

test('a file that changed or went away is file-gone', async () => {
  for (const name of ['NotReadableError', 'NotFoundError']) {
    const blob = new Blob([BYTES]);
    blob.slice = () => {
      const gone = new Blob();
      gone.arrayBuffer = () => Promise.reject(new DOMException('gone', name));
      return gone;
    };
    const { error } = await drain(blobSource(blob, 'hello.nar').read({ start: 0 }, NEVER));
    expect(error).toMatchObject({ kind: 'source', reason: 'file-gone', url: 'hello.nar', detail: name });
  }
});

test('a file that became shorter is file-gone, never a short file', async () => {
  const blob = new Blob([BYTES]);
  blob.slice = () => new Blob([BYTES.subarray(0, 999)]);
  const { bytes, error } = await drain(blobSource(blob, 'hello.nar').read({ start: 0 }, NEVER));
  expect(bytes).toHaveLength(0);
  expect(error).toMatchObject({ reason: 'file-gone' });
});

test('counting: the bytes that were handed out, and no requests', async () => {
  const counter = { requests: 0, receivedBytes: 0 };
  const source = withCounting(memorySource(pattern(3 * MAX_CHUNK)), counter);
  source.read({ start: 0 }, NEVER);
  expect(counter).toEqual({ requests: 0, receivedBytes: 0 });
  await collect(source.read({ start: 10, end: 30 }, NEVER), 100);
  expect(counter).toEqual({ requests: 0, receivedBytes: 20 });
  for await (const _ of source.read({ start: 0 }, NEVER)) break;
  expect(counter).toEqual({ requests: 0, receivedBytes: 20 + MAX_CHUNK });
});

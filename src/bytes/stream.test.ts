import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SourceError } from './errors';
import { collect, discard, peek, rechunk, sliceStream } from './stream';
import { cut, drain, lend, pattern } from './testing';

const BYTES = pattern(100);

test('collect copies what it was lent', async () => {
  const lent = lend(...cut(BYTES, 7));
  expect(await collect(lent.stream, 100)).toEqual(BYTES);
  const whole = lend(BYTES);
  expect(await collect(whole.stream, 100)).toEqual(BYTES);
  expect(await collect(lend().stream, 0)).toEqual(new Uint8Array(0));
});

test('collect leaves a stream that is longer than the limit as soon as it is', async () => {
  const lent = lend(...cut(BYTES, 10));
  expect(await collect(lent.stream, 39)).toBeUndefined();
  expect(lent).toMatchObject({ pulled: 4, freed: true });
});

test('peek shows the first bytes and gives the whole stream back', async () => {
  const sizes = fc.integer({ min: 1, max: 40 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 0, max: 120 }), async (chunk, length) => {
      const { head, rest } = await peek(lend(...cut(BYTES, chunk)).stream, length);
      const seen = head.slice();
      expect(seen).toEqual(BYTES.subarray(0, length));
      expect((await drain(rest)).bytes).toEqual(BYTES);
      expect(head).toEqual(seen);
    }),
  );
});

test('peek pulls no further than it must', async () => {
  const lent = lend(...cut(BYTES, 10));
  await peek(lent.stream, 20);
  expect(lent.pulled).toBe(2);
});

test('what was peeked at is freed by leaving it, by discarding it, and by its end', async () => {
  const left = lend(...cut(BYTES, 10));
  for await (const _ of (await peek(left.stream, 5)).rest) break;
  expect(left.freed).toBe(true);
  const unread = lend(...cut(BYTES, 10));
  await discard((await peek(unread.stream, 5)).rest);
  expect(unread).toMatchObject({ pulled: 1, freed: true });
  const read = lend(...cut(BYTES, 10));
  await drain((await peek(read.stream, 5)).rest);
  expect(read.freed).toBe(true);
});

test('rechunk gives chunks of one size that stay valid, each in a buffer of its own', async () => {
  const anySize = fc.integer({ min: 1, max: 120 });
  await fc.assert(
    fc.asyncProperty(anySize, anySize, async (from, size) => {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      for await (const chunk of rechunk(lend(...cut(BYTES, from)).stream, size)) chunks.push(chunk);
      expect(chunks).toEqual(cut(BYTES, size).map((chunk) => chunk.slice()));
      expect(chunks.every((chunk) => chunk.buffer.byteLength === chunk.length)).toBe(true);
      expect(new Set(chunks.map((chunk) => chunk.buffer)).size).toBe(chunks.length);
    }),
  );
});

test('rechunk gives no chunk of an empty stream', async () => {
  for await (const chunk of rechunk(lend().stream, 8)) throw new Error(`there is one of ${chunk.length}`);
});

test('sliceStream gives exactly the range', async () => {
  const place = fc.integer({ min: 0, max: 100 });
  await fc.assert(
    fc.asyncProperty(place, place, fc.integer({ min: 1, max: 40 }), async (a, b, size) => {
      const range = { start: Math.min(a, b), end: Math.max(a, b) };
      const sliced = await drain(sliceStream(lend(...cut(BYTES, size)).stream, range, 'x'));
      expect(sliced).toEqual({ bytes: BYTES.subarray(range.start, range.end), error: undefined });
      const toTheEnd = await drain(sliceStream(lend(...cut(BYTES, size)).stream, { start: a }, 'x'));
      expect(toTheEnd).toEqual({ bytes: BYTES.subarray(a), error: undefined });
    }),
  );
});

test('sliceStream leaves the stream at the end of the range', async () => {
  const lent = lend(...cut(BYTES, 10));
  await drain(sliceStream(lent.stream, { start: 15, end: 30 }, 'x'));
  expect(lent).toMatchObject({ pulled: 3, freed: true });
  const empty = lend(...cut(BYTES, 10));
  await drain(sliceStream(empty.stream, { start: 15, end: 15 }, 'x'));
  expect(empty.pulled).toBe(0);
});

test('sliceStream of a stream that ends too early gives what there is, then fails', async () => {
  const before = await drain(sliceStream(lend(BYTES).stream, { start: 90, end: 110 }, 'x.nar'));
  expect(before.bytes).toEqual(BYTES.subarray(90));
  expect(before.error).toBeInstanceOf(SourceError);
  expect(before.error).toMatchObject({ reason: 'short-read', url: 'x.nar', detail: '100 of 110 bytes came' });
  const past = await drain(sliceStream(lend(BYTES).stream, { start: 101 }, 'x.nar'));
  expect(past.error).toMatchObject({ reason: 'short-read', detail: '100 of 101 bytes came' });
});

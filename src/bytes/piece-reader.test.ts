import { expect, test } from 'vitest';
import { PieceReader } from './piece-reader';
import { cut, drain, lend, pattern } from './testing';

const BYTES = pattern(1000);

test.each([1, 3, 64, 1000])('looks change nothing, pieces follow each other: chunks of %d', async (size) => {
  const reader = new PieceReader(lend(...cut(BYTES, size)).stream);
  expect(await reader.look(7)).toEqual(BYTES.subarray(0, 7));
  expect(await reader.look(3)).toEqual(BYTES.subarray(0, 3));
  expect(reader.taken).toBe(0);
  let at = 0;
  for (const length of [5, 0, 1, 130, 2, 400]) {
    expect(await reader.look(4)).toEqual(BYTES.subarray(at, at + 4));
    expect((await drain(reader.take(length))).bytes).toEqual(BYTES.subarray(at, at + length));
    at += length;
    expect(reader.taken).toBe(at);
  }
  expect((await drain(reader.take())).bytes).toEqual(BYTES.subarray(at));
});

test('at the end there is less to see, and less to take', async () => {
  const reader = new PieceReader(lend(...cut(BYTES, 300), new Uint8Array(0)).stream);
  await drain(reader.take(990));
  expect(await reader.look(64)).toEqual(BYTES.subarray(990));
  expect((await drain(reader.take(64))).bytes).toEqual(BYTES.subarray(990));
  expect(await reader.look(1)).toEqual(new Uint8Array(0));
  expect((await drain(reader.take(1))).bytes).toHaveLength(0);
});

test('nothing is pulled before somebody looks, and closing frees the stream', async () => {
  const lent = lend(...cut(BYTES, 100));
  const reader = new PieceReader(lent.stream);
  expect(lent.pulled).toBe(0);
  await reader.look(100);
  expect(lent.pulled).toBe(1);
  await drain(reader.take(100));
  expect(lent.pulled).toBe(1);
  await reader.close();
  expect(lent.freed).toBe(true);
});

test('what the stream throws comes out of a look, and of a piece', async () => {
  async function* failing() {
    yield BYTES.slice(0, 10);
    throw new Error('the network is gone');
  }
  await expect(new PieceReader(failing()).look(11)).rejects.toThrow('the network is gone');
  const { bytes, error } = await drain(new PieceReader(failing()).take(11));
  expect(bytes).toEqual(BYTES.subarray(0, 10));
  expect(error).toEqual(new Error('the network is gone'));
});

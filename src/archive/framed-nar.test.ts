import { expect, test } from 'vitest';
import { memorySource } from '../bytes/memory-source';
import type { ByteRange, ByteSource } from '../bytes/source';
import { drain } from '../bytes/testing';
import { dir, file, listingOf, nar } from '../nix/nar/testing';
import { framedNar } from './framed-nar';
import { rowOf, signal, text } from './testing/one-path-cache';

const NAR = nar(dir({ a: file('the first'), b: file('the second, which is longer'), empty: file('') }));
const listing = listingOf(NAR);
const start = (name: string) => listing.narOffset[rowOf({ listing }, name)] ?? 0;

/** The NAR, by a host that gives what begins so much later than asked, and what it was asked for. */
function hostThatShifts(by: number) {
  const asked: ByteRange[] = [];
  const memory = memorySource(new Uint8Array([...NAR, ...new Uint8Array(by)]));
  const source: ByteSource = {
    size: NAR.length,
    read: (range, abort) => {
      asked.push(range);
      const end = range.end === undefined ? undefined : range.end + by;
      return memory.read({ start: range.start + by, end }, abort);
    },
  };
  return { asked, nar: framedNar(source, { url: 'x.nar', listing }) };
}

const readText = async (source: ByteSource, range: ByteRange) => {
  const { bytes, error } = await drain(source.read(range, signal()));
  return error ?? text(bytes);
};

test('a file costs its bytes and the eight of its length', async () => {
  const { nar: framed, asked } = hostThatShifts(0);
  expect(await readText(framed, { start: start('b'), end: start('b') + 10 })).toBe('the second');
  expect(asked).toEqual([{ start: start('b') - 8, end: start('b') + 10 }]);
});

test.each([1, 8, 16, 200])('bytes from %i further on are never taken for a file', async (by) => {
  const { nar: framed } = hostThatShifts(by);
  for (const range of [
    { start: start('a'), end: start('a') + 9 },
    { start: start('b') + 4, end: start('b') + 10 },
  ]) {
    expect(await readText(framed, range)).toMatchObject({ kind: 'source', reason: 'wrong-range' });
  }
});

test('a read from the middle asks for the length first, and only once', async () => {
  const { nar: framed, asked } = hostThatShifts(0);
  for (const from of [4, 12]) {
    const end = start('b') + from + 3;
    expect(await readText(framed, { start: start('b') + from, end })).toBe(from === 4 ? 'sec' : 'whi');
  }
  expect(asked).toHaveLength(3);
  expect(asked[0]).toEqual({ start: start('b') - 8, end: start('b') });
});

test('an empty file asks for nothing', async () => {
  const { nar: framed, asked } = hostThatShifts(0);
  expect(await readText(framed, { start: start('empty'), end: start('empty') })).toBe('');
  expect(asked.every((range) => range.start === range.end)).toBe(true);
});

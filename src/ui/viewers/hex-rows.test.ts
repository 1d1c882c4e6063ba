import { expect, test } from 'vitest';
import { clickedBytes, formatCharacter, formatOffset, hexRowAt, markedBytes, parseOffset } from './hex-rows';

const part = { fileOffset: 0x100000, bytes: Uint8Array.from({ length: 20 }, (_, i) => i) };

test('rows are cut out of the part, the last one short', () => {
  expect(hexRowAt(part, 16, 1)).toEqual({ fileOffset: 0x100010, bytes: Uint8Array.of(16, 17, 18, 19) });
  expect(hexRowAt(part, 8, 1).bytes).toEqual(Uint8Array.of(8, 9, 10, 11, 12, 13, 14, 15));
});

test('offsets have eight digits or more', () => {
  expect(formatOffset(0x1f40)).toBe('00001f40');
  expect(formatOffset(0x1_2345_6789)).toBe('123456789');
});

test('only printable ASCII is shown as itself', () => {
  expect([0x1f, 0x20, 0x41, 0x7e, 0x7f, 0xe9].map(formatCharacter)).toEqual(['·', ' ', 'A', '~', '·', '·']);
});

test('a position marks the bytes of a row that lie in it', () => {
  const row = hexRowAt(part, 16, 0);
  const position = { kind: 'bytes', span: { first: 0x100004, last: 0x100011 } } as const;
  expect(markedBytes(position, row)).toEqual({ from: 4, to: 16 });
  expect(markedBytes(position, hexRowAt(part, 16, 1))).toEqual({ from: 0, to: 2 });
  expect(markedBytes({ kind: 'bytes', span: { first: 0, last: 5 } }, row)).toBeUndefined();
  expect(markedBytes(undefined, row)).toBeUndefined();
});

test('a click points at a byte, with Shift at all up to it', () => {
  const one = clickedBytes(undefined, 0x20, false);
  expect(one).toEqual({ kind: 'bytes', span: { first: 0x20, last: 0x20 } });
  expect(clickedBytes(one, 0x10, true)).toEqual({ kind: 'bytes', span: { first: 0x10, last: 0x20 } });
});

test.each([
  ['0x1f40', 0x1f40],
  ['1F40h', 0x1f40],
  ['8000', 8000],
  [' 17 402 816 ', 17402816],
  ['0x', undefined],
  ['-1', undefined],
  ['', undefined],
  ['abc', undefined],
])('%j is the offset %s', (text, offset) => {
  expect(parseOffset(text)).toBe(offset);
});

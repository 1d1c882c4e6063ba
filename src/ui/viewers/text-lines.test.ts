import { expect, test } from 'vitest';
import { clickedLines, decodeText, isLineIn, linePieces, splitLines } from './text-lines';

const utf8 = (text: string) => new TextEncoder().encode(text);

test.each([
  ['', ['']],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb', ['a', 'b']],
  ['a\r\nb\r\n', ['a', 'b']],
  ['a\rb', ['a', 'b']],
  ['\n', ['']],
  ['\n\n', ['', '']],
  ['a\n\n', ['a', '']],
])('%j has the lines %j', (text, lines) => {
  expect(splitLines(text)).toEqual(lines);
});

test('text is UTF-8 without a NUL', () => {
  expect(decodeText(utf8('grüße'), false)).toBe('grüße');
  expect(decodeText(utf8('\ufeffbom'), false)).toBe('\ufeffbom');
  expect(decodeText(utf8('a\0b'), false)).toBeUndefined();
  expect(decodeText(Uint8Array.of(0x61, 0xff), false)).toBeUndefined();
});

test('a character that the end of the preview cuts through is left out; at the end of a file it is no text', () => {
  const cut = utf8('a€').subarray(0, 3);
  expect(decodeText(cut, true)).toBe('a');
  expect(decodeText(cut, false)).toBeUndefined();
});

test('what would show nothing, or turn the line around, is shown as an escape', () => {
  expect(linePieces('if\t(x)')).toEqual([{ text: 'if\t(x)', start: 0, isEscape: false }]);
  expect(linePieces('a\u202eb\x1b[0m')).toEqual([
    { text: 'a', start: 0, isEscape: false },
    { text: 'U+202E', start: 1, isEscape: true },
    { text: 'b', start: 2, isEscape: false },
    { text: '␛', start: 3, isEscape: true },
    { text: '[0m', start: 4, isEscape: false },
  ]);
  expect(linePieces('')).toEqual([]);
});

test('a click marks a line, with Shift everything from the first marked one', () => {
  const ten = clickedLines(undefined, 10, false);
  expect(ten).toEqual({ kind: 'lines', ranges: [{ first: 10, last: 10 }] });
  expect(clickedLines(ten, 20, true)).toEqual({ kind: 'lines', ranges: [{ first: 10, last: 20 }] });
  expect(clickedLines(ten, 5, true)).toEqual({ kind: 'lines', ranges: [{ first: 5, last: 10 }] });
  expect(clickedLines(undefined, 5, true)).toEqual({ kind: 'lines', ranges: [{ first: 5, last: 5 }] });
  expect([9, 10, 15, 20, 21].map((line) => isLineIn(clickedLines(ten, 20, true), line))).toEqual([
    false,
    true,
    true,
    true,
    false,
  ]);
});

import { expect, test } from 'vitest';
import { join, str, strs, u64 } from './testing';
import { nameProblem, readU64, stringSize, targetProblem, writeString, writeStrings, writeU64 } from './wire';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('a string is its length, its bytes and zero bytes up to a multiple of 8', () => {
  for (const text of ['', 'a', '1234567', '12345678', '123456789', 'é']) {
    expect(writeString(text)).toEqual(str(text));
    expect(stringSize(utf8(text).length)).toBe(str(text).length);
  }
  expect(writeStrings('(', 'type')).toEqual(strs('(', 'type'));
});

test('numbers are little endian, exact up to 2^53 - 1', () => {
  for (const value of [0, 1, 255, 256, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1]) {
    expect(writeU64(value)).toEqual(u64(value));
    expect(readU64(join(new Uint8Array(3), u64(value)), 3)).toBe(value);
  }
});

test('numbers from 2^53 on are read as something above every safe integer', () => {
  for (const value of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
    expect(readU64(u64(value), 0)).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  }
});

test.each([
  ['', 'an empty name'],
  ['.', 'the name "."'],
  ['..', 'the name ".."'],
  ['a/b', 'a name with "/"'],
  ['a\0', 'a name with a zero byte'],
  ['a'.repeat(256), 'a name of 256 bytes'],
])('%j is no name', (name, problem) => {
  expect(nameProblem(utf8(name))).toBe(problem);
});

test.each(['...', '.a', '..a', ' ', '\n', '\\', 'a'.repeat(255), 'é'])('%j is a name', (name) => {
  expect(nameProblem(utf8(name))).toBeUndefined();
});

test('a target has 1 to 4095 bytes without a zero byte', () => {
  expect(targetProblem(utf8(''))).toBe('an empty target');
  expect(targetProblem(utf8('a\0b'))).toBe('a target with a zero byte');
  expect(targetProblem(utf8('a'.repeat(4096)))).toBe('a target of 4096 bytes');
  expect(targetProblem(utf8('a'.repeat(4095)))).toBeUndefined();
  expect(targetProblem(utf8('../..//x/'))).toBeUndefined();
});

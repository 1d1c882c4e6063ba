import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatBaseName,
  formatStorePath,
  isHashPart,
  MAX_STORE_NAME,
  parseBaseName,
  parseStorePath,
} from './store-path';

const HASH_PART = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';

test.each([
  'nix-static-x86_64-unknown-linux-musl-2.13.5',
  'x',
  '-',
  '.hidden',
  '...',
  '.a-b',
  '..a',
  'a.drv',
  'libstdc++-6_1?=',
  'n'.repeat(MAX_STORE_NAME),
])('a name may be %s', (name) => {
  const storePath = { hashPart: HASH_PART, name };
  expect(parseStorePath(`/nix/store/${HASH_PART}-${name}`)).toEqual(storePath);
  expect(parseBaseName(formatBaseName(storePath))).toEqual(storePath);
});

test.each([
  ['', 'is empty'],
  ['.', 'begins with a part'],
  ['..', 'begins with a part'],
  ['.-x', 'begins with a part'],
  ['..-x', 'begins with a part'],
  ['n'.repeat(MAX_STORE_NAME + 1), 'has 212 characters, more than 211'],
  ['a/b', 'holds something else'],
  ['a b', 'holds something else'],
  ['a\n', 'holds something else'],
  ['naïve', 'holds something else'],
  ['a~b', 'holds something else'],
  ['a%20b', 'holds something else'],
])('a name may not be %j', (name, detail) => {
  expect(() => parseBaseName(`${HASH_PART}-${name}`)).toThrow(
    expect.objectContaining({
      format: 'store-path',
      reason: 'malformed',
      detail: expect.stringContaining(detail),
    }),
  );
});

test.each([
  ['', 'expected a path in /nix/store/'],
  [`${HASH_PART}-x`, 'expected a path in /nix/store/'],
  [`/gnu/store/${HASH_PART}-x`, 'expected a path in /nix/store/'],
  [`/nix/store//${HASH_PART}-x`, 'expected 32 digits'],
  ['/nix/store/', 'expected 32 digits'],
  ['/nix/store/.links', 'expected 32 digits'],
  [`/nix/store/${HASH_PART.slice(1)}-x`, 'expected 32 digits'],
  [`/nix/store/e${HASH_PART.slice(1)}-x`, 'expected 32 digits'],
  [`/nix/store/${HASH_PART.toUpperCase()}-x`, 'expected 32 digits'],
  [`/nix/store/${HASH_PART}`, 'expected a dash'],
  [`/nix/store/${HASH_PART}0-x`, 'expected a dash'],
  [`/nix/store/${HASH_PART}-x/bin`, 'holds something else'],
  [`/nix/store/${HASH_PART}-x/`, 'holds something else'],
])('%j is not a store path', (text, detail) => {
  expect(() => parseStorePath(text)).toThrow(
    expect.objectContaining({ format: 'store-path', detail: expect.stringContaining(detail) }),
  );
});

test('what a stranger wrote is quoted in a form that cannot deceive', () => {
  expect(() => parseStorePath('/nix/\u202estore\n')).toThrow(
    expect.objectContaining({
      detail: String.raw`expected a path in /nix/store/, found "/nix/\u202estore\n"`,
    }),
  );
});

test.each([
  [HASH_PART, true],
  ['00000000000000000000000000000000', true],
  [HASH_PART.slice(1), false],
  [`${HASH_PART}0`, false],
  [`${HASH_PART}\n`, false],
  [HASH_PART.replace('m', 'o'), false],
  ['', false],
])('%j is a hash part: %s', (text, expected) => {
  expect(isHashPart(text)).toBe(expected);
});

test('what is formatted parses to the same store path', () => {
  const storePath = fc.record({
    hashPart: fc.stringMatching(/^[0-9a-df-np-sv-z]{32}$/),
    name: fc.stringMatching(/^[0-9a-zA-Z+._?=-]{1,211}$/).filter((name) => !/^\.\.?(-|$)/.test(name)),
  });
  fc.assert(
    fc.property(storePath, (value) => {
      expect(parseStorePath(formatStorePath(value))).toEqual(value);
      expect(parseBaseName(formatBaseName(value))).toEqual(value);
      expect(formatStorePath(value)).toBe(`/nix/store/${formatBaseName(value)}`);
    }),
  );
});

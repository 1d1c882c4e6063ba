import { expect, test } from 'vitest';
import { DEFAULT_SUBSTITUTERS, DEFAULT_TRUSTED_KEYS } from '../../store/settings-store';
import { draftOf, emptyDraft, inMib, moved, quotaOf, readDrafts, readKeys } from './drafts';

const KEY = 'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=';
const OTHER_KEY = KEY.replace('cache.nixos.org-1', 'other-1');

test('what is in the settings is a draft without problems', () => {
  expect(readDrafts(DEFAULT_SUBSTITUTERS.map(draftOf)).substituters).toEqual(DEFAULT_SUBSTITUTERS);
  expect(readKeys(DEFAULT_TRUSTED_KEYS.join('\n')).keys).toEqual(DEFAULT_TRUSTED_KEYS);
});

test('a bare host is a cache', () => {
  const draft = { ...emptyDraft(), url: ' a.cachix.org/ ' };
  expect(readDrafts([draft]).substituters).toEqual([{ url: 'https://a.cachix.org' }]);
});

test('several keys stand on lines of their own, or as in nix.conf; none is a list too', () => {
  expect(readKeys(`${KEY}\n ${OTHER_KEY}\n${KEY}\n`).keys).toEqual([KEY, OTHER_KEY]);
  expect(readKeys(`${KEY} ${OTHER_KEY}`).keys).toEqual([KEY, OTHER_KEY]);
  expect(readKeys(' \n').keys).toEqual([]);
});

test('what is no key is named', () => {
  const { keys, problem } = readKeys(`${KEY}\nx:y`);
  expect(keys).toBeUndefined();
  expect(problem).toContain('x:y');
});

test('every problem of a cache is told where it is', () => {
  const good = { ...emptyDraft(), url: 'https://a.org' };
  const { substituters, problems } = readDrafts([good, emptyDraft(), { ...good, url: 'a.org' }]);
  expect(substituters).toBeUndefined();
  expect(problems[0]).toBeUndefined();
  expect(problems[1]).toContain('no address');
  expect(problems[2]).toContain('already');
  expect(readDrafts([{ ...good, url: 'two words' }]).problems[0]).toContain('no address');
});

test('a quota is in MiB, 0 is one, and as it was saved it is read again', () => {
  expect(quotaOf('1024')).toBe(2 ** 30);
  expect(quotaOf('0')).toBe(0);
  for (const bytes of [0, 123_456_789, 2 ** 40]) expect(quotaOf(inMib(bytes))).toBe(bytes);
  for (const text of ['', ' ', '-1', 'x', '1048577', 'Infinity']) expect(quotaOf(text)).toBeUndefined();
});

test('entries move by one, and not over the ends', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
});

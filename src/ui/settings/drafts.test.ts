import { expect, test } from 'vitest';
import { DEFAULT_SUBSTITUTERS } from '../../store/settings-store';
import { draftOf, emptyDraft, moved, readDrafts } from './drafts';

const KEY = 'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=';

test('what is in the settings is a draft without problems', () => {
  expect(readDrafts(DEFAULT_SUBSTITUTERS.map(draftOf)).substituters).toEqual(DEFAULT_SUBSTITUTERS);
});

test('a bare host is a cache, several keys stand on lines of their own', () => {
  const draft = { ...emptyDraft(), url: ' a.cachix.org/ ', keys: `${KEY}\n ${KEY}\n` };
  expect(readDrafts([draft]).substituters).toEqual([
    { url: 'https://a.cachix.org', trustedKeys: [KEY, KEY] },
  ]);
});

test('every problem is told where it is', () => {
  const good = { ...emptyDraft(), url: 'https://a.org' };
  const { substituters, problems } = readDrafts([
    good,
    emptyDraft(),
    { ...good, url: 'a.org' },
    { ...good, url: 'b.org', keys: 'x:y' },
  ]);
  expect(substituters).toBeUndefined();
  expect(problems[0]).toBeUndefined();
  expect(problems[1]).toContain('no address');
  expect(problems[2]).toContain('already');
  expect(problems[3]).toContain('x:y');
  expect(readDrafts([{ ...good, url: 'two words' }]).problems[0]).toContain('no address');
});

test('entries move by one, and not over the ends', () => {
  expect(moved(['a', 'b', 'c'], 1, -1)).toEqual(['b', 'a', 'c']);
  expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b']);
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b']);
  expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b']);
});

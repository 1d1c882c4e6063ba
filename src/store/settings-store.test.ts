import { expect, test } from 'vitest';
import { createSettingsStore, DEFAULT_SUBSTITUTERS, DEFAULT_TRUSTED_KEYS } from './settings-store';

function load(state: unknown, version = 2) {
  return createSettingsStore({
    getItem: () => JSON.stringify({ version, state }),
    setItem: () => undefined,
    removeItem: () => undefined,
  }).getState();
}

const A = { url: 'https://a.org' };
const KEYS = ['a-1:x', 'b-1:y'];

test('what was saved is there again', () => {
  const saved = { letterKeys: false, verifyDownloads: true, substituters: [A], trustedKeys: KEYS };
  expect(load(saved)).toMatchObject(saved);
});

test('no key at all is a list of keys, one that is no list is not', () => {
  expect(load({ trustedKeys: [] }).trustedKeys).toEqual([]);
  expect(load({ trustedKeys: ['a-1:x', 3] }).trustedKeys).toEqual(DEFAULT_TRUSTED_KEYS);
  expect(load({ trustedKeys: 'a-1:x' }).trustedKeys).toEqual(DEFAULT_TRUSTED_KEYS);
  expect(load({}).trustedKeys).toEqual(DEFAULT_TRUSTED_KEYS);
});

test('keys that each cache had for itself are one list, each once, and no cache has any', () => {
  const { substituters, trustedKeys, letterKeys } = load(
    {
      letterKeys: false,
      substituters: [
        { ...A, trustedKeys: KEYS },
        { url: 'b.org', trustedKeys: ['b-1:y', 'c-1:z'] },
        { url: 's3://bucket', trustedKeys: ['d-1:w'] },
      ],
    },
    1,
  );
  expect(substituters).toEqual([A, { url: 'https://b.org' }]);
  expect(trustedKeys).toEqual(['a-1:x', 'b-1:y', 'c-1:z']);
  expect(letterKeys).toBe(false);
});

test.each([
  ['nobody was trusted', [{ ...A, trustedKeys: [] }], []],
  ['there was no list of caches', undefined, DEFAULT_TRUSTED_KEYS],
  ['nothing of it can be read', [3, { url: 4, trustedKeys: ['a-1:x'] }], DEFAULT_TRUSTED_KEYS],
])('where %s before, it is so after', (_, substituters, keys) => {
  expect(load({ substituters }, 1).trustedKeys).toEqual(keys);
});

test('what was brought over is remembered as such', () => {
  const written: string[] = [];
  const state = { substituters: [{ ...A, trustedKeys: KEYS }] };
  createSettingsStore({
    getItem: () => JSON.stringify({ version: 1, state }),
    setItem: (_, text) => void written.push(text),
    removeItem: () => undefined,
  });
  expect(JSON.parse(written.at(-1) ?? '')).toMatchObject({
    version: 2,
    state: { substituters: [A], trustedKeys: KEYS },
  });
});

test.each([
  ['of another shape', [{ url: 3 }]],
  ['that no page can ask', [{ ...A, url: 's3://bucket' }]],
  ['without a cache', []],
])('a list %s that was saved by something else is not believed', (_, substituters) => {
  expect(load({ letterKeys: 'yes', verifyDownloads: 1, substituters })).toMatchObject({
    letterKeys: true,
    verifyDownloads: false,
    substituters: DEFAULT_SUBSTITUTERS,
  });
});

test.each([0, -1, 1.5, 3601, '30', null])('a timeout of %j is not believed', (stalledDownloadTimeout) => {
  expect(load({ stalledDownloadTimeout }).stalledDownloadTimeout).toBe(30);
  expect(load({ stalledDownloadTimeout: 5 }).stalledDownloadTimeout).toBe(5);
});

test.each([-1, 1.5, 2 ** 40 + 1, '1', null])('a quota of %j is not believed', (keptQuota) => {
  expect(load({ keptQuota }).keptQuota).toBe(2 ** 30);
  expect(load({ keptQuota: 0 }).keptQuota).toBe(0);
});

test('a quota that is none is not taken', () => {
  expect(() => createSettingsStore(undefined).getState().setKeptQuota(-1)).toThrow(RangeError);
});

test('of a list that was edited by hand, what is right is taken', () => {
  const byHand = [{ uri: 'https://b.org' }, { ...A, url: 'a.org/' }];
  expect(load({ substituters: byHand }).substituters).toEqual([A]);
});

test('the list of caches is never empty: it would be another after a reload', () => {
  const store = createSettingsStore(undefined);
  expect(() => store.getState().setSubstituters([])).toThrow(RangeError);
  expect(store.getState().substituters).toEqual(DEFAULT_SUBSTITUTERS);
});

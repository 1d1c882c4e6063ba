import { expect, test } from 'vitest';
import { createSettingsStore, DEFAULT_SUBSTITUTERS } from './settings-store';

function load(state: unknown) {
  return createSettingsStore({
    getItem: () => JSON.stringify({ version: 1, state }),
    setItem: () => undefined,
    removeItem: () => undefined,
  }).getState();
}

const A = { url: 'https://a.org', trustedKeys: [] };

test('what was saved is there again', () => {
  expect(load({ letterKeys: false, verifyDownloads: true, substituters: [A] })).toMatchObject({
    letterKeys: false,
    verifyDownloads: true,
    substituters: [A],
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

test('of a list that was edited by hand, what is right is taken', () => {
  const byHand = [{ url: 'https://b.org' }, { ...A, url: 'a.org/' }];
  expect(load({ substituters: byHand }).substituters).toEqual([A]);
});

test('the list of caches is never empty: it would be another after a reload', () => {
  const store = createSettingsStore(undefined);
  expect(() => store.getState().setSubstituters([])).toThrow(RangeError);
  expect(store.getState().substituters).toEqual(DEFAULT_SUBSTITUTERS);
});

import { expect, test } from 'vitest';
import { HASH } from './testing/fake-service';
import { setUp, turn } from './testing/set-up';

test('what is kept is known when somebody looked, and again when it was removed', async () => {
  const { stores, service } = setUp();
  const { keptStore } = stores;
  expect(keptStore.getState().state).toEqual({ status: 'unknown' });
  await keptStore.getState().look();
  expect(keptStore.getState().state).toMatchObject({ status: 'known', report: { nars: 2 } });
  await keptStore.getState().removeAll();
  expect(service.keptCalls).toEqual(['remove']);
  expect(keptStore.getState().state).toMatchObject({ report: { nars: 0, bytes: 0 } });
});

test('a lower quota is kept to at once, a higher one costs nothing', async () => {
  const { stores, service } = setUp();
  const { settingsStore, keptStore } = stores;
  settingsStore.getState().setKeptQuota(100);
  settingsStore.getState().setKeptQuota(200);
  settingsStore.getState().setLetterKeys(false);
  await turn();
  expect(service.keptCalls).toEqual(['trim 100']);
  expect(keptStore.getState().state.status).toBe('known');
});

test('a path is opened with the quota there is', () => {
  const { stores, service } = setUp();
  stores.settingsStore.getState().setKeptQuota(5);
  stores.inputStore.getState().openText(HASH);
  expect(service.opens[0]?.input).toMatchObject({ keptQuota: 5 });
});

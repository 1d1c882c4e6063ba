import { expect, test } from 'vitest';
import { warnBeforeLeaving } from './leaving';
import { setUp } from './testing/set-up';

/** Whether somebody who leaves now is asked. */
function isAsked(window: EventTarget): boolean {
  return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

test('who leaves is asked while a file is being saved, and not before or after', async () => {
  const { stores, opened, service } = setUp('/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5');
  const window = new EventTarget();
  warnBeforeLeaving(window, stores.downloadStore);
  await opened(1);
  const wanted = { archiveId: 1, row: 2, fileName: 'nix', size: 5, executable: true };
  const { ask, save } = stores.downloadStore.getState();
  ask(wanted);
  expect(isAsked(window)).toBe(false);
  const saving = save(wanted);
  expect(isAsked(window)).toBe(true);
  service.streams[0]?.answer({ ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } });
  await saving;
  expect(isAsked(window)).toBe(false);
});

import { expect, test } from 'vitest';
import { UNCLAIMED } from '../archive/verdict';
import { warnBeforeLeaving } from './leaving';
import { openedArchive } from './testing/fake-service';
import { setUp, turn } from './testing/set-up';

/** Whether somebody who leaves now is asked. */
function isAsked(window: EventTarget): boolean {
  return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
}

test('who leaves is asked while a file is saved or verified, and not before or after', async () => {
  const { stores, opened, service } = setUp('/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5');
  const window = new EventTarget();
  warnBeforeLeaving(window, stores.downloadStore);
  await opened(1);
  const wanted = { archiveId: 1, row: 2, fileName: 'nix', size: 5, executable: true };
  const { ask, startByAddress } = stores.downloadStore.getState();
  ask(wanted);
  expect(isAsked(window)).toBe(false);
  const saving = startByAddress(wanted);
  expect(stores.downloadStore.getState().state.status).toBe('saving');
  expect(isAsked(window)).toBe(true);
  service.streams[0]?.answer({ ok: true, value: { ...openedArchive(1), verdicts: UNCLAIMED } });
  await turn();
  expect(stores.downloadStore.getState().state.status).toBe('verifying');
  expect(isAsked(window)).toBe(true);
  service.verifies[0]?.answer({ ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } });
  await saving;
  expect(isAsked(window)).toBe(false);
});

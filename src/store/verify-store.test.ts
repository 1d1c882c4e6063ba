import { expect, test } from 'vitest';
import { UNCLAIMED } from '../archive/verdict';
import { createArchiveStore } from './archive-store';
import { FakeService, openedArchive } from './testing/fake-service';
import { createVerifyStore } from './verify-store';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const VERIFIED = { ...UNCLAIMED, 'nar-hash': { state: 'verified', detail: '' } } as const;
const REPORT = {
  compression: 'xz',
  decodeCommand: 'xz -dc',
  quirks: [],
  verdicts: VERIFIED,
  cost: { requests: 1, receivedBytes: 500, milliseconds: 1 },
};

async function withOpenArchive() {
  const service = new FakeService();
  const archiveStore = createArchiveStore(service);
  const verifyStore = createVerifyStore(service, archiveStore);
  void archiveStore.getState().open({ kind: 'nar-url', url: 'https://a.org/x.nar' });
  service.opens[0]?.answer({ ok: true, value: { kind: 'archive', archive: openedArchive(1) } });
  await turn();
  return { service, archiveStore, verifyStore };
}

test('what verifying finds are the verdicts of the archive', async () => {
  const { service, archiveStore, verifyStore } = await withOpenArchive();
  void verifyStore.getState().verify(1);
  expect(verifyStore.getState().state.status).toBe('verifying');
  service.verifies[0]?.answer({ ok: true, value: REPORT });
  await turn();
  expect(verifyStore.getState().state.status).toBe('none');
  expect(archiveStore.getState().state).toMatchObject({ archive: { verdicts: VERIFIED } });
});

test('who opens another path does not want this one verified any more', async () => {
  const { service, archiveStore, verifyStore } = await withOpenArchive();
  void verifyStore.getState().verify(1);
  void archiveStore.getState().open({ kind: 'nar-url', url: 'https://a.org/y.nar' });
  expect(service.verifies[0]?.signal.aborted).toBe(true);
  expect(verifyStore.getState().state.status).toBe('none');
});

test('it can be cancelled, and begun again', async () => {
  const { service, verifyStore } = await withOpenArchive();
  void verifyStore.getState().verify(1);
  verifyStore.getState().cancel();
  expect(service.verifies[0]?.signal.aborted).toBe(true);
  void verifyStore.getState().verify(1);
  service.verifies[0]?.answer({ ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } });
  await turn();
  expect(verifyStore.getState().state.status).toBe('verifying');
});

test('a NAR that cannot be read is a failure to show', async () => {
  const { service, verifyStore } = await withOpenArchive();
  void verifyStore.getState().verify(1);
  const failure = { kind: 'limit', reason: 'too-large', what: 'x', limit: 1, actual: undefined } as const;
  service.verifies[0]?.answer({ ok: false, failure });
  await turn();
  expect(verifyStore.getState().state).toEqual({ status: 'failed', archiveId: 1, failure });
  verifyStore.getState().dismiss();
  expect(verifyStore.getState().state.status).toBe('none');
});

import { expect, test } from 'vitest';
import type { Outcome } from '../archive/outcome';
import type { ReadReport } from '../archive/service';
import { UNCLAIMED, type Verdicts } from '../archive/verdict';
import { HASH, openedArchive } from './testing/fake-service';
import { setUp, turn } from './testing/set-up';

const verdict = (state: 'verified' | 'unchecked' | 'mismatch') => ({ state, detail: '' });
const UNREAD: Verdicts = {
  ...UNCLAIMED,
  signature: verdict('verified'),
  'nar-hash': verdict('unchecked'),
  listing: verdict('unchecked'),
};
const RIGHT: Verdicts = { ...UNREAD, 'nar-hash': verdict('verified'), listing: verdict('verified') };
const WRONG: Verdicts = { ...UNREAD, 'nar-hash': verdict('mismatch') };
const CANCELLED = { ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } } as const;
const CUT = {
  ok: false,
  failure: { kind: 'source', reason: 'short-read', url: 'x', status: undefined, detail: undefined },
} as const;

function report(verdicts: Verdicts, more: Partial<ReadReport> = {}): Outcome<ReadReport> {
  const cost = { requests: 1, receivedBytes: 5, milliseconds: 1 };
  return {
    ok: true,
    value: { compression: 'xz', decodeCommand: 'xz -dc', cost, quirks: [], verdicts, ...more },
  };
}

const wanted = { archiveId: 1, row: 2, fileName: 'nix', size: 5, executable: true };

async function opened(verdicts = UNREAD) {
  const page = setUp(`/nix/store/${HASH}`);
  await page.answer({ kind: 'archive', archive: { ...openedArchive(1), verdicts } });
  const { downloadStore, settingsStore } = page.stores;
  const { service } = page;
  const write = async () => {
    await service.streams.at(-1)?.write(new Uint8Array([1, 2, 3, 4, 5]));
  };
  return {
    ...page,
    write,
    download: downloadStore.getState,
    state: () => downloadStore.getState().state,
    verifyFirst: () => settingsStore.getState().setVerifyDownloads(true),
  };
}

test('verified first: verifying begins before the file is read, and it is saved when that is through', async () => {
  const { download, state, verifyFirst, service, saved, write } = await opened();
  verifyFirst();
  void download().save(wanted);
  expect([service.verifies.length, service.streams.length]).toEqual([1, 1]);
  await write();
  service.streams[0]?.answer(report(UNREAD));
  await turn();
  expect(state()).toEqual({ status: 'verifying', wanted, progress: undefined });
  expect(saved).toEqual([]);
  service.verifies[0]?.answer(report(RIGHT));
  await turn();
  expect(state()).toMatchObject({ status: 'saved', checked: 'verified' });
  expect(saved).toHaveLength(1);
});

test('a mismatch ends the writing at once, and nothing is saved', async () => {
  const { download, state, verifyFirst, service, saved, write } = await opened();
  verifyFirst();
  void download().save(wanted);
  await write();
  service.verifies[0]?.answer(report(WRONG));
  await turn();
  expect(service.streams[0]?.signal.aborted).toBe(true);
  service.streams[0]?.answer(CANCELLED);
  await turn();
  expect(state()).toEqual({ status: 'refused', wanted, verdicts: WRONG });
  expect(saved).toEqual([]);
});

test('stopped while it is verified, the file is kept, unchecked', async () => {
  const { download, state, verifyFirst, service, saved, write } = await opened();
  verifyFirst();
  void download().save(wanted);
  await write();
  service.streams[0]?.answer(report(UNREAD));
  await turn();
  download().cancel();
  expect(service.verifies[0]?.signal.aborted).toBe(true);
  service.verifies[0]?.answer(CANCELLED);
  await turn();
  expect(state()).toMatchObject({ status: 'saved', checked: 'unchecked' });
  expect(saved).toHaveLength(1);
  expect(download().savedUnchecked).toEqual([wanted]);
});

test('a NAR whose rest cannot be read leaves no file that passes for verified', async () => {
  const { download, state, verifyFirst, service, saved, write } = await opened();
  verifyFirst();
  void download().save(wanted);
  await write();
  service.streams[0]?.answer(report(UNREAD));
  service.verifies[0]?.answer(CUT);
  await turn();
  expect(state()).toEqual({ status: 'failed', wanted, failure: CUT.failure });
  expect(saved).toEqual([]);
});

test('a disk that is full ends the verifying too', async () => {
  const { download, state, verifyFirst, service } = await opened();
  verifyFirst();
  void download().save(wanted);
  service.streams[0]?.answer(CUT);
  await turn();
  expect(service.verifies[0]?.signal.aborted).toBe(true);
  expect(state()).toMatchObject({ status: 'failed', failure: CUT.failure });
});

test('unasked nothing is verified, and what is there already is not read again', async () => {
  const one = await opened();
  void one.download().save(wanted);
  expect(one.service.verifies).toHaveLength(0);
  const other = await opened(RIGHT);
  other.verifyFirst();
  void other.download().save(wanted);
  expect(other.service.verifies).toHaveLength(0);
});

test('what turns out wrong while it is written is not kept', async () => {
  const { download, state, service, saved, write } = await opened();
  void download().save(wanted);
  await write();
  service.streams[0]?.answer(report(WRONG));
  await turn();
  expect(state()).toMatchObject({ status: 'refused' });
  expect(saved).toEqual([]);
});

test('files that were saved unchecked are remembered until the archive is left', async () => {
  const { download, service, write, stores } = await opened();
  void download().save(wanted);
  await write();
  service.streams[0]?.answer(report(UNREAD));
  await turn();
  expect(download().savedUnchecked).toEqual([wanted]);
  stores.archiveStore.getState().close();
  expect(download().savedUnchecked).toEqual([]);
});

test('what is known to be wrong is asked about, and saved by who says so', async () => {
  const { download, state, service, saved, write } = await opened(WRONG);
  void download().save(wanted);
  expect(state()).toEqual({ status: 'asking', wanted, why: 'mismatch' });
  expect(service.streams).toHaveLength(0);
  void download().save(wanted, 'despite-mismatch');
  await write();
  service.streams[0]?.answer(report(WRONG));
  await turn();
  expect(state()).toMatchObject({ status: 'saved', checked: 'mismatch' });
  expect(saved).toHaveLength(1);
  expect(download().savedUnchecked).toEqual([]);
});

test('an address that starts a download gets nothing that is not verified', async () => {
  const { download, state, service, saved, write } = await opened();
  void download().startByAddress(wanted);
  expect(service.verifies).toHaveLength(1);
  await write();
  service.streams[0]?.answer(report(UNREAD));
  await turn();
  expect(state().status).toBe('verifying');
  download().cancel();
  service.verifies[0]?.answer(CANCELLED);
  await turn();
  expect(state()).toMatchObject({ status: 'failed', failure: CANCELLED.failure });
  expect(saved).toEqual([]);
});

test('a file that was fetched by itself, for there was no room, is not called verified', async () => {
  const { download, state, verifyFirst, service, saved, write } = await opened();
  verifyFirst();
  void download().save(wanted);
  await write();
  service.streams[0]?.answer(report(UNREAD, { isApart: true }));
  service.verifies[0]?.answer(report(RIGHT));
  await turn();
  expect(state()).toMatchObject({ status: 'saved', checked: 'unchecked' });
  expect(saved).toHaveLength(1);
});

test('nor is it saved because an address says so', async () => {
  const { download, state, service, saved, write } = await opened();
  void download().startByAddress(wanted);
  await write();
  service.streams[0]?.answer(report(UNREAD, { isApart: true }));
  service.verifies[0]?.answer(report(RIGHT));
  await turn();
  expect(state()).toMatchObject({ status: 'failed', failure: { kind: 'limit' } });
  expect(saved).toEqual([]);
});

import { expect, test } from 'vitest';
import type { Outcome } from '../archive/outcome';
import type { ReadReport } from '../archive/service';
import { UNCLAIMED, type Verdicts } from '../archive/verdict';
import { wrongAfterSaving } from './download-store';
import { HASH, OTHER_HASH, openedArchive } from './testing/fake-service';
import { setUp, turn } from './testing/set-up';

const verdict = (state: 'verified' | 'unchecked' | 'mismatch' | 'impossible') => ({ state, detail: '' });
const UNREAD: Verdicts = {
  ...UNCLAIMED,
  signature: verdict('verified'),
  'nar-hash': verdict('unchecked'),
  listing: verdict('unchecked'),
};
const RIGHT: Verdicts = { ...UNREAD, 'nar-hash': verdict('verified'), listing: verdict('verified') };
/** Its content address may be one that is not recomputed, such as `git:`. */
const UNSIGNED: Verdicts = { ...RIGHT, signature: verdict('impossible') };
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

/** A file was saved as it came. */
async function savedUnchecked() {
  const page = await opened();
  void page.download().save(wanted);
  await page.write();
  page.service.streams[0]?.answer(report(UNREAD));
  await turn();
  const wrong = () => wrongAfterSaving(page.download(), page.stores.archiveStore.getState().state);
  return { ...page, wrong };
}

test('opened again, an archive that is found to be wrong names what was saved of it before', async () => {
  const { wrong, answer, stores, download } = await savedUnchecked();
  expect(download().savedUnchecked).toEqual([wanted]);
  void stores.archiveStore.getState().retryWithoutListing();
  expect(wrong()).toEqual([]);
  await answer({ kind: 'archive', archive: { ...openedArchive(2), verdicts: WRONG } });
  expect(wrong()).toEqual([wanted]);
});

test('also when it was left for the landing page, and is verified after that', async () => {
  const { wrong, opened: open, stores } = await savedUnchecked();
  const { close, noteVerified } = stores.archiveStore.getState();
  close();
  void stores.archiveStore
    .getState()
    .open({ kind: 'store-path', hashPart: HASH, cacheUrls: [], trustedKeys: [] });
  await open(2);
  expect(wrong()).toEqual([]);
  const found = report(WRONG);
  if (found.ok) noteVerified(2, found.value);
  expect(wrong()).toEqual([wanted]);
});

test.each([
  ['store path', openedArchive(2, undefined, OTHER_HASH)],
  ['cache', openedArchive(2, 'https://a.org')],
])('it is forgotten when one of another %s is opened, and never said of that', async (_, archive) => {
  const { wrong, answer, stores, service, download } = await savedUnchecked();
  void stores.archiveStore.getState().retry();
  const { origin, compression, decodeCommand, quirks } = archive;
  const head = { origin, compression, decodeCommand, quirks, verdicts: WRONG };
  service.opens.at(-1)?.update({ type: 'head', head });
  expect(wrong()).toEqual([]);
  await answer({ kind: 'archive', archive: { ...archive, verdicts: WRONG } });
  expect(wrong()).toEqual([]);
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

/** The file was fetched apart from the NAR, which was found to be this. */
async function fetchedApart(page: Awaited<ReturnType<typeof opened>>, verdicts: Verdicts) {
  await page.write();
  page.service.streams.at(-1)?.answer(report(UNREAD, { isApart: true }));
  page.service.verifies.at(-1)?.answer(report(verdicts));
  await turn();
}

test.each([
  ['is verified', RIGHT],
  ['is as the narinfo says', UNSIGNED],
])('verified first: a NAR that %s, but was too large to be kept, verifies no file', async (_, verdicts) => {
  const page = await opened();
  page.verifyFirst();
  void page.download().save(wanted);
  await fetchedApart(page, verdicts);
  expect(page.state()).toEqual({ status: 'unverifiable', wanted, why: 'no-room' });
  expect(page.saved).toEqual([]);

  // Asked again, it is not saved in silence either, although nothing is left to verify.
  void page.download().save(wanted);
  await page.write();
  page.service.streams.at(-1)?.answer(report(verdicts, { isApart: true }));
  await turn();
  expect(page.state().status).toBe('unverifiable');
  expect(page.saved).toEqual([]);
});

test('who says so gets it unverified, and it is remembered as such', async () => {
  const page = await opened();
  page.verifyFirst();
  void page.download().save(wanted);
  await fetchedApart(page, RIGHT);
  void page.download().save(wanted, 'unverified');
  await page.write();
  page.service.streams.at(-1)?.answer(report(RIGHT, { isApart: true }));
  await turn();
  expect(page.service.verifies).toHaveLength(1);
  expect(page.state()).toMatchObject({ status: 'saved', checked: 'unchecked' });
  expect(page.saved).toHaveLength(1);
  expect(page.download().savedUnchecked).toEqual([wanted]);
});

test('who did not ask for it to be verified gets it at once, not called verified', async () => {
  const page = await opened(RIGHT);
  void page.download().save(wanted);
  await page.write();
  page.service.streams.at(-1)?.answer(report(RIGHT, { isApart: true }));
  await turn();
  expect(page.state()).toMatchObject({ status: 'saved', checked: 'unchecked' });
});

test('what was wrong is asked about also after that', async () => {
  const { download, state, service } = await opened(WRONG);
  void download().save(wanted, 'unverified');
  expect(state()).toEqual({ status: 'asking', wanted, why: 'mismatch' });
  expect(service.streams).toHaveLength(0);
});

test('an address gets nothing that was fetched apart', async () => {
  const page = await opened();
  void page.download().startByAddress(wanted);
  await fetchedApart(page, RIGHT);
  expect(page.state()).toEqual({ status: 'unverifiable', wanted, why: 'no-room' });
  expect(page.saved).toEqual([]);
});

test.each([
  ['nobody trusted vouches for', UNSIGNED],
  ['nobody claims anything about', UNCLAIMED],
  ['was not read whole', UNREAD],
])('an address gets nothing that %s', async (_, verdicts) => {
  const { download, state, service, saved, write } = await opened();
  void download().startByAddress(wanted);
  await write();
  service.streams[0]?.answer(report(UNREAD));
  service.verifies[0]?.answer(report(verdicts));
  await turn();
  expect(state()).toEqual({ status: 'unverifiable', wanted, why: 'unvouched' });
  expect(saved).toEqual([]);
});

import { expect, test } from 'vitest';
import type { Failure } from '../archive/failure';
import { UNCLAIMED } from '../archive/verdict';
import { locate } from '../nix/nar/listing';
import { LANDING } from './address';
import { listingOf } from './archive-store';
import { HASH, OTHER_HASH, openedArchive, smallListing } from './testing/fake-service';
import { setUp, turn } from './testing/set-up';

const utf8 = (text: string) => new TextEncoder().encode(text);
const CANCELLED: Failure = { kind: 'cancelled', reason: 'cancelled' };

test('a pasted store path becomes an address, is opened, and gets its name', async () => {
  const { stores, service, bar, opened, archive } = setUp();
  expect(archive().status).toBe('idle');
  stores.inputStore.getState().openText(HASH);
  expect(bar.current).toBe(`/nix/store/${HASH}`);
  expect(service.opens[0]?.input).toMatchObject({
    kind: 'store-path',
    hashPart: HASH,
    cacheUrls: ['https://cache.nixos.org'],
  });
  await opened(1);
  expect(archive().status).toBe('open');
  expect(bar.history).toEqual(['/', `/nix/store/${HASH}-nix-2.13.5`]);
  expect(service.opens).toHaveLength(1);
});

test('the cache of the address is asked first, and the one that answered stands in the address', async () => {
  const { service, bar, opened } = setUp(`/nix/store/${HASH}?cache=example.org`);
  expect(service.opens[0]?.input).toMatchObject({
    cacheUrls: ['https://example.org', 'https://cache.nixos.org'],
  });
  await opened(1, 'https://cache.nixos.org');
  expect(bar.current).toBe(`/nix/store/${HASH}-nix-2.13.5`);
  expect(service.opens).toHaveLength(1);
});

test('opening a file in the tree is a step of the history, and opens nothing anew', async () => {
  const { stores, service, bar, opened } = setUp(`/nix/store/${HASH}`);
  await opened(1);
  const { address, open } = stores.addressStore.getState();
  open({
    ...address,
    place: { kind: 'store-path', hashPart: HASH, name: 'nix-2.13.5', narPath: utf8('bin/nix') },
  });
  expect(bar.history).toHaveLength(2);
  bar.go(-1);
  expect(stores.addressStore.getState().address.place).toMatchObject({ narPath: utf8('') });
  expect(service.opens).toHaveLength(1);
  expect(service.closed).toEqual([]);
});

test('Back to another path opens that one and closes this', async () => {
  const { stores, service, bar, opened, archive } = setUp(`/nix/store/${HASH}`);
  await opened(1);
  stores.inputStore.getState().openText(OTHER_HASH);
  expect(service.closed).toEqual([1]);
  await opened(2, 'https://cache.nixos.org', OTHER_HASH);
  bar.go(-1);
  expect(service.opens[2]?.input).toMatchObject({ hashPart: HASH });
  await opened(3);
  expect(archive()).toMatchObject({ status: 'open', archive: { id: 3 } });
});

test('what comes too late is freed, not shown', async () => {
  const { stores, service, archive } = setUp(`/nix/store/${HASH}`);
  stores.inputStore.getState().openText(OTHER_HASH);
  expect(service.opens[0]?.signal.aborted).toBe(true);
  service.opens[0]?.answer({ ok: true, value: { kind: 'archive', archive: openedArchive(7) } });
  service.opens[0]?.update({ type: 'listing', listing: smallListing() });
  await turn();
  expect(service.closed).toEqual([7]);
  expect(archive()).toMatchObject({ status: 'opening', input: { hashPart: OTHER_HASH }, listing: undefined });
});

test('the tree can be seen while it grows', () => {
  const { service, archive } = setUp(`/nix/store/${HASH}`);
  const listing = smallListing();
  service.opens[0]?.update({ type: 'listing', listing });
  expect(listingOf(archive())).toBe(listing);
});

test('cancel says so, and retry opens again', async () => {
  const { stores, service, archive, opened } = setUp(`/nix/store/${HASH}`);
  stores.archiveStore.getState().cancel();
  expect(service.opens[0]?.signal.aborted).toBe(true);
  expect(archive()).toMatchObject({ status: 'failed', failure: CANCELLED });
  void stores.archiveStore.getState().retryWithoutListing();
  expect(service.opens[1]?.input).toMatchObject({ hashPart: HASH, ignoreListing: true });
  await opened(2);
  expect(archive().status).toBe('open');
});

test('text with several store paths offers the choice; text with none is a failure, and closes nothing', () => {
  const { stores, archive } = setUp();
  stores.inputStore.getState().openText(`/nix/store/${HASH}-a and /nix/store/${OTHER_HASH}-b`);
  const { state, choose } = stores.inputStore.getState();
  expect(state).toMatchObject({
    status: 'choosing',
    options: [{ place: { name: 'a' } }, { place: { name: 'b' } }],
  });
  if (state.status === 'choosing' && state.options[1]) choose(state.options[1]);
  expect(stores.addressStore.getState().address.place).toMatchObject({ hashPart: OTHER_HASH, name: 'b' });
  stores.inputStore.getState().openText('nothing of ours');
  expect(stores.inputStore.getState().state).toMatchObject({
    status: 'unrecognised',
    failure: { kind: 'metadata-format', format: 'input' },
  });
  expect(archive()).toMatchObject({ status: 'opening', input: { hashPart: OTHER_HASH } });
  stores.addressStore.getState().open(LANDING);
  expect(stores.inputStore.getState().state.status).toBe('none');
});

test('other caches in the settings are asked at once when nothing was found before', async () => {
  const { stores, service, archive, opened } = setUp(`/nix/store/${HASH}`);
  const { setSubstituters } = stores.settingsStore.getState();
  setSubstituters([{ url: 'https://a.org' }]);
  expect(service.opens).toHaveLength(1);
  service.opens[0]?.answer({
    ok: false,
    failure: { kind: 'not-found', reason: 'no-cache-has-it', storePath: HASH, tried: [] },
  });
  await turn();
  setSubstituters([{ url: 'https://b.org' }]);
  expect(service.opens[1]?.input).toMatchObject({ cacheUrls: ['https://b.org'] });
  await opened(1);
  expect(archive().status).toBe('open');
  setSubstituters([{ url: 'https://c.org' }]);
  expect(service.opens).toHaveLength(2);
});

test('/?q= is replaced by what it names, so that Back leaves it', () => {
  const { bar } = setUp(`/?q=${HASH}`);
  expect(bar.history).toEqual([`/nix/store/${HASH}`]);
});

test('an address that is none of ours is a failure', () => {
  expect(setUp('/favicon.png').archive()).toMatchObject({ status: 'failed', failure: { format: 'address' } });
});

test('a local file lives at /local; after a reload it is gone, and the page says so', async () => {
  const { stores, service, bar, archive } = setUp();
  const file = new File(['x'], 'a.nar');
  stores.inputStore.getState().openFile(file);
  expect(bar.current).toBe('/local');
  expect(service.opens[0]?.input).toEqual({ kind: 'file', file });
  const other = new File(['y'], 'b.nar');
  stores.inputStore.getState().openFile(other);
  expect(service.opens[1]?.input).toEqual({ kind: 'file', file: other });
  expect(archive().status).toBe('opening');
  expect(setUp('/local').archive()).toMatchObject({ failure: { kind: 'source', reason: 'file-gone' } });
});

test('saving streams the file, and a cancelled one leaves nothing', async () => {
  const { stores, service, saved, opened } = setUp(`/nix/store/${HASH}`);
  await opened(1);
  const wanted = {
    archiveId: 1,
    row: locate(smallListing(), utf8('bin/nix')) ?? -1,
    fileName: 'nix',
    size: 5,
    executable: true,
  };
  const { downloadStore } = stores;
  const report = {
    compression: 'xz',
    decodeCommand: 'xz -dc',
    cost: { requests: 1, receivedBytes: 5, milliseconds: 1 },
    quirks: [{ name: 'x', detail: 'y' }],
    verdicts: UNCLAIMED,
  };

  void downloadStore.getState().save(wanted);
  await service.streams[0]?.write(new Uint8Array([1, 2, 3, 4, 5]));
  service.streams[0]?.answer({ ok: true, value: report });
  await turn();
  expect(saved).toEqual([{ name: 'nix', bytes: [1, 2, 3, 4, 5] }]);
  expect(downloadStore.getState().state).toEqual({
    status: 'saved',
    wanted,
    report,
    checked: 'impossible',
  });
  // bin/nix begins where the listing says, and was read to its end.
  const { narOffset } = smallListing();
  expect(stores.archiveStore.getState().state).toMatchObject({
    archive: { quirks: report.quirks },
    reached: (narOffset[wanted.row] ?? 0) + 5,
  });

  void downloadStore.getState().save(wanted);
  downloadStore.getState().cancel();
  expect(service.streams[1]?.signal.aborted).toBe(true);
  service.streams[1]?.answer({ ok: false, failure: CANCELLED });
  await turn();
  expect(saved).toHaveLength(1);
  expect(downloadStore.getState().state).toEqual({ status: 'failed', wanted, failure: CANCELLED });
});

test('a preview of another file drops the one before', async () => {
  const { stores, service } = setUp(`/nix/store/${HASH}`);
  const { previewStore } = stores;
  const range = { archiveId: 1, row: 2, fileOffset: 0, length: 5 };
  void previewStore.getState().show(range);
  void previewStore.getState().show(range);
  expect(service.reads).toHaveLength(1);
  void previewStore.getState().show({ ...range, row: 6 });
  expect(service.reads[0]?.signal.aborted).toBe(true);
  service.reads[0]?.answer({ ok: false, failure: CANCELLED });
  await turn();
  expect(previewStore.getState().state).toMatchObject({ status: 'reading', range: { row: 6 } });
});

test('opening the address that is shown already is no step', () => {
  const { stores, bar } = setUp();
  stores.addressStore.getState().open(LANDING);
  expect(bar.history).toEqual(['/']);
});

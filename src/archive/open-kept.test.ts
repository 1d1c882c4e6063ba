import { afterEach, expect, test, vi } from 'vitest';
import { opfsKeptFiles } from '../bytes/kept-files';
import { Spool } from '../bytes/spool';
import { serve } from '../bytes/testing';
import { FakeBrowser } from '../bytes/testing/fake-opfs';
import { dir, exe, file, nar } from '../nix/nar/testing';
import { createArchiveService } from './create-service';
import { KeptNars } from './kept-nars';
import type { OpenedArchive } from './service';
import {
  archiveOf,
  asking,
  type CacheFiles,
  cacheWith,
  HASH,
  LARGE,
  LARGE_LS,
  LS,
  NAR,
  rowOf,
  sha256,
  signal,
  text,
  unwrap,
  utf8,
  xz,
} from './testing/one-path-cache';

const COMPRESSED: CacheFiles = { compression: 'xz', nar: xz(NAR), ls: LS };
const QUOTA = 2 ** 24;

afterEach(() => void vi.unstubAllGlobals());

/** One computer, on which the page is visited again and again. */
function computer() {
  const browser = new FakeBrowser();
  const files = browser.files('nar-explorer-kept');

  const visit = () => {
    const kept = new KeptNars(opfsKeptFiles(browser.navigator()));
    const service = createArchiveService({ kept });
    const open = async (cacheUrls: readonly string[], more: { fresh?: boolean; keptQuota?: number } = {}) => {
      const input = { ...asking(...cacheUrls), keptQuota: QUOTA, ...more };
      const outcome = await service.open(input, () => undefined, signal());
      if (!outcome.ok) return { outcome };
      const archive = archiveOf(outcome);
      const read = async (narPath: string) => {
        const range = { row: rowOf(archive, narPath), fileOffset: 0 };
        return text(unwrap(await service.read(archive.id, range, () => undefined, signal())).bytes);
      };
      const verify = async () => unwrap(await service.verify(archive.id, () => undefined, signal()));
      return { outcome, archive, read, verify };
    };
    const opened = async (...given: Parameters<typeof open>) => {
      const { archive, read, verify, outcome } = await open(...given);
      if (!archive) throw new Error(JSON.stringify(outcome));
      return { archive, read, verify, close: () => service.close(archive.id) };
    };
    return { service, open, opened };
  };

  /** Opens, verifies and leaves, as somebody does who has it kept. */
  const keep = async (cacheUrl: string) => {
    const { verify, close } = await visit().opened([cacheUrl]);
    const { verdicts } = await verify();
    await close();
    return verdicts;
  };
  const narFile = () => [...files.keys()].find((name) => name.endsWith('.nar')) ?? 'none';
  const change = (name: string, at: number, by: (before: number) => number) => {
    const bytes = files.get(name)?.slice() ?? new Uint8Array(0);
    bytes[at] = by(bytes[at] ?? 0);
    files.set(name, bytes);
  };
  return { browser, files, visit, keep, narFile, change };
}

const statesOf = ({ verdicts }: Pick<OpenedArchive, 'verdicts'>) =>
  Object.fromEntries(Object.entries(verdicts).map(([name, { state }]) => [name, state]));
const atNar = (wanted: string) => new TextDecoder('latin1').decode(NAR).indexOf(wanted);
const flip = (byte: number) => byte ^ 1;

test('a path whose NAR is kept costs its narinfo alone, and its files nothing', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep } = computer();
  expect((await keep(cache.cacheUrl))['nar-hash'].state).toBe('verified');
  const before = cache.requests.length;
  const { archive, read } = await visit().opened([cache.cacheUrl]);
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(await read('z-last')).toBe('the end');
  expect(cache.requests.slice(before)).toEqual([`GET /${HASH}.narinfo`]);
  expect(archive).toMatchObject({ cost: { requests: 1 }, keptIn: 'opfs', quirks: [] });
  expect(archive.origin).toMatchObject({ kept: { isUnasked: false } });
  expect(archive.listing.length).toBe(6);
});

test('what was proved once is not called so again before it was read again, which asks nobody', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep } = computer();
  await keep(cache.cacheUrl);
  const { archive, verify } = await visit().opened([cache.cacheUrl]);
  const unfetched = { 'file-hash': 'impossible', 'file-size': 'impossible' };
  expect(statesOf(archive)).toMatchObject({
    'nar-hash': 'unchecked',
    'nar-size': 'unchecked',
    listing: 'unchecked',
    ...unfetched,
  });
  const before = cache.requests.length;
  expect(statesOf(await verify())).toMatchObject({
    'nar-hash': 'verified',
    'nar-size': 'verified',
    listing: 'verified',
    ...unfetched,
  });
  expect(cache.requests).toHaveLength(before);
});

test.each<[string, CacheFiles, boolean]>([
  ['one without listing, which is read to make the tree', { compression: 'xz', nar: xz(NAR) }, false],
  ['one that is not compressed, when it was verified', { ls: LS }, true],
])('%s is kept, too', async (_, served, verifies) => {
  const cache = await cacheWith(served);
  const { visit } = computer();
  const first = await visit().opened([cache.cacheUrl]);
  if (verifies) await first.verify();
  await first.close();
  const before = cache.requests.length;
  const { read } = await visit().opened([cache.cacheUrl]);
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(cache.requests.slice(before)).toEqual([`GET /${HASH}.narinfo`]);
});

const TAMPERED = nar(dir({ bin: dir({ nix: exe('#!/bin/sh\nnyx') }) }));

test.each<[string, CacheFiles, object, boolean]>([
  ['of which a part was read', COMPRESSED, {}, false],
  ['for which there is no room', COMPRESSED, { keptQuota: NAR.length - 1 }, true],
  ['that nobody wants kept', COMPRESSED, { keptQuota: 0 }, true],
  [
    'that is not the one described',
    { compression: 'xz', nar: xz(TAMPERED), narSize: TAMPERED.length },
    {},
    true,
  ],
])('a NAR %s is not kept', async (_, served, more, verifies) => {
  const cache = await cacheWith(served);
  const { files, visit } = computer();
  const { read, verify, close } = await visit().opened([cache.cacheUrl], more);
  await read('bin/nix');
  if (verifies) await verify();
  await close();
  expect([...files.keys()]).toEqual([]);
});

test('what the spool had no room for is not kept', async () => {
  const cache = await cacheWith({
    compression: 'xz',
    nar: xz(LARGE),
    ls: LARGE_LS,
    narSize: LARGE.length,
    claimed: LARGE,
  });
  const browser = new FakeBrowser();
  const kept = new KeptNars(opfsKeptFiles(browser.navigator()));
  const createSpool = () => new Spool({ hardLimit: 2 ** 21 });
  const service = createArchiveService({ kept, createSpool });
  const input = { ...asking(cache.cacheUrl), keptQuota: QUOTA };
  const archive = archiveOf(await service.open(input, () => undefined, signal()));
  const { verdicts } = unwrap(await service.verify(archive.id, () => undefined, signal()));
  expect(verdicts['nar-hash'].state).toBe('verified');
  await service.close(archive.id);
  expect(await kept.report()).toMatchObject({ nars: 0 });
});

test('kept bytes are written by the MiB', async () => {
  const cache = await cacheWith({
    compression: 'xz',
    nar: xz(LARGE),
    ls: LARGE_LS,
    narSize: LARGE.length,
    claimed: LARGE,
  });
  const { browser, keep } = computer();
  await keep(cache.cacheUrl);
  const whole = Math.floor(LARGE.length / 2 ** 20);
  expect(browser.writes.slice(0, whole + 1)).toEqual([
    ...Array(whole).fill(2 ** 20),
    LARGE.length - whole * 2 ** 20,
  ]);
});

test('no cache answers: what was kept is shown, and said to be so', async () => {
  const [cache, other] = [await cacheWith(COMPRESSED), await cacheWith(COMPRESSED)];
  const { visit, keep } = computer();
  await keep(cache.cacheUrl);
  await cache.close();
  await other.close();
  const { archive, read, verify } = await visit().opened([other.cacheUrl, cache.cacheUrl]);
  expect(archive.origin).toMatchObject({ cacheUrl: cache.cacheUrl, kept: { isUnasked: true } });
  expect(archive.quirks).toMatchObject([{ name: 'no-cache-answered' }]);
  const today = new Date().toISOString().slice(0, 10);
  expect(archive.quirks[0]?.detail).toContain(`as the cache had it on ${today}`);
  expect(archive.cost.receivedBytes).toBe(0);
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(statesOf(await verify())).toMatchObject({ 'nar-hash': 'verified' });
});

test('a browser that says that it is offline is not asked to ask', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep } = computer();
  await keep(cache.cacheUrl);
  const before = cache.requests.length;
  vi.stubGlobal('navigator', { onLine: false });
  const { archive } = await visit().opened([cache.cacheUrl]);
  expect(archive).toMatchObject({ origin: { kept: { isUnasked: true } }, cost: { requests: 0 } });
  expect(cache.requests).toHaveLength(before);
});

test.each([
  ['has it no more', 404, { kind: 'not-found' }],
  ['refuses', 403, { kind: 'source', reason: 'forbidden' }],
  ['has trouble', 501, { kind: 'source', reason: 'http-status' }],
])('a cache that answers, and %s, is believed', async (_, status, failure) => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep } = computer();
  await keep(cache.cacheUrl);
  const answering = await serve((_, response) => response.writeHead(status).end());
  const gone = await cacheWith(COMPRESSED);
  await gone.close();
  const { outcome } = await visit().open([answering.url]);
  expect(outcome).toMatchObject({ ok: false, failure });
  // Also beside one that does not answer.
  expect(await visit().open([gone.url, answering.url])).toMatchObject({ outcome: { ok: false } });
});

test('another NAR of the same path is fetched, with its listing', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep } = computer();
  await keep(cache.cacheUrl);
  const another = await cacheWith({
    compression: 'xz',
    nar: xz(LARGE),
    ls: LARGE_LS,
    narSize: LARGE.length,
    claimed: LARGE,
  });
  const { archive } = await visit().opened([another.cacheUrl]);
  expect(archive).toMatchObject({ listingFrom: 'ls', narSize: LARGE.length });
  expect(another.requests).toEqual([`GET /${HASH}.narinfo`, `GET /${HASH}.ls`]);
});

test('who wants it fetched anew has it fetched anew, and that is kept', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, change, narFile, files } = computer();
  await keep(cache.cacheUrl);
  change(narFile(), atNar('#!/bin/sh'), flip);
  const before = cache.requests.length;
  const { archive, verify, close } = await visit().opened([cache.cacheUrl], { fresh: true });
  expect(archive.listingFrom).toBe('ls');
  await verify();
  await close();
  expect(cache.requests.length).toBeGreaterThan(before + 1);
  expect(files.get(narFile())).toEqual(NAR);
});

test('a kept NAR that was damaged is never called verified, and is removed when that is found', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, change, narFile, files } = computer();
  await keep(cache.cacheUrl);
  change(narFile(), atNar('#!/bin/sh'), flip);
  const { verify, close } = await visit().opened([cache.cacheUrl]);
  const report = await verify();
  expect(statesOf(report)).toMatchObject({ 'nar-hash': 'mismatch', 'nar-size': 'verified' });
  expect(report.quirks).toMatchObject([{ name: 'kept-damaged' }]);
  await close();
  expect([...files.keys()]).toEqual([]);
  const { archive, read } = await visit().opened([cache.cacheUrl]);
  expect(archive.listingFrom).toBe('ls');
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
});

test('one that is no NAR any more is a mismatch, too', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, change, narFile, files } = computer();
  await keep(cache.cacheUrl);
  change(narFile(), atNar('contents') - 8, () => 9);
  const { verify, close } = await visit().opened([cache.cacheUrl]);
  expect(statesOf(await verify())).toMatchObject({ 'nar-hash': 'mismatch' });
  await close();
  expect([...files.keys()]).toEqual([]);
});

test.each<[string, (ls: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>]>([
  ['was cut', (ls) => ls.slice(0, 50)],
  ['is that of another NAR', () => utf8('{"version":1,"root":{"type":"regular","size":1}}')],
])('a kept listing that %s is not used: the tree is read from the kept NAR', async (_, damage) => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, files } = computer();
  await keep(cache.cacheUrl);
  const name = [...files.keys()].find((one) => one.endsWith('.ls')) ?? 'none';
  files.set(name, damage(files.get(name) ?? new Uint8Array(0)));
  const before = cache.requests.length;
  const { archive, read } = await visit().opened([cache.cacheUrl]);
  expect(cache.requests.slice(before)).toEqual([`GET /${HASH}.narinfo`]);
  expect(await read('z-last')).toBe('the end');
  expect(statesOf(archive)).toMatchObject({ 'nar-hash': 'verified' });
});

test('a kept listing with other names is found when the NAR is read', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, files } = computer();
  await keep(cache.cacheUrl);
  const name = [...files.keys()].find((one) => one.endsWith('.ls')) ?? 'none';
  files.set(name, utf8(LS.replace('z-last', 'y-last')));
  const { verify, close } = await visit().opened([cache.cacheUrl]);
  expect(statesOf(await verify())).toMatchObject({ listing: 'mismatch', 'nar-hash': 'unchecked' });
  await close();
  expect([...files.keys()]).toEqual([]);
});

test('NAR and listing both damaged: it is fetched, or, with nobody to ask, is a failure', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, change, narFile, files } = computer();
  const damage = () => {
    change(narFile(), atNar('#!/bin/sh'), flip);
    files.delete(narFile().replace('.nar', '.ls'));
  };
  await keep(cache.cacheUrl);
  damage();
  const { archive, read, verify, close } = await visit().opened([cache.cacheUrl]);
  expect(archive.origin).not.toHaveProperty('kept');
  expect(statesOf(archive)).toMatchObject({ 'nar-hash': 'unchecked', 'file-hash': 'unchecked' });
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  await verify();
  await close();
  damage();
  await cache.close();
  const { outcome } = await visit().open([cache.cacheUrl]);
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'source', reason: 'kept-bytes-lost' } });
  expect([...files.keys()]).toEqual([]);
});

test('an archive that is left at once is kept all the same', async () => {
  const nars = nar(dir({ a: file(new Uint8Array(3_000_000).fill(7)) }));
  const cache = await cacheWith({ compression: 'xz', nar: xz(nars), narSize: nars.length, claimed: nars });
  const { visit, files, narFile } = computer();
  const { close } = await visit().opened([cache.cacheUrl]);
  await close();
  expect(sha256(files.get(narFile()) ?? new Uint8Array(0))).toEqual(sha256(nars));
});

test('the service tells what is kept, and removes it', async () => {
  const cache = await cacheWith(COMPRESSED);
  const { visit, keep, files } = computer();
  await keep(cache.cacheUrl);
  const { service } = visit();
  const report = unwrap(await service.kept());
  expect(report).toMatchObject({ isPossible: true, nars: 1 });
  const bytes = report.isPossible ? report.bytes : 0;
  expect(bytes).toBeGreaterThan(NAR.length + LS.length);
  expect(unwrap(await service.trimKept(bytes))).toMatchObject({ nars: 1 });
  expect(unwrap(await service.trimKept(bytes - 1))).toMatchObject({ nars: 0, bytes: 0 });
  await keep(cache.cacheUrl);
  expect(unwrap(await service.removeKept())).toMatchObject({ nars: 0, bytes: 0 });
  expect([...files.keys()]).toEqual([]);
});

import { expect, test } from 'vitest';
import { gate, serve } from '../bytes/testing';
import { narPathOf } from '../nix/nar/listing';
import { formatListing } from '../nix/nar/listing-json';
import { dir, exe, file, listingOf, nar } from '../nix/nar/testing';
import { createArchiveService } from './create-service';
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
  openAndRead,
  rowOf,
  signal,
  text,
  unwrap,
  utf8,
  xz,
} from './testing/one-path-cache';

test('the tree comes from the listing: two requests, and no byte of the NAR', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: LS });
  const { archive, updates } = await openAndRead(asking(cache.cacheUrl));
  expect(cache.requests.toSorted()).toEqual([`GET /${HASH}.ls`, `GET /${HASH}.narinfo`]);
  expect(archive).toMatchObject({ listingFrom: 'ls', quirks: [], cost: { requests: 2 } });
  expect(archive.listing.length).toBe(6);
  const [asked, headed] = updates.filter(({ type }) => type !== 'progress');
  expect(asked).toEqual({ type: 'asking', cacheUrl: cache.cacheUrl });
  expect(headed).toMatchObject({
    type: 'head',
    head: { origin: { kind: 'cache', cacheUrl: cache.cacheUrl } },
  });
});

test('an uncompressed NAR gives a file by its range, and the length in front of it', async () => {
  const cache = await cacheWith({ ls: LS });
  const { archive, read } = await openAndRead(asking(cache.cacheUrl));
  expect(await read('z-last')).toBe('the end');
  const start = archive.listing.narOffset[rowOf(archive, 'z-last')] ?? 0;
  expect(cache.requests.at(-1)).toBe(`GET /nar/x.nar bytes=${start - 8}-${start + 6}`);
});

test('a compressed one is read up to the end of the file, and what was read is kept', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: LS });
  const { read } = await openAndRead(asking(cache.cacheUrl));
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(cache.requests).toHaveLength(3);
});

test('without a listing the NAR is read once, and every file after that asks nobody', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR) });
  const { archive, read } = await openAndRead(asking(cache.cacheUrl));
  expect(archive).toMatchObject({ listingFrom: 'nar', narSize: NAR.length });
  expect(await read('z-last')).toBe('the end');
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(cache.requests.filter((request) => request.includes('/nar/'))).toEqual(['GET /nar/x.nar']);
});

test.each<[string, Partial<CacheFiles>, string]>([
  ['is not JSON', { ls: '{ nonsense' }, 'listing-not-used'],
  ['has another version', { ls: '{"version":2,"root":{}}' }, 'listing-not-used'],
  ['describes a NAR of another size', { ls: formatListing(listingOf(nar(file('x')))) }, 'listing-not-used'],
  [
    'states an offset that cannot be',
    { ls: '{"version":1,"root":{"type":"regular","size":1,"narOffset":5}}' },
    'listing-not-used',
  ],
])('a listing that %s is not used, and the page can say why', async (_, files, quirk) => {
  const cache = await cacheWith(files);
  const { archive, read } = await openAndRead(asking(cache.cacheUrl));
  expect(archive.listingFrom).toBe('nar');
  expect(archive.quirks.map(({ name }) => name)).toEqual([quirk]);
  expect(archive.quirks[0]?.detail).toMatch(/^The listing is not used: .+\.$/);
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
});

test('a listing of the right size but of another tree never gives a wrong file', async () => {
  const other = NAR.slice();
  const at = new TextDecoder('latin1').decode(other).indexOf('z-last');
  other.set(utf8('y-last'), at);
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: formatListing(listingOf(other)) });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const range = { row: rowOf(archive, 'y-last'), fileOffset: 0 };
  const outcome = await service.read(archive.id, range, () => undefined, signal());
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'nar-format', reason: 'listing-disagrees' } });
});

test('bytes that are not what Compression says are read as what they are, with a quirk', async () => {
  const cache = await cacheWith({ compression: 'bzip2', nar: xz(NAR) });
  const { archive, read } = await openAndRead(asking(cache.cacheUrl));
  expect(archive.quirks.map(({ name }) => name)).toEqual(['compression-overruled']);
  expect(await read('z-last')).toBe('the end');
});

test('an unsupported compression still shows the tree; reading names the command that works', async () => {
  const cache = await cacheWith({ compression: 'lzip', nar: utf8('LZIP\x01and so on'), ls: LS });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const outcome = await service.read(
    archive.id,
    { row: rowOf(archive, 'lib'), fileOffset: 0 },
    () => undefined,
    signal(),
  );
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: 'codec', reason: 'unsupported', codec: 'lzip' },
  });
  expect(JSON.stringify(outcome)).toContain('lzip -dc');
});

test.each<[string, CacheFiles, object]>([
  ['cut', { compression: 'xz', nar: xz(NAR).slice(0, -200_000) }, { kind: 'codec', reason: 'truncated' }],
  ['corrupt', { compression: 'xz', nar: xz(NAR).fill(7, 1000, 1100) }, { kind: 'codec', reason: 'corrupt' }],
  [
    'no NAR',
    { nar: utf8('something else altogether, and long enough') },
    { kind: 'nar-format', reason: 'bad-magic' },
  ],
  ['cut and not compressed', { nar: NAR.slice(0, 1000) }, { kind: 'nar-format', reason: 'truncated' }],
  ['longer than a NAR', { nar: new Uint8Array([...NAR, 1]) }, { kind: 'limit', limit: NAR.length }],
])('a NAR that is %s is a failure that says where', async (_, files, failure) => {
  const cache = await cacheWith(files);
  const outcome = await createArchiveService().open(asking(cache.cacheUrl), () => undefined, signal());
  expect(outcome).toMatchObject({ ok: false, failure });
});

test('a miss is no error: the next cache is asked, and who answered is named', async () => {
  const empty = await serve((_, response) => response.writeHead(404).end());
  const cache = await cacheWith({ ls: LS });
  const { archive } = await openAndRead(asking(empty.url, cache.cacheUrl));
  expect(archive.origin).toMatchObject({ cacheUrl: cache.cacheUrl });
});

test('when no cache has it, the failure lists what was asked', async () => {
  const empty = await serve((_, response) => response.writeHead(404).end());
  const broken = await serve((_, response) => response.writeHead(500).end());
  const outcome = await createArchiveService().open(asking(empty.url, broken.url), () => undefined, signal());
  expect(outcome).toMatchObject({
    ok: false,
    failure: {
      kind: 'not-found',
      storePath: HASH,
      tried: [
        { cacheUrl: empty.url, failure: undefined },
        { cacheUrl: broken.url, failure: { kind: 'source', reason: 'http-status', status: 500 } },
      ],
    },
  });
});

test('the tree is shown while the NAR streams, with progress', async () => {
  const shown = gate();
  const server = await serve(async (request, response) => {
    if (request.url !== '/x.nar') return void response.writeHead(404).end();
    response.writeHead(200, { 'Content-Length': NAR.length });
    response.write(NAR.subarray(0, 400_000));
    await shown.opened;
    response.end(NAR.subarray(400_000));
  });
  const service = createArchiveService();
  const outcome = await service.open(
    { kind: 'nar-url', url: `${server.url}x.nar` },
    (update) => {
      if (update.type === 'progress' && update.progress.decodedBytes > 0) shown.open();
    },
    signal(),
  );
  expect(archiveOf(outcome).listing.length).toBe(6);
});

test('cancelling frees the connection', async () => {
  const stop = new AbortController();
  const closed = gate();
  const server = await serve((request, response) => {
    request.on('close', closed.open);
    response.writeHead(200);
    response.write(NAR.subarray(0, 1000));
    stop.abort();
  });
  const outcome = await createArchiveService().open(
    { kind: 'nar-url', url: `${server.url}x.nar` },
    () => undefined,
    stop.signal,
  );
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
  await closed.opened;
});

test('only a regular file can be read', async () => {
  const cache = await cacheWith({ ls: LS });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const read = (row: number) => service.read(archive.id, { row, fileOffset: 0 }, () => undefined, signal());
  expect(await read(rowOf(archive, 'bin'))).toMatchObject({
    failure: { reason: 'not-a-file', narPath: utf8('bin') },
  });
  expect(await read(99)).toMatchObject({ failure: { reason: 'no-such-entry' } });
});

test('streaming waits for the one who writes', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: LS });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const sizes: number[] = [];
  let writing = 0;
  const outcome = await service.stream(
    archive.id,
    { row: rowOf(archive, 'lib'), fileOffset: 0 },
    async (chunk) => {
      expect(++writing).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      sizes.push(chunk.length);
      writing--;
    },
    () => undefined,
    signal(),
  );
  expect(outcome.ok).toBe(true);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(500_000);
});

test('a closed archive cannot be read', async () => {
  const cache = await cacheWith({ ls: LS });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  await service.close(archive.id);
  const outcome = await service.read(archive.id, { row: 1, fileOffset: 0 }, () => undefined, signal());
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'internal' } });
});

test('the paths in the tests are those of the archive', () => {
  const listing = listingOf(NAR);
  expect(text(narPathOf(listing, 2))).toBe('bin/nix');
});

test('"none" without a FileSize is not believed: the bytes say what they are', async () => {
  const cache = await cacheWith({ nar: xz(NAR), ls: LS, fileSize: undefined });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const range = { row: rowOf(archive, 'z-last'), fileOffset: 0 };
  const { bytes, report } = unwrap(await service.read(archive.id, range, () => undefined, signal()));
  expect(text(bytes)).toBe('the end');
  expect(report).toMatchObject({ compression: 'xz', decodeCommand: 'xz -dc' });
  expect(report.quirks.map(({ name }) => name)).toContain('compression-overruled');
});

test('a preview and the download after it are one transfer', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(LARGE), ls: LARGE_LS, narSize: LARGE.length });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const row = rowOf(archive, 'large');
  const preview = await service.read(
    archive.id,
    { row, fileOffset: 0, length: 1000 },
    () => undefined,
    signal(),
  );
  expect(unwrap(preview).bytes).toHaveLength(1000);
  let size = 0;
  const write = async (chunk: Uint8Array) => {
    size += chunk.length;
  };
  unwrap(await service.stream(archive.id, { row, fileOffset: 0 }, write, () => undefined, signal()));
  expect(size).toBe(5_000_000);
  expect(cache.requests.filter((request) => request.includes('/nar/'))).toHaveLength(1);
});

test('an archive that is closed during a download is kept until the download ends, and no longer', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(LARGE), ls: LARGE_LS, narSize: LARGE.length });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const range = { row: rowOf(archive, 'large'), fileOffset: 0 };
  let size = 0;
  const write = async (chunk: Uint8Array) => {
    if (size === 0) await service.close(archive.id);
    size += chunk.length;
  };
  unwrap(await service.stream(archive.id, range, write, () => undefined, signal()));
  expect(size).toBe(5_000_000);
  const closed = { ok: false, failure: { kind: 'internal', reason: 'archive-closed' } };
  expect(await service.read(archive.id, range, () => undefined, signal())).toMatchObject(closed);
});

test('a file at the beginning costs a window, not the NAR', async () => {
  const noise = new Uint8Array(4_000_000);
  for (let at = 0; at < noise.length; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
  const large = nar(dir({ a: exe('#!/bin/sh'), b: file(noise) }));
  const cache = await cacheWith({
    compression: 'xz',
    nar: xz(large),
    ls: formatListing(listingOf(large)),
    narSize: large.length,
  });
  const { archive, read, service } = await openAndRead(asking(cache.cacheUrl));
  expect(await read('a')).toBe('#!/bin/sh');
  const range = { row: rowOf(archive, 'b'), fileOffset: 0, length: 1000 };
  const { report } = unwrap(await service.read(archive.id, range, () => undefined, signal()));
  expect(cache.requests.filter((request) => request.includes('/nar/'))).toEqual([
    'GET /nar/x.nar bytes=0-262143',
  ]);
  expect(report.cost.receivedBytes).toBeLessThan(262_144);
});

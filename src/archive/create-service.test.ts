import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Answer, fileServer, gate, serve } from '../bytes/testing';
import { locate, type NarListing, narPathOf } from '../nix/nar/listing';
import { ListingBuilder } from '../nix/nar/listing-builder';
import { formatListing } from '../nix/nar/listing-json';
import { ListingVisitor } from '../nix/nar/listing-visitor';
import { NarParser } from '../nix/nar/parser';
import { dir, exe, file, join, link, nar, str, u64 } from '../nix/nar/testing';
import { formatNarInfo } from '../nix/narinfo';
import { createArchiveService } from './create-service';
import type { Outcome } from './outcome';
import type { ArchiveInput, Opened, OpenedArchive, OpenUpdate } from './service';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const signal = () => new AbortController().signal;
const xz = (bytes: Uint8Array) =>
  new Uint8Array(execFileSync('xz', ['-c'], { input: bytes, maxBuffer: 2 ** 30 }));

const NAR = nar(
  dir({
    bin: dir({ nix: exe('#!/bin/sh\nnix'), 'nix-store': link('nix') }),
    lib: file(new Uint8Array(500_000).map((_, i) => Math.imul(i, 2654435761) >>> 13)),
    'z-last': file('the end'),
  }),
);

function listingOf(bytes: Uint8Array): NarListing {
  const builder = new ListingBuilder();
  const parser = new NarParser(new ListingVisitor(builder));
  parser.push(bytes);
  parser.finish();
  return builder.snapshot();
}

const sha256 = (bytes: Uint8Array) => ({
  algorithm: 'sha256' as const,
  digest: new Uint8Array(createHash('sha256').update(bytes).digest()),
});

interface CacheFiles {
  compression?: string;
  nar?: Uint8Array;
  /** Undefined: the cache has none. */
  ls?: string | Uint8Array | undefined;
  narSize?: number;
  fileSize?: number | undefined;
  /** The NAR that NarHash is of. */
  claimed?: Uint8Array;
}

/** A binary cache on loopback that holds the one store path. */
async function cacheWith(files: CacheFiles) {
  const { compression = 'none', nar: narFile = NAR, ls, narSize = NAR.length } = files;
  const fileSize = 'fileSize' in files ? files.fileSize : narFile.length;
  const narinfo = formatNarInfo({
    storePath: { hashPart: HASH, name: 'nix-2.13.5' },
    url: 'nar/x.nar',
    compression,
    fileHash: sha256(narFile),
    fileSize,
    narHash: sha256(files.claimed ?? NAR),
    narSize,
    references: [],
    deriver: undefined,
    system: undefined,
    signatures: [],
    contentAddress: undefined,
    unknownFields: [],
    quirks: [],
  });
  const served: Record<string, Answer> = {
    [`/${HASH}.narinfo`]: fileServer(utf8(narinfo)),
    '/nar/x.nar': fileServer(narFile),
  };
  if (ls !== undefined) served[`/${HASH}.ls`] = fileServer(typeof ls === 'string' ? utf8(ls) : ls);
  const server = await serve((request, response) => {
    const answer = served[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  return { ...server, cacheUrl: server.url.replace(/\/$/, '') };
}

const LS = formatListing(listingOf(NAR));

/** Long enough that a preview is only a part of it, and that it does not compress away. */
const LARGE = nar(
  dir({ large: file(new Uint8Array(5_000_000).map((_, i) => Math.imul(i + 7, 2654435761) >>> 11)) }),
);
const LARGE_LS = formatListing(listingOf(LARGE));

const exportOf = (name: string, bytes: Uint8Array): Uint8Array =>
  join(u64(1), bytes, u64(0x4558494e), str(`/nix/store/${HASH}-${name}`), u64(0), str(''), u64(0));

const asking = (...cacheUrls: string[]): ArchiveInput => ({
  kind: 'store-path',
  hashPart: HASH,
  cacheUrls,
  trustedKeys: [],
});

function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.value;
}

function archiveOf(outcome: Outcome<Opened>): OpenedArchive {
  const opened = unwrap(outcome);
  if (opened.kind !== 'archive') throw new Error(opened.kind);
  return opened.archive;
}

const rowOf = (archive: OpenedArchive, narPath: string) => locate(archive.listing, utf8(narPath)) ?? -1;

async function openAndRead(input: ArchiveInput) {
  const service = createArchiveService();
  const updates: OpenUpdate[] = [];
  const archive = archiveOf(await service.open(input, (update) => updates.push(update), signal()));
  const read = async (narPath: string) => {
    const range = { row: rowOf(archive, narPath), fileOffset: 0 };
    return text(unwrap(await service.read(archive.id, range, () => undefined, signal())).bytes);
  };
  return { service, updates, archive, read };
}

test('the tree comes from the listing: two requests, and no byte of the NAR', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: LS });
  const { archive, updates } = await openAndRead(asking(cache.cacheUrl));
  expect(cache.requests.toSorted()).toEqual([`GET /${HASH}.ls`, `GET /${HASH}.narinfo`]);
  expect(archive).toMatchObject({ listingFrom: 'ls', quirks: [], cost: { requests: 2 } });
  expect(archive.listing.length).toBe(6);
  expect(updates[0]).toEqual({ type: 'asking', cacheUrl: cache.cacheUrl });
  expect(updates[1]).toMatchObject({
    type: 'head',
    head: { origin: { kind: 'cache', cacheUrl: cache.cacheUrl } },
  });
});

test('an uncompressed NAR gives a file by exactly its range', async () => {
  const cache = await cacheWith({ ls: LS });
  const { archive, read } = await openAndRead(asking(cache.cacheUrl));
  expect(await read('z-last')).toBe('the end');
  const start = archive.listing.narOffset[rowOf(archive, 'z-last')] ?? 0;
  expect(cache.requests.at(-1)).toBe(`GET /nar/x.nar bytes=${start}-${start + 6}`);
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

const fileOf = (bytes: Uint8Array<ArrayBuffer> | string, name: string) => new File([bytes], name);

test.each([
  ['a.nar', NAR],
  ['compressed, with a name that says nothing', xz(NAR)],
])('a local NAR, %s', async (name, bytes) => {
  const { archive, read } = await openAndRead({ kind: 'file', file: fileOf(new Uint8Array(bytes), name) });
  expect(archive.origin).toEqual({ kind: 'file', fileName: name, fileSize: bytes.length });
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(await read('z-last')).toBe('the end');
});

test.each([
  ['x.narinfo', 'StorePath: /nix/store/', 'metadata-format'],
  ['x.jpg', '\xff\xd8\xff and so on', 'metadata-format'],
  ['empty', '', 'metadata-format'],
])('a local file that is nothing of ours: %s', async (name, contents, kind) => {
  const outcome = await createArchiveService().open(
    { kind: 'file', file: fileOf(contents, name) },
    () => undefined,
    signal(),
  );
  expect(outcome).toMatchObject({ ok: false, failure: { kind } });
});

test('local metadata: a listing, a derivation', async () => {
  const open = async (contents: string) =>
    unwrap(
      await createArchiveService().open(
        { kind: 'file', file: fileOf(contents, 'x') },
        () => undefined,
        signal(),
      ),
    );
  expect(await open(LS)).toMatchObject({ kind: 'listing' });
  expect(await open('Derive([],[],[],"x","y",[],[])')).toMatchObject({ kind: 'derivation' });
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

test('"none" without a FileSize is not believed: the bytes say what they are', async () => {
  const cache = await cacheWith({ nar: xz(NAR), ls: LS, fileSize: undefined });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const range = { row: rowOf(archive, 'z-last'), fileOffset: 0 };
  const { bytes, report } = unwrap(await service.read(archive.id, range, () => undefined, signal()));
  expect(text(bytes)).toBe('the end');
  expect(report).toMatchObject({ compression: 'xz', decodeCommand: 'xz -dc' });
  expect(report.quirks.map(({ name }) => name)).toContain('compression-overruled');
});

test.each([
  ['lz4', [0x04, 0x22, 0x4d, 0x18], 'lz4 -dc'],
  ['lzip', [...utf8('LZIP'), 1], 'lzip -dc'],
  ['lzop', [0x89, ...utf8('LZO'), 0], 'lzop -dc'],
])('a local file of %s is named, with the command that reads it', async (codec, magic, detail) => {
  const file = fileOf(new Uint8Array([...magic, ...new Uint8Array(100)]), 'a.nar');
  const outcome = await createArchiveService().open({ kind: 'file', file }, () => undefined, signal());
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: 'codec', reason: 'unsupported', codec, detail },
  });
});

test('a brotli file, which nothing but its name tells', async () => {
  const bytes = new Uint8Array(execFileSync('brotli', ['-c'], { input: NAR }));
  const { archive, read } = await openAndRead({ kind: 'file', file: fileOf(bytes, 'a.nar.br') });
  expect(archive.compression).toBe('br');
  expect(await read('z-last')).toBe('the end');
});

test('an export stream: its paths, each with its tree and its bytes', async () => {
  const stream = new Uint8Array([...exportOf('a', NAR), ...exportOf('b', NAR), ...new Uint8Array(8)]);
  const service = createArchiveService();
  const opened = unwrap(
    await service.open({ kind: 'file', file: fileOf(stream, 'two.export') }, () => undefined, signal()),
  );
  if (opened.kind !== 'export') throw new Error(opened.kind);
  expect(opened.storePaths.map(({ name }) => name)).toEqual(['a', 'b']);
  const input = { kind: 'exported' as const, exportId: opened.exportId, index: 1 };
  const archive = archiveOf(await service.open(input, () => undefined, signal()));
  expect(archive.origin).toMatchObject({ kind: 'exported', storePath: { name: 'b' } });
  const range = { row: rowOf(archive, 'z-last'), fileOffset: 0 };
  expect(text(unwrap(await service.read(archive.id, range, () => undefined, signal())).bytes)).toBe(
    'the end',
  );
  await service.close(opened.exportId);
  expect((await service.read(archive.id, range, () => undefined, signal())).ok).toBe(true);
  expect(await service.open(input, () => undefined, signal())).toMatchObject({
    failure: { reason: 'archive-closed' },
  });
});

test('an export of nothing, and one of a version that is not read', async () => {
  const open = (bytes: Uint8Array<ArrayBuffer>) =>
    createArchiveService().open({ kind: 'file', file: fileOf(bytes, 'x') }, () => undefined, signal());
  expect(await open(new Uint8Array(8))).toMatchObject({ value: { kind: 'export', storePaths: [] } });
  expect(await open(new Uint8Array([...utf8('NARIO2'), 0, 0, ...new Uint8Array(40)]))).toMatchObject({
    failure: { kind: 'metadata-format', format: 'export-stream', reason: 'unsupported-version' },
  });
});

const statesOf = ({ verdicts }: Pick<OpenedArchive, 'verdicts'>) =>
  Object.fromEntries(Object.entries(verdicts).map(([name, { state }]) => [name, state]));

const NOT_SIGNED = { signature: 'impossible', 'content-address': 'impossible' };
const UNREAD = {
  'nar-hash': 'unchecked',
  'nar-size': 'unchecked',
  'file-hash': 'unchecked',
  'file-size': 'unchecked',
  listing: 'unchecked',
};
const ALL_RIGHT = {
  'nar-hash': 'verified',
  'nar-size': 'verified',
  'file-hash': 'verified',
  'file-size': 'verified',
  listing: 'verified',
};

test.each([
  ['xz', { compression: 'xz', nar: xz(NAR), ls: LS }],
  ['none, read by ranges', { ls: LS }],
])('%s: a part of a NAR proves nothing, all of it does', async (_, files) => {
  const cache = await cacheWith(files);
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  expect(statesOf(archive)).toEqual({ ...NOT_SIGNED, ...UNREAD });
  const part = await service.read(
    archive.id,
    { row: rowOf(archive, 'bin/nix'), fileOffset: 0 },
    () => undefined,
    signal(),
  );
  expect(statesOf(unwrap(part).report)).toEqual({ ...NOT_SIGNED, ...UNREAD });
  const whole = await service.verify(archive.id, () => undefined, signal());
  expect(statesOf(unwrap(whole))).toEqual({ ...NOT_SIGNED, ...ALL_RIGHT });
  const requests = cache.requests.length;
  unwrap(await service.verify(archive.id, () => undefined, signal()));
  expect(cache.requests).toHaveLength(requests);
});

test('a NAR that was read to make the tree is checked by that', async () => {
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR) });
  const { archive } = await openAndRead(asking(cache.cacheUrl));
  expect(statesOf(archive)).toEqual({ ...NOT_SIGNED, ...ALL_RIGHT });
});

test('another NAR of the same size and structure is a mismatch, and is shown all the same', async () => {
  const tampered = nar(dir({ bin: dir({ nix: exe('#!/bin/sh\nnyx'), 'nix-store': link('nix') }) }));
  const cache = await cacheWith({
    compression: 'xz',
    nar: xz(tampered),
    claimed: NAR,
    narSize: tampered.length,
  });
  const { archive, read } = await openAndRead(asking(cache.cacheUrl));
  expect(statesOf(archive)).toMatchObject({
    'nar-hash': 'mismatch',
    'nar-size': 'verified',
    'file-hash': 'verified',
  });
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnyx');
});

test('a listing that is not that of the NAR is a mismatch of the listing', async () => {
  const other = NAR.slice();
  other.set(utf8('y-last'), new TextDecoder('latin1').decode(other).indexOf('z-last'));
  const cache = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: formatListing(listingOf(other)) });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  expect(await service.verify(archive.id, () => undefined, signal())).toMatchObject({
    failure: { reason: 'listing-disagrees' },
  });
  const range = { row: rowOf(archive, 'bin/nix'), fileOffset: 0 };
  const { report } = unwrap(await service.read(archive.id, range, () => undefined, signal()));
  expect(statesOf(report)).toMatchObject({ listing: 'mismatch', 'nar-hash': 'unchecked' });
});

test('a decoder that yields more than NarSize is stopped at once', async () => {
  const bomb = xz(nar(file(new Uint8Array(10_000_000))));
  const cache = await cacheWith({ compression: 'xz', nar: bomb, narSize: 5000 });
  const outcome = await createArchiveService().open(asking(cache.cacheUrl), () => undefined, signal());
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'limit', limit: 5000 } });
});

test('a local file has nobody who claims anything', async () => {
  const { archive } = await openAndRead({ kind: 'file', file: fileOf(NAR, 'a.nar') });
  expect(statesOf(archive)).toMatchObject({
    signature: 'impossible',
    'nar-hash': 'impossible',
    listing: 'verified',
  });
});

import { expect, test } from 'vitest';
import { Spool } from '../bytes/spool';
import { fileServer, serve } from '../bytes/testing';
import { dir, exe, file, join, nar, u64 } from '../nix/nar/testing';
import { createArchiveService } from './create-service';
import {
  archiveOf,
  asking,
  cacheWith,
  exportOf,
  LARGE,
  LARGE_LS,
  LS,
  NAR,
  openAndRead,
  rowOf,
  signal,
  unwrap,
  utf8,
  xz,
} from './testing/one-path-cache';

/** What is checked is what is handed out. */

test.each([
  ['xz', { compression: 'xz', nar: xz(LARGE), ls: LARGE_LS, narSize: LARGE.length, claimed: LARGE }],
  ['none', { nar: LARGE, ls: LARGE_LS, narSize: LARGE.length, claimed: LARGE }],
])('%s: a file that is read while the NAR is verified takes part in that transfer', async (_, files) => {
  const cache = await cacheWith(files);
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const verifying = service.verify(archive.id, () => undefined, signal());
  let size = 0;
  const write = async (chunk: Uint8Array) => {
    size += chunk.length;
  };
  const range = { row: rowOf(archive, 'large'), fileOffset: 0 };
  unwrap(await service.stream(archive.id, range, write, () => undefined, signal()));
  const { verdicts } = unwrap(await verifying);
  expect([size, verdicts['nar-hash'].state]).toEqual([5_000_000, 'verified']);
  expect(cache.requests.filter((request) => request.includes('/nar/'))).toEqual(['GET /nar/x.nar']);
});

test('none: after verifying, files are those that were verified, and nobody is asked', async () => {
  const cache = await cacheWith({ ls: LS });
  const { service, archive, read } = await openAndRead(asking(cache.cacheUrl));
  const range = { row: rowOf(archive, 'z-last'), fileOffset: 0 };
  const before = unwrap(await service.read(archive.id, range, () => undefined, signal()));
  expect(before.report.isApart).toBe(true);
  unwrap(await service.verify(archive.id, () => undefined, signal()));
  const { length } = cache.requests;
  const after = unwrap(await service.read(archive.id, range, () => undefined, signal()));
  expect(after.report.isApart).toBeUndefined();
  expect(await read('z-last')).toBe('the end');
  expect(cache.requests).toHaveLength(length);
});

/** The NAR with another program of the same length in it. */
const OTHER = NAR.slice();
OTHER.set(utf8('nyx'), new TextDecoder('latin1').decode(NAR).indexOf('\nnix') + 1);

test.each([
  ['other', xz(OTHER), 'mismatch', '#!/bin/sh\nnyx'],
  ['the same', xz(NAR), 'verified', '#!/bin/sh\nnix'],
])('%s bytes in the transfer before are remembered', async (_, first, state, text) => {
  const right = await cacheWith({ compression: 'xz', nar: xz(NAR), ls: LS });
  const wrong = fileServer(first);
  let asked = 0;
  const cache = await serve(async (request, response) => {
    if (request.url === '/nar/x.nar' && asked++ === 0) return wrong(request, response);
    const { range } = request.headers;
    const answer = await fetch(`${right.url.replace(/\/$/, '')}${request.url}`, {
      headers: range ? { range } : {},
    });
    response.writeHead(answer.status, { 'Content-Length': answer.headers.get('Content-Length') ?? '0' });
    response.end(new Uint8Array(await answer.arrayBuffer()));
  });
  const { service, archive, read } = await openAndRead(asking(cache.url.replace(/\/$/, '')));
  expect(await read('bin/nix')).toBe(text);
  const { verdicts } = unwrap(await service.verify(archive.id, () => undefined, signal()));
  expect(asked).toBe(2);
  expect(verdicts['nar-hash'].state).toBe(state);
  if (state === 'mismatch') expect(verdicts['nar-hash'].detail).toContain('other bytes');
});

test('a NAR that is too long is a verdict of verifying, not only a failure', async () => {
  const long = nar(dir({ bin: dir({ nix: exe('#!/bin/sh\nnix') }), lib: file(new Uint8Array(600_000)) }));
  const cache = await cacheWith({ compression: 'xz', nar: xz(long), ls: LS });
  const { service, archive } = await openAndRead(asking(cache.cacheUrl));
  const { verdicts } = unwrap(await service.verify(archive.id, () => undefined, signal()));
  expect([verdicts['nar-size'].state, verdicts.listing.state]).toContain('mismatch');
});

test.each(['nar', 'export'])(
  '%s by its URL: what the spool could not keep is said to be another transfer',
  async (kind) => {
    const [first, second] = [LARGE, LARGE.map((byte, at) => (at > 4_000_000 && at < 4_900_000 ? 7 : byte))];
    const whole = (bytes: Uint8Array) => (kind === 'nar' ? bytes : join(exportOf('large', bytes), u64(0)));
    let asked = 0;
    const server = await serve((request, response) =>
      fileServer(whole(asked++ === 0 ? first : second))(request, response),
    );
    const service = createArchiveService({ createSpool: () => new Spool({ hardLimit: 2 ** 21 }) });
    const opened = unwrap(
      await service.open({ kind: 'nar-url', url: server.url }, () => undefined, signal()),
    );
    const archive =
      opened.kind === 'export'
        ? archiveOf(
            await service.open(
              { kind: 'exported', exportId: opened.exportId, index: 0 },
              () => undefined,
              signal(),
            ),
          )
        : archiveOf({ ok: true, value: opened });
    const row = rowOf(archive, 'large');
    const read = async (fileOffset: number) =>
      unwrap(await service.read(archive.id, { row, fileOffset, length: 10 }, () => undefined, signal()));
    const [kept, fetched] = [await read(0), await read(4_500_000)];
    expect([kept.report.isApart, fetched.report.isApart]).toEqual([undefined, true]);
    expect([...fetched.bytes]).toEqual(Array(10).fill(7));
  },
);

import { expect, test } from 'vitest';
import { formatListing } from '../nix/nar/listing-json';
import { dir, exe, file, link, listingOf, nar } from '../nix/nar/testing';
import { createArchiveService } from './create-service';
import type { OpenedArchive } from './service';
import {
  asking,
  cacheWith,
  fileOf,
  LS,
  NAR,
  openAndRead,
  rowOf,
  signal,
  unwrap,
  utf8,
  xz,
} from './testing/one-path-cache';

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
  const report = unwrap(await service.verify(archive.id, () => undefined, signal()));
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

import { afterEach, beforeAll, expect, test } from 'vitest';
import { createArchiveService } from '../../src/archive/create-service';
import { type CacheServer, startCacheServer } from '../support/cache-server';
import type { Misbehaviour } from '../support/misbehaviour';
import { sampleFile, samplePath } from '../support/sample';
import { contentsOf, never, regularRows, withArchive } from './ours';

const hello = samplePath('hello-1.2');
const other = samplePath('hello-static-1.2');
let cache: CacheServer;
beforeAll(async () => {
  cache = await startCacheServer({ folder: sampleFile('') });
  return () => cache.close();
});
afterEach(() => cache.behave());

const input = (hashPart = hello.hashPart) => ({
  kind: 'store-path' as const,
  hashPart,
  cacheUrls: [cache.url],
  trustedKeys: [],
});

async function failureOfOpening(): Promise<string> {
  const service = createArchiveService();
  const outcome = await service.open(input(), () => {}, never);
  return outcome.ok ? 'opened' : `${outcome.failure.kind} ${outcome.failure.reason}`;
}

const NARINFO: readonly [Misbehaviour, string][] = [
  [{ kind: 'status', status: 404 }, 'not-found no-cache-has-it'],
  [{ kind: 'status', status: 500 }, 'source http-status'],
  [{ kind: 'status', status: 429, retryAfter: 1 }, 'source http-status'],
  [{ kind: 'html' }, 'source html'],
  [{ kind: 'cut', atByte: 100 }, 'source short-read'],
  [{ kind: 'other-file', path: `/${other.hashPart}.narinfo` }, 'metadata-format disagrees'],
];

test.each(NARINFO)('a narinfo that is %j', async (how, failure) => {
  cache.misbehave(`/${hello.hashPart}.narinfo`, how);
  expect(await failureOfOpening()).toBe(failure);
});

const NAR: readonly [Misbehaviour, RegExp][] = [
  [{ kind: 'status', status: 404 }, /^(source|not-found) /],
  [{ kind: 'status', status: 403 }, /^(source|not-found) /],
  [{ kind: 'html' }, /^source html/],
  [{ kind: 'cut', atByte: 0 }, /^source short-read|^source unreachable/],
  [{ kind: 'cut', atByte: 600 }, /^source short-read/],
  // All of FileSize came: that more was promised is nobody's loss.
  [{ kind: 'wrong-length', by: 10 }, /^opened/],
  [{ kind: 'wrong-length', by: -10 }, /^(source short-read|codec truncated)/],
  [{ kind: 'flipped', atByte: 700 }, /^(codec corrupt|nar-format )/],
];

test.each(NAR)('without .ls, a NAR that is %j', async (how, failure) => {
  cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
  cache.misbehave('/nar/', how);
  expect(await failureOfOpening()).toMatch(failure);
});

const LISTING: readonly Misbehaviour[] = [
  { kind: 'status', status: 404 },
  { kind: 'status', status: 500 },
  { kind: 'html' },
  { kind: 'cut', atByte: 20 },
  { kind: 'flipped', atByte: 30 },
  { kind: 'other-file', path: `/${other.hashPart}.ls` },
];

test.each(LISTING)('a listing that is %j is not used, and the tree comes from the NAR', async (how) => {
  cache.misbehave(/\.ls$/, how);
  await withArchive(input(), async (archive) => {
    expect([archive.listingFrom, regularRows(archive.listing).map(({ narPath }) => narPath)]).toEqual([
      'nar',
      ['bin/hello', 'share/hello/numbers.txt'],
    ]);
  });
});

const ENCODINGS = (['br', 'zstd', 'xz', 'gzip'] as const).map(
  (as) => ({ kind: 'encoded', as, header: false }) as const,
);

test.each(ENCODINGS)('a listing that is %j is read', async (how) => {
  cache.misbehave(/\.ls$/, how);
  await withArchive(input(), async (archive) => expect(archive.listingFrom).toBe('ls'));
});

const RANGES: readonly [Misbehaviour, boolean][] = [
  [{ kind: 'range-ignored' }, true],
  [{ kind: 'wrong-range', by: 8 }, false],
];

test.each(RANGES)('an uncompressed NAR whose server has %j: the right bytes, or none', async (how, works) => {
  const odd = samplePath('odd-names-2.0');
  await withArchive(input(odd.hashPart), async (archive, service) => {
    const [file] = regularRows(archive.listing).slice(-1);
    if (!file) throw new Error('no files');
    const right = await contentsOf(service, archive.id, file.row);
    cache.misbehave('/nar/', how);
    const read = contentsOf(service, archive.id, file.row);
    if (works) expect(await read).toBe(right);
    else await expect(read).rejects.toThrow();
  });
});

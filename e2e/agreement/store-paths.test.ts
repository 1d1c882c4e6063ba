import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CACHE_VARIANTS, type Corpus, type CorpusPath, makeCorpus } from '../fixtures/corpus';
import { expectedOf } from '../fixtures/expected';
import { type CacheServer, startCacheServer } from '../support/cache-server';
import { contentsOf, regularRows, rowsOf, withArchive } from './ours';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await makeCorpus();
});

describe.each(CACHE_VARIANTS)('a binary cache of compression %s', (variant) => {
  let cache: CacheServer;
  beforeAll(async () => {
    cache = await startCacheServer({ folder: corpus.caches[variant] });
  });
  afterAll(() => cache.close());

  const input = ({ hashPart }: CorpusPath) => ({
    kind: 'store-path' as const,
    hashPart,
    cacheUrls: [cache.url],
    trustedKeys: [],
  });

  test('with .ls: the tree of `nix nar ls` in two requests, files equal to `nix nar cat`', async () => {
    for (const path of corpus.paths) {
      const expected = await expectedOf(path);
      cache.forget();
      await withArchive(input(path), async (archive, service) => {
        const quirks = /^(odd-names|hostile)/.test(path.name) ? ['not-utf8'] : [];
        expect([path.name, archive.listingFrom]).toEqual([path.name, 'ls']);
        expect(archive.quirks.map(({ name }) => name)).toEqual(quirks);
        expect(cache.requests.map((request) => request.path.replace(/^.*\./, '')).sort()).toEqual([
          'ls',
          'narinfo',
        ]);
        expect(rowsOf(archive.listing)).toEqual(expected.rows);
        for (const { narPath, row } of someOf(regularRows(archive.listing))) {
          expect([narPath, await contentsOf(service, archive.id, row)]).toEqual([
            narPath,
            expected.contents.get(narPath),
          ]);
        }
      });
    }
  });

  test('without .ls: the same tree, and every file, from one transfer', async () => {
    cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
    for (const path of corpus.paths) {
      const expected = await expectedOf(path);
      cache.forget();
      await withArchive(input(path), async (archive, service) => {
        expect([path.name, archive.listingFrom]).toEqual([path.name, 'nar']);
        expect(rowsOf(archive.listing)).toEqual(expected.rows);
        const files = regularRows(archive.listing);
        expect(files.length).toBe(expected.contents.size);
        for (const { narPath, row } of files) {
          expect([narPath, await contentsOf(service, archive.id, row)]).toEqual([
            narPath,
            expected.contents.get(narPath),
          ]);
        }
        expect(cache.requests.filter((request) => request.path.startsWith('/nar/')).length).toBe(1);
      });
    }
    cache.behave();
  });
});

/** With a listing every file is a transfer of its own: the largest, the first, the last and a few between. */
function someOf<T extends { size: number }>(files: T[]): T[] {
  const largest = Math.max(...files.map(({ size }) => size));
  const step = Math.ceil(files.length / 5);
  return files.filter(
    (file, index) => index % step === 0 || index === files.length - 1 || file.size === largest,
  );
}

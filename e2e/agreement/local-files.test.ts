import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createArchiveService } from '../../src/archive/create-service';
import { formatStorePath } from '../../src/nix/store-path';
import { CACHE_VARIANTS, type Corpus, makeCorpus } from '../fixtures/corpus';
import { expectedOf } from '../fixtures/expected';
import { dump } from '../fixtures/nix';
import { fieldOf } from '../fixtures/recompress';
import { contentsOf, never, regularRows, rowsOf, unwrap, withArchive } from './ours';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await makeCorpus();
});

const SMALL = /^(odd-names|greet-|hello)/;

test.each(CACHE_VARIANTS)('a NAR file of compression %s, under a name that says nothing', async (variant) => {
  // Brotli alone cannot be told by its bytes.
  const name = variant === 'br' ? 'unnamed.nar.br' : 'unnamed';
  for (const path of corpus.paths.filter(({ name }) => SMALL.test(name))) {
    const folder = corpus.caches[variant];
    const narInfo = await readFile(join(folder, `${path.hashPart}.narinfo`), 'utf8');
    const bytes = await readFile(join(folder, fieldOf(narInfo, 'URL')));
    const expected = await expectedOf(path);
    await withArchive({ kind: 'file', file: new File([bytes], name) }, async (archive, service) => {
      expect(rowsOf(archive.listing)).toEqual(expected.rows);
      for (const { narPath, row } of regularRows(archive.listing)) {
        expect([narPath, await contentsOf(service, archive.id, row)]).toEqual([
          narPath,
          expected.contents.get(narPath),
        ]);
      }
    });
  }
});

test('a stream of `nix-store --export`: its store paths, each as if opened alone', async () => {
  const file = new File([await readFile(corpus.exportFile)], basename(corpus.exportFile));
  const service = createArchiveService();
  const opened = unwrap(await service.open({ kind: 'file', file }, () => {}, never));
  if (opened.kind !== 'export') throw new Error(`opened ${opened.kind}`);
  expect(opened.storePaths.map(formatStorePath).sort()).toEqual([...corpus.exported].sort());
  for (const [index, storePath] of opened.storePaths.entries()) {
    const path = corpus.paths.find((one) => one.storePath === formatStorePath(storePath));
    if (!path) throw new Error(`no ${formatStorePath(storePath)} in the corpus`);
    const expected = await expectedOf(path);
    const input = { kind: 'exported' as const, exportId: opened.exportId, index };
    const one = unwrap(await service.open(input, () => {}, never));
    if (one.kind !== 'archive') throw new Error(`opened ${one.kind}`);
    expect(rowsOf(one.archive.listing)).toEqual(expected.rows);
    for (const { narPath, row } of regularRows(one.archive.listing)) {
      expect([narPath, await contentsOf(service, one.archive.id, row)]).toEqual([
        narPath,
        expected.contents.get(narPath),
      ]);
    }
    await service.close(one.archive.id);
  }
});

test('what `nix-store --dump` writes', async () => {
  const folder = new URL('../fixtures/sample', import.meta.url).pathname;
  const file = new File([new Uint8Array(await dump(folder))], 'sample.nar');
  await withArchive({ kind: 'file', file }, async (archive, service) => {
    for (const { narPath, row, size } of regularRows(archive.listing)) {
      const bytes = await readFile(join(folder, narPath));
      const read = unwrap(await service.read(archive.id, { row, fileOffset: 0 }, () => {}, never));
      expect([narPath, size, Buffer.compare(read.bytes, bytes)]).toEqual([narPath, bytes.length, 0]);
    }
  });
});

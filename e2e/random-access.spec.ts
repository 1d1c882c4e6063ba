import { testWithCache } from './support/compressed-cache';
import { expect } from './support/explorer';
import { expectSaved } from './support/saved';

/** NARs of several xz blocks, as Nix writes them with `parallel-compression`. */
const test = testWithCache('xz-blocks', 'with .ls');

/** Behind the 30 MiB of libicudata. */
const NAME = 'libicu72';
const FILE = 'usr/lib/x86_64-linux-gnu/libicui18n.so.72.1';

test('a file at the end of a NAR of many blocks costs the blocks that hold it', async ({
  explorer,
  cache,
  corpus,
}) => {
  const path = corpus.paths.find(({ name }) => name === NAME);
  if (!path) throw new Error(`${NAME} is not in the corpus`);
  await explorer.visit(`${path.storePath}/${FILE}`);
  await explorer.fileIs('libicui18n.so.72.1');
  const saved = await explorer.download();
  await expectSaved(saved, corpus, `${path.storePath}/${FILE}`);
  const requests = cache.requests.filter((one) => one.path.startsWith('/nar/'));
  expect(requests.every(({ range }) => /^bytes=[1-9]/.test(range ?? ''))).toBe(true);
  const bytes = requests.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
  // What is compressed is shorter than the file, also with its neighbours in the first and last block.
  expect(bytes).toBeLessThan(saved.bytes.length);
});

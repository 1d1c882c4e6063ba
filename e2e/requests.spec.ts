import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const hello = samplePath('hello-1.2');
const oddNames = samplePath('odd-names-2.0');

test('the tree costs two requests, and no byte of a NAR', async ({ explorer, cache }) => {
  await explorer.visit(hello.storePath);
  await explorer.treeStands();
  expect(cache.requests.map(({ path }) => path).sort()).toEqual([
    `/${hello.hashPart}.ls`,
    `/${hello.hashPart}.narinfo`,
  ]);
});

test('without .ls the NAR is read once: the next files cost nothing', async ({ explorer, cache, corpus }) => {
  cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
  await explorer.visit(hello.storePath);
  await explorer.treeStands();
  await explorer.progressIsGone();
  expect(cache.requests.filter(({ path }) => path.startsWith('/nar/')).length).toBe(1);
  cache.forget();
  await explorer.select('bin/hello');
  await expectSaved(await explorer.download(), corpus, `${hello.storePath}/bin/hello`);
  await explorer.select('share/hello/numbers.txt');
  await expectSaved(await explorer.download(), corpus, `${hello.storePath}/share/hello/numbers.txt`);
  expect(cache.requests).toEqual([]);
});

test('without compression only the bytes of the file are asked for, and its length in front of them', async ({
  explorer,
  cache,
  corpus,
}) => {
  await explorer.visit(oddNames.storePath);
  await explorer.treeStands();
  await explorer.select('.hidden');
  await explorer.fileIs('.hidden');
  const saved = await explorer.download();
  // Browsers drop a dot that comes first.
  await expectSaved({ ...saved, name: '.hidden' }, corpus, `${oddNames.storePath}/.hidden`);
  for (const request of cache.requests.filter(({ path }) => path.startsWith('/nar/'))) {
    expect(request.range).toMatch(/^bytes=\d+-\d+$/);
    expect(request.writtenBytes).toBe(8 + saved.bytes.length);
  }
});

test('with no network but its own server the sample opens', async ({ explorer, sites, cache }) => {
  await explorer.visit('/', { cache: 'default' });
  await explorer.engine.click({ role: 'link', name: /hello-static-1\.2/ });
  await explorer.treeStands();
  await explorer.select('bin/hello-static');
  await explorer.fileIs('hello-static');
  expect(cache.requests).toEqual([]);
  for (const url of explorer.engine.requestedUrls() ?? []) {
    expect(url).toMatch(new RegExp(`^(blob:|data:)|^${sites.root.url}`));
  }
});

test('the landing page loads no decoder', async ({ explorer }) => {
  await explorer.visit();
  await explorer.focusInput();
  const urls = await explorer.engine.evaluate<string[]>(
    `performance.getEntriesByType('resource').map(({ name }) => name)`,
  );
  expect(
    [...urls, ...(explorer.engine.requestedUrls() ?? [])].filter((url) =>
      /wasm|xz|zstd|brotli|bzip2|pako/.test(url),
    ),
  ).toEqual([]);
});

import { expectedOf } from './fixtures/expected';
import { startCacheServer } from './support/cache-server';
import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const hello = samplePath('hello-1.2');
const helloStatic = samplePath('hello-static-1.2');
const SYMLINK = { role: 'region', name: 'Symlink' };
const oddNames = samplePath('odd-names-2.0');

test('paste a store path, see its files, save one', async ({ explorer, corpus }) => {
  await explorer.visit();
  await explorer.open(helloStatic.storePath);
  await explorer.treeStands();
  await explorer.select('bin/hello-static');
  await explorer.fileIs('hello-static');
  await expectSaved(await explorer.download(), corpus, `${helloStatic.storePath}/bin/hello-static`);
  await explorer.addressIs(`${helloStatic.storePath}/bin/hello-static`);
  expect(await explorer.engine.title()).toBe('bin/hello-static · hello-static-1.2');
});

test('paste a narinfo URL of any cache', async ({ explorer, cache, corpus }) => {
  await explorer.visit('/', { cache: 'default' });
  await explorer.open(`${cache.url}/${hello.hashPart}.narinfo`);
  await explorer.treeStands();
  await explorer.select('share/hello/numbers.txt');
  await expectSaved(await explorer.download(), corpus, `${hello.storePath}/share/hello/numbers.txt`);
});

test('paste a store path with a path inside, with blanks around it', async ({ explorer }) => {
  await explorer.visit();
  await explorer.open(`  ${hello.storePath}/bin/hello  `);
  await explorer.fileIs('hello');
  await explorer.addressIs(`${hello.storePath}/bin/hello`);
});

test('a hash part alone is enough, and the address learns the name', async ({ explorer }) => {
  await explorer.visit();
  await explorer.open(helloStatic.hashPart);
  await explorer.treeStands();
  await explorer.addressIs(helloStatic.storePath);
});

test('text with several store paths offers the choice', async ({ explorer }) => {
  await explorer.visit();
  await explorer.open(`error: ${hello.storePath} does not refer to ${helloStatic.storePath}`);
  await explorer.engine.click({ role: 'button', name: /hello-static-1\.2/ });
  await explorer.treeStands();
  await explorer.addressIs(helloStatic.storePath);
});

test('rows say what they are: names, levels, places, symlinks', async ({ explorer }) => {
  const { engine } = explorer;
  await explorer.visit(`${hello.storePath}/bin/hello`);
  await explorer.treeStands();
  const bin = explorer.entry('bin', 1);
  expect(await engine.attribute(bin, 'aria-expanded')).toBe('true');
  expect(await engine.attribute(bin, 'aria-setsize')).toBe('2');
  expect(await engine.attribute(bin, 'aria-posinset')).toBe('1');
  expect(await engine.attribute(explorer.entry('hello', 2), 'aria-selected')).toBe('true');
  expect(await engine.text(explorer.entry('numbers', 2))).toContain('../share/hello/numbers.txt');
  expect(await engine.text(explorer.entry('hello', 2))).toMatch(/6.296/);
});

test('a symlink inside is followed, one into another store path opens it', async ({ explorer }) => {
  const greet = samplePath('greet-0.3');
  await explorer.visit(`${hello.storePath}/bin/numbers`);
  await explorer.engine.click({
    role: 'link',
    name: /share\/hello\/numbers\.txt/,
    within: SYMLINK,
  });
  await explorer.addressIs(`${hello.storePath}/share/hello/numbers.txt`);
  await explorer.visit(`${greet.storePath}/bin/hello`);
  await explorer.engine.click({ role: 'link', name: /bin\/hello/, within: SYMLINK });
  await explorer.fileIs('hello');
  await explorer.addressIs(`${hello.storePath}/bin/hello`);
});

test('names that are hard: shown, linked, saved', async ({ explorer, corpus }) => {
  await explorer.visit(oddNames.storePath);
  await explorer.treeStands();
  await explorer.select('a?b#c%d&e=f');
  await explorer.addressIs(/\/a%3Fb%23c%25d(&|%26)e(=|%3D)f$/);
  const saved = await explorer.download();
  // A question mark is no name on Windows: the name may be made safe, the bytes must be the same.
  await expectSaved({ ...saved, name: 'a?b#c%d&e=f' }, corpus, `${oddNames.storePath}/a?b#c%d&e=f`);
  await explorer.visit(`${oddNames.storePath}/not-utf8-%FF%FE`);
  await explorer.fileIs('not-utf8-\\xff\\xfe');
});

test('a file of 30 MB, whole and the same', async ({ explorer, corpus }) => {
  const icu = corpus.paths.find(({ name }) => name.startsWith('libicu'));
  if (!icu) throw new Error('no ICU in the corpus');
  const server = await startCacheServer({ folder: corpus.caches.zstd });
  await explorer.visit('/', { cache: 'default' });
  await explorer.open(`${server.url}/${icu.hashPart}.narinfo`);
  await explorer.treeStands();
  const { rows } = await expectedOf(icu);
  const largest = rows.reduce((a, b) => ((b.size ?? 0) > (a.size ?? 0) ? b : a));
  await explorer.select(largest.narPath);
  await expectSaved(await explorer.download(), corpus, `${icu.storePath}/${largest.narPath}`);
  await server.close();
});

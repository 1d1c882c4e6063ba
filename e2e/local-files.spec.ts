import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './support/explorer';
import { sampleFile, samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const helloStatic = samplePath('hello-static-1.2');

test('drop a .nar.zst, save a file of it', async ({ explorer, cache, corpus, folder }) => {
  const file = join(folder, 'hello-static.nar.zst');
  copyFileSync(sampleFile(helloStatic.narUrl), file);
  await explorer.visit();
  await explorer.engine.dropFile(file);
  await explorer.treeStands();
  await explorer.addressIs('/local');
  await explorer.select('bin/hello-static');
  await expectSaved(await explorer.download(), corpus, `${helloStatic.storePath}/bin/hello-static`);
  expect(cache.requests).toEqual([]);
});

test('pick a file: its bytes count, not its name', async ({ explorer, folder }) => {
  const file = join(folder, 'photo.jpg');
  copyFileSync(sampleFile(helloStatic.narUrl), file);
  await explorer.visit();
  await explorer.openFile(file);
  await explorer.treeStands();
  await explorer.select('share/doc/hello-static/README.md');
  await explorer.fileIs('README.md');
});

test('an export stream asks which of its store paths', async ({ explorer, corpus }) => {
  await explorer.visit();
  await explorer.openFile(corpus.exportFile);
  await explorer.engine.click({ role: 'button', name: /hello-static-1\.2/ });
  await explorer.treeStands();
  await explorer.select('bin/hello-static');
  await expectSaved(await explorer.download(), corpus, `${helloStatic.storePath}/bin/hello-static`);
});

test('something else is refused in words', async ({ explorer }) => {
  await explorer.visit();
  await explorer.openFile(sampleFile('../../package.json'));
  expect(await explorer.failure()).toMatch(/^metadata-format /);
});

import { expectedOf } from './fixtures/expected';
import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';

const hello = samplePath('hello-1.2');

/** The picker itself cannot be answered by a driver; here it answers by itself, with a file of the origin's own. */
test.use({
  openOptions: {
    initScript: `globalThis.showSaveFilePicker = async ({ suggestedName }) =>
      (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });`,
  },
});

test('where there is a save dialog, the file is written as it is decoded', async ({ explorer, corpus }) => {
  await explorer.visit(`${hello.storePath}/share/hello/numbers.txt`);
  await explorer.fileIs('numbers.txt');
  await explorer.startDownload();
  const written = () =>
    explorer.engine.evaluate<number>(`navigator.storage.getDirectory()
      .then((folder) => folder.getFileHandle('numbers.txt')).then((handle) => handle.getFile()).then((file) => file.size, () => -1)`);
  const path = corpus.paths.find(({ storePath }) => storePath === hello.storePath);
  if (!path) throw new Error('hello is not in the corpus');
  const { rows } = await expectedOf(path);
  const expected = rows.find(({ narPath }) => narPath === 'share/hello/numbers.txt')?.size;
  await expect.poll(written).toBe(expected);
});

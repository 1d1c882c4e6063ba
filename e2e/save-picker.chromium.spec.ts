import { readFileSync } from 'node:fs';
import { expectedOf } from './fixtures/expected';
import { expect, test } from './support/explorer';
import { recordFact } from './support/facts';
import { sampleFile, samplePath } from './support/sample';

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

test('a verified download takes its place only when the NAR is right, and leaves nothing when it is not', async ({
  explorer,
  cache,
}) => {
  const { engine } = explorer;
  const oddNames = samplePath('odd-names-2.0');
  const nar = readFileSync(sampleFile(oddNames.narUrl));
  const written = () =>
    engine.evaluate<number>(`navigator.storage.getDirectory()
      .then((folder) => folder.getFileHandle('.hidden')).then((handle) => handle.getFile()).then((file) => file.size, () => -1)`);
  // The right NAR would be kept, and the wrong one not asked for.
  await explorer.visit(`${oddNames.storePath}/.hidden`, { settings: { keptQuota: 0 } });
  await explorer.fileIs('.hidden');
  await engine.click({ role: 'checkbox', name: /^verify before it is saved/ });

  cache.misbehave(`/${oddNames.narUrl}`, { kind: 'stall', afterBytes: nar.length - 50 });
  await explorer.startDownload();
  await engine.waitFor({ role: 'progressbar', name: 'Verifying .hidden' });
  // The picker made the file; what is to be in it waits.
  expect(await written()).toBe(0);
  cache.behave();
  cache.release();
  await expect.poll(written).toBe(12);

  await engine.evaluate(`navigator.storage.getDirectory().then((folder) => folder.removeEntry('.hidden'))`);
  cache.misbehave(`/${oddNames.narUrl}`, { kind: 'flipped', atByte: nar.indexOf('contents') + 16 });
  await explorer.visit(`${oddNames.storePath}/.hidden`, { cache: 'default' });
  await explorer.fileIs('.hidden');
  await explorer.startDownload();
  await engine.waitFor({ css: '[data-wrong-file]' });
  await expect.poll(written).toBe(-1);
  recordFact({
    kind: 'fault',
    area: 'verdicts',
    fault:
      'a download that is verified, into a file that a save dialog made, of a NAR that is not the one described',
    outcome: 'the file takes its place only after the check; here it is gone again',
    where: 'chromium',
    command: 'npm run test:page -- --project=chromium save-picker',
  });
});

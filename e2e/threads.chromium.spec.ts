import type { Page } from '@playwright/test';
import { sha256 } from './fixtures/expected';
import type { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';
import { playwrightPage } from './support/playwright-engine';
import { expect, fileOf, test, wholeNarIsRead } from './support/soak';
import { spoolFiles } from './support/spool-folder';

/** The picker answers by itself, with a file of the origin's own that the browser writes as it writes any other. */
const PICKER = `globalThis.showSaveFilePicker = async ({ suggestedName }) =>
  (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });`;

const record = (fault: string, outcome: string) =>
  recordFact({
    kind: 'fault',
    area: 'threads',
    fault,
    outcome,
    where: 'chromium',
    command: 'npm run test:page -- --project=chromium threads',
  });

/** An error that nobody catches, out of the middle of nowhere: what is left of the worker cannot be trusted. */
async function killWorker(page: Page): Promise<void> {
  const [worker] = page.workers();
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error('out of memory');
    });
  });
}

/** Size of a file at the top of the origin's private file system; undefined when there is none. */
function sizeOf(page: Page, name: string): Promise<number | undefined> {
  return page.evaluate(
    (wanted) =>
      navigator.storage
        .getDirectory()
        .then((root) => root.getFileHandle(wanted))
        .then((handle) => handle.getFile())
        .then(
          ({ size }) => size,
          () => undefined,
        ),
    name,
  );
}

const openAgain = (explorer: ExplorerPage, name: string) => explorer.engine.click({ role: 'button', name });

test('a worker that dies while it opens: said at once, and a new one opens it', async ({
  explorer,
  cache,
  soak,
}) => {
  const path = soak.huge.unlisted;
  const page = playwrightPage(explorer.engine);
  cache.misbehave(`/${path.narUrl}`, { kind: 'stall', afterBytes: path.fileSize - 100 });
  await explorer.visit(path.storePath);
  await expect.poll(() => spoolFiles(page)).toHaveLength(1);
  const [ofTheDead] = await spoolFiles(page);
  await killWorker(page);
  expect(await explorer.failure()).toBe('internal worker-died');
  await expect.poll(() => cache.requests.filter(({ end }) => end === 'open')).toEqual([]);
  cache.behave();
  await openAgain(explorer, 'Try again');
  await wholeNarIsRead(explorer);
  const left = await spoolFiles(page);
  expect(left).toHaveLength(1);
  expect(left).not.toContain(ofTheDead);
  record(
    'the worker dies while it reads a NAR of 160 MiB',
    'the page says so and closes the connection; another worker opens the path and removes the private file of the first',
  );
});

test('a worker that dies in between: the open archive says so when it is asked, and is opened again', async ({
  explorer,
  soak,
}) => {
  const path = soak.huge.listed;
  const page = playwrightPage(explorer.engine);
  await explorer.visit(path.storePath);
  await explorer.select('bin/first');
  await explorer.fileIs('first');
  // Its preview is there, so nothing is asked of the worker any more.
  await expect.poll(() => explorer.engine.text({ role: 'region', name: 'File' })).toContain('echo');
  await killWorker(page);
  await expect.poll(() => page.workers().length).toBe(0);
  await explorer.startDownload();
  expect(await explorer.failure()).toBe('internal archive-closed');
  await openAgain(explorer, 'Open it again');
  await expect.poll(() => explorer.engine.count({ css: '[role=alert]' })).toBe(0);
  await explorer.fileIs('first');
  const saved = await explorer.download();
  expect(sha256(saved.bytes)).toBe(fileOf(path, 'bin/first').sha256);
  record(
    'the worker dies while nothing is asked of it',
    'the next download fails in words; after one click the archive is open again and the saved file right',
  );
});

test.describe('with a save dialog', () => {
  test.use({ openOptions: { initScript: PICKER } });

  test('a worker that dies while a file is saved: nothing half-written is there', async ({
    explorer,
    cache,
    soak,
  }) => {
    const path = soak.huge.listed;
    const page = playwrightPage(explorer.engine);
    cache.misbehave(`/${path.narUrl}`, { kind: 'stall', afterBytes: path.fileSize - 100 });
    await explorer.visit(`${path.storePath}/share/zlast.txt`);
    await explorer.select('share/long.txt');
    await explorer.fileIs('long.txt');
    await explorer.startDownload();
    await expect.poll(() => explorer.engine.text({ css: 'footer' })).toMatch(/1[0-9]{2} MiB decoded/);
    expect(await sizeOf(page, 'long.txt')).toBe(0);
    await killWorker(page);
    expect(await explorer.failure()).toBe('internal worker-died');
    await expect.poll(() => sizeOf(page, 'long.txt')).toBeUndefined();
    expect(await explorer.engine.text({ css: '[role=status]' })).toBe('long.txt was not saved');
    await expect.poll(() => cache.requests.filter(({ end }) => end === 'open')).toEqual([]);
    cache.behave();
    await openAgain(explorer, 'Open it again');
    await expect.poll(() => explorer.engine.count({ css: '[role=alert]' })).toBe(0);
    await explorer.startDownload();
    await expect.poll(() => sizeOf(page, 'long.txt')).toBe(fileOf(path, 'share/long.txt').size);
    record(
      'the worker dies while a file is saved',
      'the download fails in words and leaves no file; opened again, it is saved whole',
    );
  });

  test('a tab closed while a file is saved leaves what was there before, and asks first', async ({
    explorer,
    cache,
    soak,
  }) => {
    const path = soak.huge.listed;
    const page = playwrightPage(explorer.engine);
    await explorer.visit(`${path.storePath}/share/zlast.txt`);
    await page.evaluate(() =>
      navigator.storage
        .getDirectory()
        .then((root) => root.getFileHandle('long.txt', { create: true }))
        .then((handle) => handle.createWritable())
        .then(async (writable) => {
          await writable.write('what was there before');
          await writable.close();
        }),
    );
    const asked: string[] = [];
    page.on('dialog', async (dialog) => {
      asked.push(dialog.type());
      if (asked.length === 1) await dialog.dismiss();
      else await dialog.accept();
    });
    await explorer.fileIs('zlast.txt');
    await explorer.select('share/long.txt');
    await page.reload();
    expect(asked, 'nothing is being saved').toEqual([]);

    cache.misbehave(`/${path.narUrl}`, { kind: 'stall', afterBytes: path.fileSize - 100 });
    await explorer.fileIs('long.txt');
    await explorer.startDownload();
    await expect.poll(() => explorer.engine.text({ css: 'footer' })).toMatch(/1[0-9]{2} MiB decoded/);
    await page.close({ runBeforeUnload: true });
    await expect.poll(() => asked).toEqual(['beforeunload']);
    expect(await explorer.engine.text({ css: 'footer' })).toContain('Saving long.txt');

    // Now the person means it.
    const after = await page.context().newPage();
    await after.goto(new URL('/-blank', page.url()).href);
    const [ofTheClosed] = await spoolFiles(after);
    expect(ofTheClosed).toBeDefined();
    await page.reload();
    expect(asked).toEqual(['beforeunload', 'beforeunload']);
    await expect.poll(() => cache.requests.filter(({ end }) => end === 'open').length).toBeLessThanOrEqual(1);
    expect(await sizeOf(after, 'long.txt')).toBe('what was there before'.length);
    cache.release();
    cache.behave();
    await explorer.fileIs('long.txt');
    await explorer.startDownload();
    await expect.poll(() => sizeOf(after, 'long.txt')).toBe(fileOf(path, 'share/long.txt').size);
    expect(await spoolFiles(after)).not.toContain(ofTheClosed);
    await after.close();
    record(
      'a tab is left while a file is saved over another',
      'the browser asks first; who leaves all the same finds the old file whole, and the next visit clears up and saves',
    );
  });
});

import { readFileSync } from 'node:fs';
import { startCacheServer } from './support/cache-server';
import type { Target } from './support/engine';
import { expect, test } from './support/explorer';
import type { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';
import { playwrightPage } from './support/playwright-engine';
import { sampleFile, samplePath } from './support/sample';
import { expectSaved } from './support/saved';
import { damageKept, KEPT_FOLDER, keptFiles, keptNars } from './support/spool-folder';

const hello = samplePath('hello-1.2');
const oddNames = samplePath('odd-names-2.0');
const NUMBERS = `${hello.storePath}/share/hello/numbers.txt`;
const SAMPLE_KEY = readFileSync(sampleFile('public-key'), 'utf8').trim();

const VERIFY: Target = { role: 'button', name: /^Verify/ };
const SETTINGS: Target = { role: 'dialog', name: 'Settings' };

const status = ({ engine }: ExplorerPage) =>
  engine.evaluate<string>(`document.querySelector('[role=status]')?.textContent ?? ''`);

/** Opens a path, verifies it, and waits until that was kept. */
async function keep(explorer: ExplorerPage, storePath: string, nars = 1): Promise<void> {
  await explorer.visit(storePath, { cache: 'default' });
  await explorer.treeStands();
  await explorer.engine.click(VERIFY);
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  await expect.poll(() => keptNars(explorer.engine)).toBe(nars);
}

function fact(fault: string, outcome: string, { engine }: ExplorerPage): void {
  const command = `npm run test:page -- --project=${engine.name} kept.opfs`;
  recordFact({ kind: 'fault', area: 'storage', fault, outcome, where: engine.name, command });
}

test.beforeEach(async ({ explorer }) => {
  await explorer.visit('/', { settings: { trustedKeys: [SAMPLE_KEY] } });
});

test('a path that was kept costs its narinfo, and its files nothing', async ({ explorer, cache, corpus }) => {
  await keep(explorer, hello.storePath);
  cache.forget();
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await expect.poll(() => status(explorer)).toContain('kept on this computer: 1 request');
  expect(await explorer.verdict('signature')).toBe('verified');
  expect(await explorer.verdict('nar-hash')).toBe('unchecked');
  expect(await explorer.verdict('file-hash')).toBe('impossible');
  await explorer.select('share/hello/numbers.txt');
  await explorer.fileIs('numbers.txt');
  await expectSaved(await explorer.download(), corpus, NUMBERS);
  await expect.poll(() => status(explorer)).toContain('not verified');
  await explorer.visit(`${hello.storePath}?view=info`, { cache: 'default' });
  const narinfo = { role: 'region', name: 'narinfo' };
  await explorer.engine.waitFor(narinfo);
  expect(await explorer.engine.text(narinfo)).toContain('It was not fetched.');
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await explorer.engine.click(VERIFY);
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  expect(cache.requests.map(({ path }) => path)).toEqual(Array(3).fill(`/${hello.hashPart}.narinfo`));
});

test('without a cache that answers, what was kept is shown, and says so', async ({ explorer, corpus }) => {
  const server = await startCacheServer({ folder: corpus.caches.xz });
  explorer.mayFail.push(server.url);
  const perl = corpus.paths.find(({ name }) => name === 'perl-base');
  if (!perl) throw new Error('perl-base is not in the corpus');
  await explorer.visit('/', { settings: { substituters: [{ url: server.url }] } });
  await keep(explorer, perl.storePath);
  await server.close();
  await explorer.visit(perl.storePath, { cache: 'default' });
  await explorer.treeStands();
  await expect.poll(() => status(explorer)).toContain('as no cache answered');
  const note = { css: '[data-quirk="no-cache-answered"]' };
  expect(await explorer.engine.text(note)).toContain('No cache answered. This is what was kept');
  await explorer.engine.click(VERIFY);
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  await explorer.select('usr/bin/perl');
  await explorer.fileIs('perl');
  await expectSaved(await explorer.download(), corpus, `${perl.storePath}/usr/bin/perl`);
  fact(
    'no cache answers, for a path that was kept',
    'it is shown as it was kept, with its date, and can be verified',
    explorer,
  );
});

test('a kept NAR that was damaged is noticed, never called verified, and fetched anew', async ({
  explorer,
  cache,
  corpus,
}) => {
  const { engine } = explorer;
  await keep(explorer, hello.storePath);
  await damageKept(engine, '\n16\n17');
  await explorer.visit(NUMBERS, { cache: 'default' });
  await explorer.fileIs('numbers.txt');
  await engine.click({ role: 'checkbox', name: /^verify before it is saved/ });
  await explorer.startDownload();
  await engine.waitFor({ css: '[data-wrong-file]' });
  expect(await engine.attribute({ css: '[data-file-check]' }, 'data-file-check')).toBe('mismatch');
  expect(await engine.text({ css: '[data-quirk="kept-damaged"]' })).toContain('it is removed');
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await keep(explorer, hello.storePath);

  await damageKept(engine, '\n16\n17');
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await engine.click(VERIFY);
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('mismatch');
  cache.forget();
  await engine.click({ role: 'button', name: 'Fetch it anew' });
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('unchecked');
  await expect.poll(() => keptFiles(engine)).toEqual([]);
  await explorer.select('share/hello/numbers.txt');
  await explorer.fileIs('numbers.txt');
  await expectSaved(await explorer.download(), corpus, NUMBERS);
  await expect.poll(() => status(explorer)).toContain('verified');
  expect(cache.requests.some(({ path }) => path === `/${hello.narUrl}`)).toBe(true);
  fact(
    'a byte of a kept NAR is another on the next visit',
    'verifying finds it, nothing is saved as verified, it is removed and can be fetched anew',
    explorer,
  );
});

test('a kept NAR that is changed under an open archive is not read any more, verified or not', async ({
  explorer,
  corpus,
}) => {
  const { engine } = explorer;
  await keep(explorer, hello.storePath);
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await engine.click(VERIFY);
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  await damageKept(engine, '\n16\n17');
  await explorer.select('share/hello/numbers.txt');
  await explorer.fileIs('numbers.txt');
  expect(await explorer.failure()).toBe('source kept-bytes-lost');
  await engine.click({ role: 'button', name: 'Open it again' });
  await explorer.progressIsGone();
  await explorer.fileIs('numbers.txt');
  await expectSaved(await explorer.download(), corpus, NUMBERS);
  await expect.poll(() => keptFiles(engine)).toEqual([]);
  fact(
    'a kept NAR is changed while its path stands open, after it was verified',
    'reading it fails in words; opened again, it is fetched anew and the saved file is right',
    explorer,
  );
});

test('the quota is kept to: the least recently used goes', async ({ explorer, cache }) => {
  const { engine } = explorer;
  const greet = samplePath('greet-0.3');
  await keep(explorer, hello.storePath);
  await keep(explorer, oddNames.storePath, 2);
  const quota = await engine.evaluate<number>(`(async () => {
    let sum = 0;
    const root = await navigator.storage.getDirectory();
    for await (const one of (await root.getDirectoryHandle('${KEPT_FOLDER}')).values()) sum += (await one.getFile()).size;
    return sum;
  })()`);
  await explorer.visit('/', { settings: { trustedKeys: [SAMPLE_KEY], keptQuota: quota } });
  // Opening uses: now the other one is what was not used for longer.
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await keep(explorer, greet.storePath, 2);
  const requestsOf = async ({ storePath }: typeof greet) => {
    cache.forget();
    await explorer.visit(storePath, { cache: 'default' });
    await explorer.treeStands();
    return cache.requests.length;
  };
  expect(await requestsOf(hello)).toBe(1);
  expect(await requestsOf(greet)).toBe(1);
  expect(await requestsOf(oddNames)).toBe(2);
});

test('a quota of 0 keeps nothing', async ({ explorer }) => {
  await explorer.visit('/', { settings: { keptQuota: 0 } });
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  await explorer.engine.click(VERIFY);
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  // What is closed has been kept, if it was to be.
  await explorer.engine.click({ role: 'link', name: /^NAR.Explorer/ });
  await explorer.engine.waitFor({ role: 'textbox', name: 'Store path, URL or file' });
  expect(await keptFiles(explorer.engine)).toEqual([]);
});

test('the settings show what is kept, and remove it', async ({ explorer, cache }) => {
  const { engine } = explorer;
  await keep(explorer, hello.storePath);
  const used = { css: '[data-kept-used]' };
  const button = (name: string): Target => ({ role: 'button', name, within: SETTINGS });
  await engine.click({ role: 'button', name: 'Settings' });
  await expect.poll(() => engine.text(used)).toMatch(/ of 1\.0+ ?GiB used, by 1 NAR/);
  await engine.click(button('Remove all'));
  expect(await engine.text(used)).toContain('All of it is removed when you save.');
  await engine.click(button('Undo'));
  expect(await engine.text(used)).toContain('by 1 NAR');
  await engine.click(button('Remove all'));
  await engine.click(button('Save'));
  // The path is open, but not out of what is kept.
  await expect.poll(() => keptFiles(engine)).toEqual([]);
  await engine.click({ role: 'button', name: 'Settings' });
  await expect.poll(() => engine.text(used)).toContain('None of');
  await engine.click(button('Cancel'));
  cache.forget();
  await explorer.visit(hello.storePath, { cache: 'default' });
  await explorer.treeStands();
  expect(cache.requests).toHaveLength(2);
});

test('two tabs read what is kept at once; what one removes goes when the other has left it', async ({
  explorer,
  cache,
  corpus,
}) => {
  const { engine } = explorer;
  await keep(explorer, hello.storePath);
  cache.forget();
  await explorer.visit(NUMBERS, { cache: 'default' });
  await explorer.fileIs('numbers.txt');
  const second = await playwrightPage(engine).context().newPage();
  await second.goto(await engine.address());
  await second.locator('footer', { hasText: 'kept on this computer' }).waitFor();
  expect(cache.requests.map(({ path }) => path)).toEqual(Array(2).fill(`/${hello.hashPart}.narinfo`));
  await second.getByRole('button', { name: 'Settings' }).click();
  await second.getByRole('button', { name: 'Remove all' }).click();
  await second.getByRole('button', { name: 'Save' }).click();
  await expect.poll(() => keptNars(engine)).toBe(0);
  await second.close();
  const { bytes } = await explorer.download();
  await expectSaved({ name: 'numbers.txt', bytes }, corpus, NUMBERS);
  await engine.click({ role: 'link', name: /^NAR.Explorer/ });
  await expect.poll(() => keptFiles(engine)).toEqual([]);
});

test('what a tab that died was writing is removed by the next one', async ({ explorer }) => {
  const { engine } = explorer;
  await keep(explorer, hello.storePath);
  const whole = await keptFiles(engine);
  await engine.evaluate(`navigator.storage.getDirectory()
    .then((root) => root.getDirectoryHandle('${KEPT_FOLDER}'))
    .then((folder) => folder.getFileHandle('${'0'.repeat(52)}.nar', { create: true })).then(() => undefined)`);
  expect(await keptFiles(engine)).toHaveLength(whole.length + 1);
  await explorer.visit(oddNames.storePath, { cache: 'default' });
  await explorer.treeStands();
  await expect.poll(async () => (await keptFiles(engine)).sort()).toEqual(whole.sort());
  fact(
    'a tab ends while it writes a NAR that is to be kept',
    'the next one removes what was written, and only that',
    explorer,
  );
});

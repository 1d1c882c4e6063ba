import { readFileSync } from 'node:fs';
import { expectedOf, sha256 } from './fixtures/expected';
import type { Saved } from './support/engine';
import { expect, test } from './support/explorer';
import type { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';
import { sampleFile, samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const hello = samplePath('hello-1.2');
const oddNames = samplePath('odd-names-2.0');
const SAMPLE_KEY = readFileSync(sampleFile('public-key'), 'utf8').trim();

// WebKit calls no list a list that shows no marks.
const FACTS = { css: '[aria-label="Facts"]' };
const SHOUT = { css: '[data-wrong-file]' };
const CHOICE = { role: 'checkbox', name: /^verify before it is saved/ };

const stateOf = ({ engine }: ExplorerPage, check: string) =>
  engine.attribute({ css: `[data-check="${check}"]` }, 'data-state');
const fileState = ({ engine }: ExplorerPage) =>
  engine.attribute({ css: '[data-file-check]' }, 'data-file-check');
/** What is written there: WebKit's driver answers nothing for text that a narrow place may cut off. */
const writtenIn = ({ engine }: ExplorerPage, css: string) =>
  engine.evaluate<string>(`document.querySelector('${css}')?.textContent ?? ''`);
const status = (explorer: ExplorerPage) => writtenIn(explorer, '[role=status]');

/** As a person who trusts the sample's key for the test's cache. */
async function visitTrusting(explorer: ExplorerPage, address: string): Promise<void> {
  await explorer.visit('/', { settings: { trustedKeys: [SAMPLE_KEY] } });
  await explorer.visit(address, { cache: 'default' });
}

/** From now on the page counts what it hands to the browser to be saved. */
async function countSaved({ engine }: ExplorerPage): Promise<() => Promise<number>> {
  await engine.evaluate(`(() => {
    const create = URL.createObjectURL;
    globalThis.savedFiles = 0;
    URL.createObjectURL = (blob) => { globalThis.savedFiles++; return create.call(URL, blob); };
  })()`);
  return () => engine.evaluate<number>('globalThis.savedFiles');
}

/** The first file of an uncompressed NAR has one byte that is another, when the NAR is read from its beginning. */
function flipContents(cache: { misbehave(where: string, how: object): void }): void {
  const nar = readFileSync(sampleFile(oddNames.narUrl));
  // Behind the token stands the length, then the first file's first byte.
  cache.misbehave(`/${oddNames.narUrl}`, { kind: 'flipped', atByte: nar.indexOf('contents') + 16 });
}

function fact(fault: string, outcome: string, { engine }: ExplorerPage): void {
  const command = `npm run test:page -- --project=${engine.name} verify`;
  recordFact({ kind: 'fault', area: 'verdicts', fault, outcome, where: engine.name, command });
}

test('a signature is checked at once, the rest when the whole NAR is read', async ({ explorer, sites }) => {
  await explorer.visit(`${hello.storePath}/bin/hello?cache=${sites.root.url}sample-cache`);
  await explorer.fileIs('hello');
  expect(await stateOf(explorer, 'signature')).toBe('verified');
  expect(await stateOf(explorer, 'nar-hash')).toBe('unchecked');
  expect(await fileState(explorer)).toBe('unchecked');
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  for (const check of ['nar-hash', 'nar-size', 'file-hash', 'file-size', 'listing']) {
    await expect.poll(() => stateOf(explorer, check)).toBe('verified');
  }
  expect(await fileState(explorer)).toBe('verified');
  await explorer.visit(`${hello.storePath}?cache=${sites.root.url}sample-cache`);
  await expect.poll(() => explorer.engine.text(FACTS)).toContain('verified by nar-explorer-sample-1');
});

test('the sample key is trusted for the sample cache alone, and no key of an address is', async ({
  explorer,
}) => {
  const key = encodeURIComponent(SAMPLE_KEY);
  for (const query of ['', `?trusted-public-keys=${key}&key=${key}&publicKey=${key}`]) {
    await explorer.visit(`${hello.storePath}/bin/hello${query}`);
    await explorer.fileIs('hello');
    expect(await stateOf(explorer, 'signature')).toBe('impossible');
    expect(await explorer.engine.text(FACTS)).toContain('signed by a key you do not trust');
  }
  fact('an address that brings a key along', 'the key is not trusted', explorer);
});

test('one bit of a file that is another is a mismatch', async ({ explorer, cache }) => {
  flipContents(cache);
  await explorer.visit(oddNames.storePath);
  await explorer.treeStands();
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  await expect.poll(() => stateOf(explorer, 'nar-hash')).toBe('mismatch');
  expect(await stateOf(explorer, 'nar-size')).toBe('verified');
});

test('a download is verified before it is saved, by one transfer', async ({ explorer, cache, corpus }) => {
  await visitTrusting(explorer, `${hello.storePath}/share/hello/numbers.txt`);
  await explorer.fileIs('numbers.txt');
  await expect.poll(() => explorer.engine.text({ role: 'region', name: 'File' })).toContain('1');
  await explorer.engine.click(CHOICE);
  cache.forget();
  await expectSaved(await explorer.download(), corpus, `${hello.storePath}/share/hello/numbers.txt`);
  await expect.poll(() => status(explorer)).toContain('verified');
  expect(await explorer.engine.attribute({ css: '[data-saved]' }, 'data-saved')).toBe('verified');
  expect(await fileState(explorer)).toBe('verified');
  const { length } = readFileSync(sampleFile(hello.narUrl));
  expect(cache.requests.map(({ path, range, writtenBytes }) => ({ path, range, writtenBytes }))).toEqual([
    { path: `/${hello.narUrl}`, range: undefined, writtenBytes: length },
  ]);
  // It is remembered.
  await explorer.visit(`${oddNames.storePath}/.hidden`, { cache: 'default' });
  await explorer.fileIs('.hidden');
  expect(await explorer.engine.evaluate(`document.querySelector('input[type=checkbox]').checked`)).toBe(true);
});

test('a verified download of a wrong NAR is never saved', async ({ explorer, cache }) => {
  await visitTrusting(explorer, `${oddNames.storePath}/.hidden`);
  await explorer.fileIs('.hidden');
  await explorer.engine.click(CHOICE);
  flipContents(cache);
  const saved = await countSaved(explorer);
  await explorer.startDownload();
  await explorer.engine.waitFor(SHOUT);
  expect(await explorer.engine.text(SHOUT)).toMatch(
    /\.hidden was not saved: it is not what the narinfo describes[\s\S]*NAR hash/,
  );
  expect(await explorer.engine.attribute(SHOUT, 'role')).toBe('alert');
  expect(await fileState(explorer)).toBe('mismatch');
  expect(await saved()).toBe(0);
  fact(
    'a download that is verified, of a NAR that is not the one described',
    'nothing is saved, and an alert says why',
    explorer,
  );
});

test('who stops verifying keeps the file, which is not called verified', async ({
  explorer,
  cache,
  corpus,
}) => {
  await visitTrusting(explorer, `${oddNames.storePath}/.hidden`);
  await explorer.fileIs('.hidden');
  await explorer.engine.click(CHOICE);
  const { length } = readFileSync(sampleFile(oddNames.narUrl));
  cache.misbehave(`/${oddNames.narUrl}`, { kind: 'stall', afterBytes: length - 50 });
  const saved = await explorer.engine.download(async () => {
    await explorer.startDownload();
    await explorer.engine.waitFor({ role: 'progressbar', name: 'Verifying .hidden' });
    await explorer.cancel();
  });
  await expectSaved({ ...saved, name: '.hidden' }, corpus, `${oddNames.storePath}/.hidden`);
  await expect.poll(() => status(explorer)).toContain('not verified');
  expect(await fileState(explorer)).toBe('unchecked');
  fact(
    'verifying a download is cancelled when its file is there',
    'the file is saved, and said to be not verified',
    explorer,
  );
});

test('a mismatch after saving is shouted, and the next download asks', async ({ explorer, cache }) => {
  const { engine } = explorer;
  flipContents(cache);
  await visitTrusting(explorer, `${oddNames.storePath}/.hidden`);
  await explorer.fileIs('.hidden');
  await explorer.download();
  await expect.poll(() => status(explorer)).toContain('not verified');
  expect(await engine.count(SHOUT)).toBe(0);
  await engine.click({ role: 'button', name: /^Verify/ });
  await engine.waitFor(SHOUT);
  expect(await engine.text(SHOUT)).toMatch(
    /\.hidden was saved, and it is NOT what the narinfo describes\. Delete it\.[\s\S]*NAR hash: claimed/,
  );
  expect(await engine.attribute(SHOUT, 'role')).toBe('alert');

  const saved = await countSaved(explorer);
  await engine.click({ role: 'button', name: /^Download anyway/ });
  const dialog = { role: 'dialog' };
  await engine.waitFor(dialog);
  expect(await engine.text(dialog)).toContain('although it is wrong');
  await engine.click({ role: 'button', name: 'Cancel', within: dialog });
  await expect.poll(() => engine.count(dialog)).toBe(0);
  expect(await saved()).toBe(0);
  await engine.click({ role: 'button', name: 'Dismiss', within: SHOUT });
  expect(await engine.count(SHOUT)).toBe(0);
  fact(
    'a NAR is found to be another after a file of it was saved',
    'an alert names the file, and further downloads ask first',
    explorer,
  );
});

test('?dl under a trusted signature saves by itself what was verified', async ({ explorer, corpus }) => {
  const { engine } = explorer;
  const saved: Saved = await engine.download(() =>
    visitTrusting(explorer, `${hello.storePath}/bin/hello?dl`),
  );
  await expectSaved(saved, corpus, `${hello.storePath}/bin/hello`);
  const dialog = { role: 'dialog', name: 'Saved hello' };
  await engine.waitFor(dialog);
  expect(await writtenIn(explorer, 'dialog')).toMatch(
    /127\.0\.0\.1[\s\S]*nar-explorer-sample-1[\s\S]*saved, verified/,
  );
  await explorer.addressIs(`${hello.storePath}/bin/hello`);
  await engine.click({ role: 'button', name: 'Close', within: dialog });
  await expect.poll(() => engine.count(dialog)).toBe(0);
});

test('?dl under a trusted signature: another NAR is not saved, and it can be cancelled', async ({
  explorer,
  cache,
}) => {
  const { engine } = explorer;
  const { length } = readFileSync(sampleFile(oddNames.narUrl));
  cache.misbehave(`/${oddNames.narUrl}`, { kind: 'stall', afterBytes: length - 50 });
  await visitTrusting(explorer, `${oddNames.storePath}/.hidden?dl`);
  const dialog = { role: 'dialog', name: 'Saving .hidden' };
  await engine.waitFor(dialog);
  const saved = await countSaved(explorer);
  await engine.click({ role: 'button', name: 'Cancel', within: dialog });
  await expect.poll(() => status(explorer)).toContain('.hidden was not saved: cancelled');
  expect(await saved()).toBe(0);
  cache.behave();
  cache.release();
  flipContents(cache);
  await explorer.visit(`${oddNames.storePath}/.hidden?dl`, { cache: 'default' });
  await engine.waitFor(SHOUT);
  expect(await engine.text(SHOUT)).toContain('.hidden was not saved');
  expect(await engine.count({ role: 'dialog' })).toBe(0);
  fact(
    'a link with ?dl to a signed path whose cache sends another NAR',
    'nothing is saved, and an alert says why',
    explorer,
  );
});

test('on a phone the file’s state stands beside Download', async ({ explorer }) => {
  const { engine } = explorer;
  // WebKitGTK's window gets no narrower.
  await engine.resize(450, 800);
  await explorer.visit(`${hello.storePath}/bin/hello`);
  await engine.waitFor({ css: '[data-file-check]' });
  expect(await engine.text({ css: '[data-file-check]' })).toContain('this file is not verified yet');
  const [state, download, width] = await engine.evaluate<[number, number, number]>(`(() => {
    const top = (element) => element.getBoundingClientRect().top;
    const button = [...document.querySelectorAll('[aria-label="File"] button')].find((one) => one.textContent.startsWith('Download'));
    return Promise.resolve([top(document.querySelector('[data-file-check]')), top(button), document.documentElement.scrollWidth]);
  })()`);
  expect(Math.abs(state - download)).toBeLessThan(120);
  expect(width).toBeLessThanOrEqual(450);
});

test('the file that is verified is the one that Nix has', async ({ explorer, corpus, cache }) => {
  // Nothing of an uncompressed NAR that was asked for by itself is taken for the one that was verified.
  await visitTrusting(explorer, `${oddNames.storePath}/.hidden`);
  await explorer.fileIs('.hidden');
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  await expect.poll(() => fileState(explorer)).toBe('verified');
  cache.forget();
  const saved = await explorer.download();
  const path = corpus.paths.find(({ storePath }) => storePath === oddNames.storePath);
  if (!path) throw new Error('odd-names is not in the corpus');
  expect(sha256(saved.bytes)).toBe((await expectedOf(path)).contents.get('.hidden'));
  expect(cache.requests).toEqual([]);
});

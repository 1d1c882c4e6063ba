import { readFileSync } from 'node:fs';
import { expect, test } from './support/explorer';
import type { ExplorerPage } from './support/explorer-page';
import { sampleFile, samplePath } from './support/sample';

const hello = samplePath('hello-1.2');
const oddNames = samplePath('odd-names-2.0');

const stateOf = ({ engine }: ExplorerPage, check: string) =>
  engine.attribute({ css: `[data-check="${check}"]` }, 'data-state');

test('a signature is checked at once, the rest when the whole NAR is read', async ({ explorer, sites }) => {
  await explorer.visit(`${hello.storePath}/bin/hello?cache=${sites.root.url}sample-cache`);
  await explorer.fileIs('hello');
  expect(await stateOf(explorer, 'signature')).toBe('verified');
  expect(await stateOf(explorer, 'nar-hash')).toBe('unchecked');
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  for (const check of ['nar-hash', 'nar-size', 'file-hash', 'file-size', 'listing']) {
    await expect.poll(() => stateOf(explorer, check)).toBe('verified');
  }
});

test('the sample key is trusted for the sample cache alone', async ({ explorer }) => {
  await explorer.visit(`${hello.storePath}/bin/hello`);
  await explorer.fileIs('hello');
  expect(await stateOf(explorer, 'signature')).toBe('impossible');
});

test('one bit of a file that is another is a mismatch', async ({ explorer, cache }) => {
  const nar = readFileSync(sampleFile(oddNames.narUrl));
  // Behind the token stands the length, then the first file's first byte.
  cache.misbehave(`/${oddNames.narUrl}`, { kind: 'flipped', atByte: nar.indexOf('contents') + 16 });
  await explorer.visit(oddNames.storePath);
  await explorer.treeStands();
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  await expect.poll(() => stateOf(explorer, 'nar-hash')).toBe('mismatch');
  expect(await stateOf(explorer, 'nar-size')).toBe('verified');
});

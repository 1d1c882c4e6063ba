import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentAddressedPath } from '../src/nix/content-address';
import { formatHash, parseHash } from '../src/nix/hash';
import { formatStorePath } from '../src/nix/store-path';
import { fieldOf } from './fixtures/recompress';
import { expect, test } from './support/explorer';
import { sampleFile, samplePath } from './support/sample';

const helloStatic = samplePath('hello-static-1.2');
const HASHES = { css: '[aria-label="NAR hash as found"]' };
const PATH = { css: '[data-addressed-path]' };
const narHash = (hashPart: string) =>
  parseHash(fieldOf(readFileSync(sampleFile(`${hashPart}.narinfo`), 'utf8'), 'NarHash'));

async function addressed(hashPart: string, name: string): Promise<string> {
  const address = { method: 'nar' as const, hash: narHash(hashPart) };
  const path = await contentAddressedPath(name, address, { others: [], self: false });
  return path ? formatStorePath(path) : 'none';
}

test('a dropped NAR shows its hash in three forms, and the path that it would make', async ({
  explorer,
  folder,
}) => {
  const { engine } = explorer;
  const file = join(folder, 'my-hello.nar.zst');
  copyFileSync(sampleFile(helloStatic.narUrl), file);
  await explorer.visit();
  await engine.dropFile(file);
  await explorer.treeStands();
  const hash = narHash(helloStatic.hashPart);
  const text = await engine.text(HASHES);
  expect(text).toContain(formatHash(hash, 'nix32'));
  expect(text).toContain(formatHash(hash, 'sri'));
  expect(text).toContain(formatHash(hash, 'base16').slice('sha256:'.length));
  await expect.poll(() => engine.text(PATH)).toBe(await addressed(helloStatic.hashPart, 'my-hello'));
  await engine.type({ role: 'textbox', name: 'Added as' }, 'hello-static-1.2');
  await expect.poll(() => engine.text(PATH)).toBe(await addressed(helloStatic.hashPart, 'hello-static-1.2'));
  await engine.type({ role: 'textbox', name: 'Added as' }, 'not a name');
  await expect.poll(() => engine.count(PATH)).toBe(0);
  expect(await engine.count({ role: 'button', name: 'Copy the NAR hash' })).toBe(1);
});

test('a NAR by its URL does as well, and a cache’s when it was verified', async ({ explorer, cache }) => {
  const { engine } = explorer;
  await explorer.visit(`/?nar=${encodeURIComponent(`${cache.url}/${helloStatic.narUrl}`)}`);
  await explorer.treeStands();
  expect(await engine.text(HASHES)).toContain(formatHash(narHash(helloStatic.hashPart), 'nix32'));
  await engine.waitFor(PATH);
  await explorer.visit(helloStatic.storePath);
  await explorer.treeStands();
  expect(await engine.count(HASHES)).toBe(0);
  await engine.click({ role: 'button', name: /^Verify/ });
  await engine.waitFor(HASHES);
  expect(await engine.text(HASHES)).toContain(formatHash(narHash(helloStatic.hashPart), 'sri'));
});

test('a path of an export stream has the hash of its own NAR', async ({ explorer, corpus }) => {
  await explorer.visit();
  await explorer.openFile(corpus.exportFile);
  await explorer.engine.click({ role: 'button', name: /hello-static-1\.2/ });
  await explorer.treeStands();
  expect(await explorer.engine.text(HASHES)).toContain(formatHash(narHash(helloStatic.hashPart), 'nix32'));
});

import { expect, test } from './support/explorer';
import type { Misbehaviour } from './support/misbehaviour';
import { samplePath } from './support/sample';

const hello = samplePath('hello-1.2');

test('nothing that can be opened', async ({ explorer }) => {
  await explorer.visit();
  await explorer.open('hello world');
  expect(await explorer.failure()).toBe('metadata-format malformed');
});

test('no cache has it', async ({ explorer }) => {
  await explorer.visit(`/nix/store/${'0'.repeat(32)}-nothing`);
  expect(await explorer.failure()).toBe('not-found no-cache-has-it');
});

test('no such file in it', async ({ explorer }) => {
  await explorer.visit(`${hello.storePath}/bin/goodbye`);
  expect(await explorer.failure()).toBe('not-found no-such-entry');
});

// What else a narinfo or a NAR can be, and Try again, stands in faults.spec.ts.

test('a cache that asks to come later', async ({ explorer, cache }) => {
  cache.misbehave(`/${hello.hashPart}`, { kind: 'status', status: 429, retryAfter: 1 });
  await explorer.visit(hello.storePath);
  expect(await explorer.failure()).toBe('source http-status');
});

test('a NAR that is gone: a failure in words, never a wrong file', async ({ explorer, cache }) => {
  cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
  cache.misbehave('/nar/', { kind: 'status', status: 404 });
  await explorer.visit(hello.storePath);
  expect(await explorer.failure()).toMatch(/^(source|not-found) /);
});

test('a listing of another store path is not used, and the tree is right all the same', async ({
  explorer,
  cache,
}) => {
  const other = samplePath('hello-static-1.2');
  cache.misbehave(`/${hello.hashPart}.ls`, { kind: 'other-file', path: `/${other.hashPart}.ls` });
  await explorer.visit(hello.storePath);
  await explorer.treeStands();
  await explorer.select('bin/hello');
  await explorer.fileIs('hello');
});

const ENCODED_LISTINGS: readonly [string, Misbehaviour][] = [
  ['as br, without saying so', { kind: 'encoded', as: 'br', header: false }],
  ['as zstd, without saying so', { kind: 'encoded', as: 'zstd', header: false }],
  ['as xz, without saying so', { kind: 'encoded', as: 'xz', header: false }],
  // The engine decodes what it knows and hands on the rest as it came: the tree is the same.
  ['as br, with Content-Encoding', { kind: 'encoded', as: 'br', header: true }],
  ['as gzip, with Content-Encoding', { kind: 'encoded', as: 'gzip', header: true }],
  ['as zstd, with Content-Encoding', { kind: 'encoded', as: 'zstd', header: true }],
];

for (const [what, how] of ENCODED_LISTINGS) {
  test(`a listing ${what}`, async ({ explorer, cache }) => {
    cache.misbehave(/\.ls$/, how);
    await explorer.visit(hello.storePath);
    await explorer.treeStands();
    expect(cache.requests.filter(({ path }) => path.startsWith('/nar/'))).toEqual([]);
    await explorer.select('bin/hello');
    await explorer.fileIs('hello');
  });
}

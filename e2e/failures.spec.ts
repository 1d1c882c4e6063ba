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

const NARINFO_TROUBLE: readonly [string, Misbehaviour, string][] = [
  ['a cache that does not allow browsers', { kind: 'no-cors' }, 'source unreachable-or-cors'],
  ['a web page instead of a narinfo', { kind: 'html' }, 'source html'],
  ['a cache that is broken', { kind: 'status', status: 500 }, 'source http-status'],
  ['a cache that asks to come later', { kind: 'status', status: 429, retryAfter: 1 }, 'source http-status'],
];

for (const [what, how, failure] of NARINFO_TROUBLE) {
  test(what, async ({ explorer, cache }) => {
    cache.misbehave(`/${hello.hashPart}`, how);
    await explorer.visit(hello.storePath);
    expect(await explorer.failure()).toBe(failure);
  });
}

const NAR_TROUBLE: readonly [string, Misbehaviour, RegExp][] = [
  ['a NAR that is cut always', { kind: 'cut', atByte: 600 }, /^(source|codec) /],
  ['a NAR with a flipped byte', { kind: 'flipped', atByte: 600 }, /^(codec|nar-format) /],
  ['a NAR that is gone', { kind: 'status', status: 404 }, /^(source|not-found) /],
];

for (const [what, how, failure] of NAR_TROUBLE) {
  test(`${what}: a failure in words, never a wrong file`, async ({ explorer, cache }) => {
    cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
    cache.misbehave('/nar/', how);
    await explorer.visit(hello.storePath);
    expect(await explorer.failure()).toMatch(failure);
  });
}

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

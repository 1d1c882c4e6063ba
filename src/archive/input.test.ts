import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cacheUrlFrom, type Recognised, recognise, shortCacheUrl } from './input';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const OTHER = '0qm7zfi163s2ysy2wf0j0zkl4yf3x0qa';

function storePath(
  parts: Partial<Recognised & { kind: 'store-path' }> & { inside?: string } = {},
): Recognised {
  const { inside = '', ...rest } = parts;
  const narPath = new TextEncoder().encode(inside);
  return { kind: 'store-path', hashPart: HASH, name: undefined, narPath, cacheUrl: undefined, ...rest };
}

test.each<[string, Recognised[]]>([
  [`/nix/store/${HASH}-nix-2.13.5`, [storePath({ name: 'nix-2.13.5' })]],
  [`  /nix/store/${HASH}-nix-2.13.5/bin/nix\n`, [storePath({ name: 'nix-2.13.5', inside: 'bin/nix' })]],
  [`${HASH}-nix-2.13.5`, [storePath({ name: 'nix-2.13.5' })]],
  [HASH, [storePath()]],
  [`${HASH}.narinfo`, [storePath()]],
  [`https://cache.nixos.org/${HASH}.narinfo`, [storePath({ cacheUrl: 'https://cache.nixos.org' })]],
  [`https://example.org/a/b/${HASH}.ls`, [storePath({ cacheUrl: 'https://example.org/a/b' })]],
  [`<https://example.org/${HASH}.narinfo>.`, [storePath({ cacheUrl: 'https://example.org' })]],
  [
    'https://cache.nixos.org/nar/0abc.nar.xz',
    [{ kind: 'nar-url', url: 'https://cache.nixos.org/nar/0abc.nar.xz' }],
  ],
  ['http://127.0.0.1:8080/x.nar?hash=1', [{ kind: 'nar-url', url: 'http://127.0.0.1:8080/x.nar?hash=1' }]],
  [
    `https://serve.example/nix/store/${HASH}-nix-2.13.5/bin/nix`,
    [storePath({ name: 'nix-2.13.5', inside: 'bin/nix' })],
  ],
  [
    `https://explorer.example/sub/#/nix/store/${HASH}-nix-2.13.5/bin/nix`,
    [storePath({ name: 'nix-2.13.5', inside: 'bin/nix' })],
  ],
  [
    `https://explorer.example/nix/store/${HASH}-x/a%3Fb?cache=example.org`,
    [storePath({ name: 'x', inside: 'a?b', cacheUrl: 'https://example.org' })],
  ],
  [
    `https://wh0.github.io/nix-cache-view/view.html?cache_base=https%3A%2F%2Fcache.nixos.org&hash=${HASH}`,
    [storePath({ cacheUrl: 'https://cache.nixos.org' })],
  ],
  [
    `https://harmonia.example/serve/${HASH}/bin/nix`,
    [storePath({ inside: 'bin/nix', cacheUrl: 'https://harmonia.example' })],
  ],
  [
    `error: builder for '/nix/store/${HASH}-a' failed;\n  needs /nix/store/${OTHER}-b/bin/x`,
    [storePath({ name: 'a' }), storePath({ hashPart: OTHER, name: 'b', inside: 'bin/x' })],
  ],
  [`/nix/store/${HASH}-a /nix/store/${HASH}-a`, [storePath({ name: 'a' })]],
  ['', []],
  ['hello', []],
  ['https://example.org/', []],
  ['ftp://example.org/x.nar', []],
  [HASH.replace('m', 'e'), []],
])('%j', (text, expected) => {
  expect(recognise(text)).toEqual(expected);
});

test.each([
  ['nix-community.cachix.org', 'https://nix-community.cachix.org'],
  ['http://127.0.0.1:8080/x/', 'http://127.0.0.1:8080/x'],
  ['https://s3.example/bucket?region=eu', 'https://s3.example/bucket?region=eu'],
  ['', undefined],
  ['javascript://x', undefined],
  ['file:///etc', undefined],
  ['https://user:pass@example.org', undefined],
  ['not a host', undefined],
])('the cache %j', (text, url) => {
  expect(cacheUrlFrom(text)).toBe(url);
  if (url) expect(cacheUrlFrom(shortCacheUrl(url))).toBe(url);
});

test('any text is recognised or not, without a throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => void recognise(text)),
    { numRuns: 3000 },
  );
});

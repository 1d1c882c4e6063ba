import { expect, test } from 'vitest';
import { cacheUrlFrom, shortCacheUrl, withoutSecrets } from './cache-url';

test.each([
  ['nix-community.cachix.org', 'https://nix-community.cachix.org'],
  [' CACHE.nixos.org// ', 'https://cache.nixos.org'],
  ['http://127.0.0.1:8080/x/', 'http://127.0.0.1:8080/x'],
  ['https://s3.example/bucket?region=eu#x', 'https://s3.example/bucket?region=eu'],
  ['', undefined],
  ['/x', undefined],
  ['javascript://x', undefined],
  ['javascript:alert(1)', undefined],
  ['s3://bucket', undefined],
  ['file:///etc', undefined],
  ['https://user:pass@example.org', undefined],
  ['user@example.org', undefined],
  ['not a host', undefined],
])('the cache %j', (text, url) => {
  expect(cacheUrlFrom(text)).toBe(url);
  if (url) expect(cacheUrlFrom(shortCacheUrl(url))).toBe(url);
});

test.each([
  ['https://user:pass@example.org/x?token=1#2', 'https://example.org/x'],
  ['user:p@ss@example.org', 'example.org'],
  ['s3://bucket/a@b?profile=me', 's3://bucket/a@b'],
])('%s is named as %s', (text, shown) => {
  expect(withoutSecrets(text)).toBe(shown);
});

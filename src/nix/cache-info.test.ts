import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatCacheInfo, parseCacheInfo } from './cache-info';

test.each([
  ['as Nix writes it', 'StoreDir: /nix/store\n', { wantMassQuery: false, priority: undefined }],
  [
    'as cache.nixos.org has it',
    'StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n',
    { wantMassQuery: true, priority: 40 },
  ],
  ['nothing', '', { wantMassQuery: false, priority: undefined }],
  ['no StoreDir', 'WantMassQuery: 1', { wantMassQuery: true, priority: undefined }],
  [
    'blanks of every kind',
    '\r\nStoreDir:/nix/store  \r\n\r\nPriority:\t-1\r\n',
    { wantMassQuery: false, priority: -1 },
  ],
  ['WantMassQuery that is not 1', 'WantMassQuery: true\n', { wantMassQuery: false, priority: undefined }],
  ['unknown names', 'constructor: 1\nUpstream: https://x\n', { wantMassQuery: false, priority: undefined }],
])('%s', (_, text, expected) => {
  expect(parseCacheInfo(text)).toEqual({ storeDir: '/nix/store', ...expected });
});

test('another store directory is told', () => {
  expect(parseCacheInfo('StoreDir: /gnu/store\n').storeDir).toBe('/gnu/store');
});

test.each([
  ['a page', '<!DOCTYPE html>\n', { reason: 'malformed', line: 1 }],
  ['a line without a name', 'StoreDir: /nix/store\n: x\n', { reason: 'malformed', line: 2 }],
  ['a relative StoreDir', 'StoreDir: nix/store\n', { reason: 'malformed', field: 'StoreDir', line: 1 }],
  ['an empty StoreDir', 'StoreDir:\n', { reason: 'malformed', field: 'StoreDir', line: 1 }],
  ['a Priority in words', '\nPriority: high\n', { reason: 'malformed', field: 'Priority', line: 2 }],
  ['two Priorities', 'Priority: 1\nPriority: 1\n', { reason: 'duplicate', field: 'Priority', line: 2 }],
])('%s is refused', (_, text, facts) => {
  expect(() => parseCacheInfo(text)).toThrow(
    expect.objectContaining({ kind: 'metadata-format', format: 'cache-info', ...facts }),
  );
});

test('what is formatted parses to the same', () => {
  const cacheInfo = fc.record({
    storeDir: fc.stringMatching(/^\/[!-~]{0,30}$/),
    wantMassQuery: fc.boolean(),
    priority: fc.option(fc.integer(), { nil: undefined }),
  });
  fc.assert(
    fc.property(cacheInfo, (info) => {
      expect(parseCacheInfo(formatCacheInfo(info))).toEqual(info);
    }),
  );
});

test('a priority of nothing has no sign', () => {
  expect(parseCacheInfo('Priority: -0').priority).toBe(0);
});

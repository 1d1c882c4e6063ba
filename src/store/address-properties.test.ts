import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, formatAddress, VIEWS } from './address';
import { formatHashAddress, parseHashAddress } from './hash-address';
import { parseAddress } from './parse-address';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const NAME = 'nix-2.13.5';

function format(address: Address): string {
  const { pathname, search, hash } = formatAddress(address);
  return pathname + search + hash;
}

const hashParts = fc.string({
  unit: fc.constantFrom(...'0123456789abcdfghijklmnpqrsvwxyz'),
  minLength: 32,
  maxLength: 32,
});
const storeNames = fc
  .string({ unit: fc.constantFrom(...'abcXYZ019+_?=-.'), minLength: 1, maxLength: 40 })
  .filter((name) => !/^\.(\.?)(-|$)/.test(name));
const entryNames = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => bytes.map((byte) => (byte === 0x2f || byte === 0 ? 0x61 : byte)))
  .filter((bytes) => !/^\.{1,2}$/.test(new TextDecoder('latin1').decode(bytes)));
const narPaths = fc.array(entryNames, { maxLength: 5 }).map((names) => {
  const bytes = names.flatMap((name, at) => (at === 0 ? [...name] : [0x2f, ...name]));
  return new Uint8Array(bytes);
});
const cacheUrls = fc.constantFrom(
  'https://nix-community.cachix.org',
  'http://127.0.0.1:8080/x',
  'https://a.b/c?d=e&f',
);

const addresses: fc.Arbitrary<Address> = fc.record({
  place: fc.oneof(
    fc.record({
      kind: fc.constant('store-path' as const),
      hashPart: hashParts,
      name: fc.option(storeNames, { nil: undefined }),
      narPath: narPaths,
    }),
    fc.record({
      kind: fc.constant('nar-url' as const),
      url: fc.webUrl({ withQueryParameters: true }),
      exported: fc.option(hashParts, { nil: undefined }),
      narPath: narPaths,
    }),
    fc.record({
      kind: fc.constant('local' as const),
      file: fc.constant(undefined),
      exported: fc.option(hashParts, { nil: undefined }),
      narPath: narPaths,
    }),
    fc.record({ kind: fc.constant('query' as const), text: fc.string({ unit: 'binary', minLength: 1 }) }),
  ),
  cacheUrl: fc.option(cacheUrls, { nil: undefined }),
  view: fc.option(fc.constantFrom(...VIEWS), { nil: undefined }),
  download: fc.boolean(),
  position: fc.option(
    fc.nat().map((line) => ({ kind: 'lines' as const, ranges: [{ first: line + 1, last: line + 9 }] })),
    { nil: undefined },
  ),
  otherQuery: fc.array(fc.constantFrom('utm=1', 'x', 'y=a%20b'), { maxLength: 2 }),
});

test('what is written is read, through a real URL', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      const { pathname, search, hash } = new URL(format(address), 'https://explorer.example');
      expect(parseAddress({ pathname, search, hash })).toEqual(address);
    }),
    { numRuns: 2000 },
  );
});

test('the same after #/, through a real URL', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      const { hash } = new URL(formatHashAddress(formatAddress(address)), 'https://explorer.example/x.html');
      expect(parseHashAddress(hash)).toEqual(formatAddress(address));
    }),
    { numRuns: 2000 },
  );
});

const anyAddress = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .record({
      pathname: fc.constantFrom(
        ...['', 'index.html', 'view.html', 'local/a', 'nar/a.nar', 'nar//', HASH, `${HASH}.ls`, 'x'],
        ...[`nix/store/${HASH}-${NAME}/a/..//b.`, `/nix/store/${HASH}`, `local/${HASH}`],
      ),
      query: fc.array(
        fc.tuple(
          fc.constantFrom(
            'q',
            'nar',
            'path',
            'exported',
            'cache',
            'cache_base',
            'hash',
            'view',
            'dl',
            'L',
            'x',
          ),
          fc.oneof(
            fc.constantFrom('', HASH, 'a+b%2Bc', 'hex', 'https://a.org/x.nar', 's3://b', '%zz', '../a', '10'),
            fc.webUrl({ withQueryParameters: true }),
            fc.string(),
          ),
        ),
        { maxLength: 4 },
      ),
    })
    .map(({ pathname, query }) => `${pathname}?${query.map((pair) => pair.join('=')).join('&')}`),
);

test('reading never throws, and what was read is read again the same', () => {
  fc.assert(
    fc.property(anyAddress, (text) => {
      const page = 'https://explorer.example';
      const address = parseAddress(new URL(`${page}/${text}`));
      const again = new URL(page + format(address));
      expect(parseAddress(again)).toEqual(address);
      expect(format(parseAddress(again))).toBe(format(address));
    }),
    { numRuns: 10000 },
  );
});

test.each([
  ['a # behind the first one', '#/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w/a?x=1#L3'],
  ['what a fragment encodes', '#/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w/a?x=`"'],
])('strangers’ keys are the same in both forms: %s', (_, fragment) => {
  const address = parseAddress(parseHashAddress(fragment));
  expect(address.otherQuery.length).toBe(1);
  expect(parseAddress(new URL(format(address), 'https://explorer.example'))).toEqual(address);
  const { hash } = new URL(formatHashAddress(formatAddress(address)), 'https://explorer.example/x.html');
  expect(parseAddress(parseHashAddress(hash))).toEqual(address);
});

test.each([
  ['another # in its query', '#/x?cache=a b#c'],
  ['another # in its path', '#/x#/y'],
  ['backslashes in front', '#/\\\\evil.example/x'],
])('an address that cannot be read leads nowhere else in its other form: %s', (_, fragment) => {
  const address = parseAddress(parseHashAddress(fragment));
  expect(address.place.kind).toBe('unknown');
  const url = new URL(format(address), 'https://explorer.example');
  expect(url.origin).toBe('https://explorer.example');
  expect(url.hash).toBe('');
  expect(format(parseAddress(url))).toBe(url.pathname + url.search);
});

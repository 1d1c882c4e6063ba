import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, formatAddress, LANDING, parseAddress, VIEWS } from './address';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const NAME = 'nix-2.13.5';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** An address as it stands in the browser's bar. */
function parse(written: string): Address {
  const [, pathname = '', search = '', hash = ''] = /^([^?#]*)(\?[^#]*)?(#.*)?$/.exec(written) ?? [];
  return parseAddress({ pathname, search, hash });
}

function format(address: Address): string {
  const { pathname, search, hash } = formatAddress(address);
  return pathname + search + hash;
}

const storePath = (inside: string | Uint8Array, name: string | undefined = NAME) => ({
  kind: 'store-path' as const,
  hashPart: HASH,
  name,
  narPath: typeof inside === 'string' ? utf8(inside) : inside,
});

test.each<[string, Partial<Address>]>([
  ['/', {}],
  [`/nix/store/${HASH}-${NAME}`, { place: storePath('') }],
  [`/nix/store/${HASH}-${NAME}/bin/nix`, { place: storePath('bin/nix') }],
  [`/nix/store/${HASH}-${NAME}/bin/`, { place: storePath('bin') }],
  [`/nix/store/${HASH}-${NAME}/a%3Fb%23c%25`, { place: storePath('a?b#c%') }],
  [`/nix/store/${HASH}-${NAME}/%ff%00`, { place: storePath(new Uint8Array([0xff, 0])) }],
  [`/nix/store/${HASH}-${NAME}/100%`, { place: storePath('100%') }],
  [`/nix/store/${HASH}`, { place: { ...storePath(''), name: undefined } }],
  [`/${HASH}-${NAME}/bin/nix`, { place: storePath('bin/nix') }],
  [`/${HASH}/bin/nix`, { place: { ...storePath('bin/nix'), name: undefined } }],
  [`/${HASH}.narinfo`, { place: { ...storePath(''), name: undefined } }],
  [`/${HASH}.ls`, { place: { ...storePath(''), name: undefined } }],
  [`/nix/store/${HASH}-a%3Fb=c`, { place: { ...storePath(''), name: 'a?b=c' } }],
  [
    '/nar/0abc.nar.xz',
    { place: { kind: 'nar-url', url: 'https://cache.nixos.org/nar/0abc.nar.xz', narPath: utf8('') } },
  ],
  [
    '/nar/0abc.nar.xz?cache=example.org',
    {
      place: { kind: 'nar-url', url: 'https://example.org/nar/0abc.nar.xz', narPath: utf8('') },
      cacheUrl: 'https://example.org',
    },
  ],
  [
    '/?nar=https%3A%2F%2Fexample.org%2Fx.nar&path=a%253Fb',
    { place: { kind: 'nar-url', url: 'https://example.org/x.nar', narPath: utf8('a?b') } },
  ],
  ['/?q=see+%2Fnix%2Fstore', { place: { kind: 'query', text: 'see /nix/store' } }],
  ['/local/bin/x', { place: { kind: 'local', narPath: utf8('bin/x') } }],
  [
    `/view.html?cache_base=https%3A%2F%2Fexample.org&hash=${HASH}`,
    { place: { ...storePath(''), name: undefined }, cacheUrl: 'https://example.org' },
  ],
  ['/favicon.ico', { place: { kind: 'unknown', text: '/favicon.ico' } }],
  ['/nix/store/hello', { place: { kind: 'unknown', text: '/nix/store/hello' } }],
])('%s', (written, expected) => {
  expect(parse(written)).toEqual({ ...LANDING, ...expected });
});

test.each<[string, Partial<Address>]>([
  ['?cache=nix-community.cachix.org', { cacheUrl: 'https://nix-community.cachix.org' }],
  ['?cache=http://127.0.0.1:8080/x', { cacheUrl: 'http://127.0.0.1:8080/x' }],
  ['?cache=http%3A%2F%2F127.0.0.1%3A8080%2Fx%2F', { cacheUrl: 'http://127.0.0.1:8080/x' }],
  ['?cache=cache.nixos.org', { cacheUrl: undefined }],
  ['?cache=javascript:alert(1)', { cacheUrl: undefined }],
  ['?cache=https://user:secret@example.org', { cacheUrl: undefined }],
  ['?view=hex', { view: 'hex' }],
  ['?view=nonsense', { view: undefined }],
  ['?dl', { download: true }],
  ['?dl=', { download: true }],
  ['?utm=x&y', { otherQuery: ['utm=x', 'y'] }],
  ['?cache=%zz', { cacheUrl: undefined }],
  ['#L10-L20', { position: { kind: 'lines', ranges: [{ first: 10, last: 20 }] } }],
  ['#0x10', { position: { kind: 'bytes', span: { first: 16, last: 16 } } }],
  ['?L=10-20', { position: { kind: 'lines', ranges: [{ first: 10, last: 20 }] } }],
  ['#readme', { position: undefined }],
])('the part %s', (part, expected) => {
  const written = `/nix/store/${HASH}-${NAME}${part}`;
  expect(parse(written)).toEqual({ ...LANDING, place: storePath(''), ...expected });
});

test.each([
  [
    `/${HASH}-${NAME}/bin/nix?cache=cache.nixos.org&view=nonsense#L10-20`,
    `/nix/store/${HASH}-${NAME}/bin/nix#L10-L20`,
  ],
  [`/${HASH}.narinfo`, `/nix/store/${HASH}`],
  ['/nar/0abc.nar.xz', '/?nar=https://cache.nixos.org/nar/0abc.nar.xz'],
  [`/view.html?cache_base=https%3A%2F%2Fa.org&hash=${HASH}`, `/nix/store/${HASH}?cache=a.org`],
])('%s is rewritten to %s', (written, canonical) => {
  expect(format(parse(written))).toBe(canonical);
});

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
      narPath: narPaths,
    }),
    fc.record({ kind: fc.constant('local' as const), narPath: narPaths }),
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

test('reading never throws, and what was read is read again the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { pathname, search, hash } = new URL(
        `https://explorer.example/${text}`,
        'https://explorer.example',
      );
      const address = parseAddress({ pathname, search, hash });
      const again = new URL(format(address), 'https://explorer.example');
      expect(parseAddress(again)).toEqual(address);
    }),
    { numRuns: 5000 },
  );
});

import { expect, test } from 'vitest';
import { type Address, formatAddress, LANDING } from './address';
import { parseHashAddress } from './hash-address';
import { parseAddress } from './parse-address';

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

const DEFAULT = 'https://cache.nixos.org';

const narUrl = (url: string, narPath = '') => ({
  kind: 'nar-url' as const,
  url,
  exported: undefined,
  narPath: utf8(narPath),
});

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
  ['/nar/0abc.nar.xz', { place: narUrl('https://cache.nixos.org/nar/0abc.nar.xz') }],
  [
    '/nar/0abc.nar.xz?cache=example.org',
    { place: narUrl('https://example.org/nar/0abc.nar.xz'), cacheUrl: 'https://example.org' },
  ],
  [
    '/nar/0abc.nar.xz?cache=s3.example/b%3Fregion=eu',
    { place: narUrl('https://s3.example/b/nar/0abc.nar.xz'), cacheUrl: 'https://s3.example/b?region=eu' },
  ],
  [
    `/nar/a.nar?token=abc&view=hex&hash=${HASH}&path=bin`,
    { place: narUrl(`${DEFAULT}/nar/a.nar?token=abc&hash=${HASH}`, 'bin'), view: 'hex' },
  ],
  [
    '/?nar=https%3A%2F%2Fexample.org%2Fx.nar&path=a%253Fb',
    { place: narUrl('https://example.org/x.nar', 'a?b') },
  ],
  ['/?nar=https://a.org/a+b.nar&path=c+d', { place: narUrl('https://a.org/a+b.nar', 'c+d') }],
  [`/?nar=https://a.org/e&exported=${HASH}`, { place: { ...narUrl('https://a.org/e'), exported: HASH } }],
  ['/?q=see+%2Fnix%2Fstore', { place: { kind: 'query', text: 'see /nix/store' } }],
  ['/?q=see%2B+x&nar=y', { place: { kind: 'query', text: 'see+ x' }, otherQuery: ['nar=y'] }],
  ['/?q=&nar=', {}],
  ['/index.html', {}],
  ['/404.html?q=x', { place: { kind: 'query', text: 'x' } }],
  [
    '/local/bin/x',
    { place: { kind: 'local', file: undefined, exported: undefined, narPath: utf8('bin/x') } },
  ],
  [
    `/local/x?exported=${HASH}`,
    { place: { kind: 'local', file: undefined, exported: HASH, narPath: utf8('x') } },
  ],
  [
    `/view.html?cache_base=https%3A%2F%2Fexample.org&hash=${HASH}`,
    { place: { ...storePath(''), name: undefined }, cacheUrl: 'https://example.org' },
  ],
  [
    `/?cache_base=example.org&hash=${HASH}`,
    { place: { ...storePath(''), name: undefined }, cacheUrl: 'https://example.org' },
  ],
  [
    `/nix/store/${HASH}-${NAME}/bin?hash=${'0'.repeat(32)}`,
    { place: storePath('bin'), otherQuery: [`hash=${'0'.repeat(32)}`] },
  ],
  [
    `/nix/store/${HASH}-${NAME}?path=a&L=10&q=b&exported=c`,
    { place: storePath(''), otherQuery: ['path=a', 'L=10', 'q=b', 'exported=c'] },
  ],
  [`/?hash=${HASH}&path=x`, { otherQuery: [`hash=${HASH}`, 'path=x'] }],
])('%s', (written, expected) => {
  expect(parse(written)).toEqual({ ...LANDING, ...expected });
});

test.each<[string, Partial<Address>]>([
  ['?cache=nix-community.cachix.org', { cacheUrl: 'https://nix-community.cachix.org' }],
  ['?cache=http://127.0.0.1:8080/x', { cacheUrl: 'http://127.0.0.1:8080/x' }],
  ['?cache=http%3A%2F%2F127.0.0.1%3A8080%2Fx%2F', { cacheUrl: 'http://127.0.0.1:8080/x' }],
  ['?cache=https://cache.nixos.org//', { cacheUrl: DEFAULT }],
  ['?cache=', {}],
  ['?cache=a.org/b+c', { cacheUrl: 'https://a.org/b+c' }],
  ['?view=hex&view=text', { view: 'hex' }],
  ['?view=hex', { view: 'hex' }],
  ['?view=nonsense', { view: undefined }],
  ['?dl', { download: true }],
  ['?dl=', { download: true }],
  ['?utm=x&y', { otherQuery: ['utm=x', 'y'] }],
  ['#L10-L20', { position: { kind: 'lines', ranges: [{ first: 10, last: 20 }] } }],
  ['#0x10', { position: { kind: 'bytes', span: { first: 16, last: 16 } } }],
  ['#readme', { position: undefined }],
])('the part %s', (part, expected) => {
  const written = `/nix/store/${HASH}-${NAME}${part}`;
  expect(parse(written)).toEqual({ ...LANDING, place: storePath(''), ...expected });
});

test.each([
  ['/favicon.ico?x#y', undefined, '/favicon.ico'],
  ['/nix/store/hello', undefined, '/nix/store/hello'],
  ['/view.html', undefined, '/view.html'],
  [`/nix/store/${HASH}?cache=s3://bucket`, 'cache', 's3://bucket'],
  [`/nix/store/${HASH}?cache=http://u:p@h/x`, 'cache', 'http://h/x'],
  [`/nix/store/${HASH}?cache=javascript:alert(1)`, 'cache', 'javascript:alert(1)'],
  [`/nix/store/${HASH}?cache=%zz`, 'cache', '%zz'],
  ['/?nar=ftp://a.org/x.nar', 'nar', 'ftp://a.org/x.nar'],
  ['/?nar=x.nar', 'nar', 'x.nar'],
])('%s cannot be read, says why, and stays as it is', (written, field, text) => {
  const { place } = parse(written);
  expect(place).toMatchObject({ kind: 'unknown', fault: { field, text } });
  expect(format(parse(written))).toBe(written);
});

test('what two slashes begin is no address of another host', () => {
  expect(format(parse('//evil.example/x'))).toBe('/evil.example/x');
});

test('an address does not end as a sentence does', () => {
  for (const written of [`/nix/store/${HASH}-a.`, `/nix/store/${HASH}-a/b,`, '/?nar=https://a.org/x.']) {
    expect(format(parse(written))).toMatch(/%2[CE]$/);
    expect(parse(format(parse(written)))).toEqual(parse(written));
  }
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

test.each([
  ['', '/', '', ''],
  ['#/?q=x', '/', '?q=x', ''],
  ['#/local?L=10-20&x', '/local', '?x', '#L10-20'],
  ['#/local?L=0x10', '/local', '', '#0x10'],
  ['#/local?L=here', '/local', '?L=here', ''],
])('after the host: %s', (fragment, pathname, search, hash) => {
  expect(parseHashAddress(fragment)).toEqual({ pathname, search, hash });
});

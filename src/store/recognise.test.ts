import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Address, formatAddress, LANDING, type Place } from './address';
import { formatHashAddress } from './hash-address';
import { parseAddress } from './parse-address';
import { recognise } from './recognise';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const OTHER = '0qm7zfi163s2ysy2wf0j0zkl4yf3x0qa';
const DEFAULT = 'https://cache.nixos.org';

interface Parts {
  readonly name?: string;
  readonly inside?: string;
  readonly hashPart?: string;
  readonly cacheUrl?: string;
}

function storePath({ name, inside = '', hashPart = HASH, cacheUrl }: Parts = {}): Address {
  const narPath = new TextEncoder().encode(inside);
  return { ...LANDING, place: { kind: 'store-path', hashPart, name, narPath }, cacheUrl };
}

function nar(url: string): Address {
  return { ...LANDING, place: { kind: 'nar-url', url, exported: undefined, narPath: new Uint8Array(0) } };
}

test.each<[string, Address[]]>([
  [`/nix/store/${HASH}-nix-2.13.5`, [storePath({ name: 'nix-2.13.5' })]],
  [`  /nix/store/${HASH}-nix-2.13.5/bin/nix\n`, [storePath({ name: 'nix-2.13.5', inside: 'bin/nix' })]],
  [`/nix/store/${HASH}-x/a%20b?c#d`, [storePath({ name: 'x', inside: 'a%20b?c#d' })]],
  [`${HASH}-nix-2.13.5`, [storePath({ name: 'nix-2.13.5' })]],
  [HASH, [storePath()]],
  [`"${HASH}",`, [storePath()]],
  [`${HASH}.narinfo`, [storePath()]],
  [`see ${HASH}.narinfo please`, [storePath()]],
  [`<${HASH}.ls>.`, [storePath()]],
  [`${HASH}/bin/nix`, [storePath({ inside: 'bin/nix' })]],
  [`see ${HASH}/bin/nix.`, [storePath({ inside: 'bin/nix' })]],
  [`/nix/store/${HASH}`, [storePath()]],
  [
    `/nix/store/${HASH}/bin:/nix/store/${OTHER}-b/bin`,
    [storePath({ inside: 'bin' }), storePath({ hashPart: OTHER, name: 'b', inside: 'bin' })],
  ],
  [`/${HASH}/a%20b`, [storePath({ inside: 'a b' })]],
  [`/${HASH}-x/bin`, [storePath({ name: 'x', inside: 'bin' })]],
  ['/nar/x.nar.xz', [nar(`${DEFAULT}/nar/x.nar.xz`)]],
  [`https://cache.nixos.org/${HASH}.narinfo`, [storePath({ cacheUrl: DEFAULT })]],
  [`https://cache.nixos.org//${HASH}.narinfo`, [storePath({ cacheUrl: DEFAULT })]],
  [`https://me:secret@example.org/${HASH}.narinfo`, [storePath({ cacheUrl: 'https://example.org' })]],
  [`https://example.org/a/b/${HASH}.ls`, [storePath({ cacheUrl: 'https://example.org/a/b' })]],
  [`<https://example.org/${HASH}.narinfo>.`, [storePath({ cacheUrl: 'https://example.org' })]],
  [`https://example.org/${HASH}.narinfo,`, [storePath({ cacheUrl: 'https://example.org' })]],
  [`[nix](https://example.org/${HASH}.narinfo)`, [storePath({ cacheUrl: 'https://example.org' })]],
  [`**https://example.org/${HASH}.narinfo**`, [storePath({ cacheUrl: 'https://example.org' })]],
  [`HTTP://[::1]:8080/${HASH}.narinfo?`, [storePath({ cacheUrl: 'http://[::1]:8080' })]],
  [
    `error: unable to download 'https://cache.nixos.org/${HASH}.narinfo': HTTP error 404`,
    [storePath({ cacheUrl: DEFAULT })],
  ],
  [
    `warning: error: unable to download ‘https://a.org/nar/1.nar.xz’: HTTP error 403; retrying in 292 ms`,
    [nar('https://a.org/nar/1.nar.xz')],
  ],
  [`copying path '/nix/store/${HASH}-a' from '${DEFAULT}'...`, [storePath({ name: 'a' })]],
  ['https://cache.nixos.org/nar/0abc.nar.xz', [nar('https://cache.nixos.org/nar/0abc.nar.xz')]],
  ['http://127.0.0.1:8080/x.nar?hash=1', [nar('http://127.0.0.1:8080/x.nar?hash=1')]],
  [
    `https://harmonia.example/nar/1cy7.nar?hash=${OTHER}`,
    [nar(`https://harmonia.example/nar/1cy7.nar?hash=${OTHER}`)],
  ],
  ['https://me:secret@a.org/x.nar#y', [nar('https://a.org/x.nar')]],
  [
    `https://serve.example/nix/store/${HASH}-nix-2.13.5/bin/nix`,
    [storePath({ name: 'nix-2.13.5', inside: 'bin/nix' })],
  ],
  [
    `https://a.org/nix/store/${HASH}-a/bin?hash=${OTHER}`,
    [{ ...storePath({ name: 'a', inside: 'bin' }), otherQuery: [`hash=${OTHER}`] }],
  ],
  [`https://a.org/nix/store/${HASH}-a/x/${OTHER}.ls`, [storePath({ name: 'a', inside: `x/${OTHER}.ls` })]],
  [
    `https://wh0.github.io/nix-cache-view/view.html?cache_base=cache.foo.org&hash=${HASH}`,
    [storePath({ cacheUrl: 'https://cache.foo.org' })],
  ],
  [
    `https://harmonia.example/serve/${HASH}/nix/store/${OTHER}-b`,
    [storePath({ inside: `nix/store/${OTHER}-b`, cacheUrl: 'https://harmonia.example' })],
  ],
  [`https://x.org/?p=/nix/store/${HASH}-a`, [storePath({ name: 'a' })]],
  [
    `error: builder for '/nix/store/${HASH}-a' failed;\n  needs /nix/store/${OTHER}-b/bin/x`,
    [storePath({ name: 'a' }), storePath({ hashPart: OTHER, name: 'b', inside: 'bin/x' })],
  ],
  [
    `/nix/store/${OTHER}-b https://a.org/${HASH}.narinfo ${HASH}-a`,
    [
      storePath({ hashPart: OTHER, name: 'b' }),
      storePath({ cacheUrl: 'https://a.org' }),
      storePath({ name: 'a' }),
    ],
  ],
  [
    `https://a.org/${HASH}.narinfo https://b.org/${HASH}.narinfo https://a.org/${HASH}.ls`,
    [storePath({ cacheUrl: 'https://a.org' }), storePath({ cacheUrl: 'https://b.org' })],
  ],
  [`/nix/store/${HASH}-a /nix/store/${HASH}-a`, [storePath({ name: 'a' })]],
  [`${DEFAULT}/${HASH}.narinfo ${HASH}-a`, [storePath({ name: 'a', cacheUrl: DEFAULT })]],
  ['', []],
  ['hello', []],
  [`md5 ${HASH} of it`, []],
  ['/local', []],
  ['https://example.org/', []],
  [`https://example.org/?hash=${HASH}`, []],
  ['https://example.org/search/?q=nothing', []],
  ['ftp://example.org/x.nar', []],
  [HASH.replace('m', 'e'), []],
])('%j', (text, expected) => {
  expect(recognise(text)).toEqual(expected);
});

test('a link to a search is one when the search would find something', () => {
  const found = recognise(`https://any.host/x/?q=${HASH}%20${OTHER}-b`);
  expect(found).toMatchObject([{ place: { kind: 'query', text: `${HASH} ${OTHER}-b` } }]);
});

test('a link to a cache that cannot be asked is recognised as such', () => {
  expect(recognise(`https://any.host/nix/store/${HASH}-a?cache=s3://bucket`)).toMatchObject([
    { place: { kind: 'unknown', fault: { field: 'cache', text: 's3://bucket' } } },
  ]);
});

const names = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 8 })
  .filter((name) => !/^\.{1,2}$|[/\0]/.test(name));
const places: fc.Arbitrary<Place> = fc.array(names, { maxLength: 3 }).chain((path) => {
  const narPath = new TextEncoder().encode(path.join('/'));
  return fc.constantFrom<Place>(
    { kind: 'store-path', hashPart: HASH, name: 'a+b-1.0', narPath },
    { kind: 'store-path', hashPart: HASH, name: 'a.', narPath },
    { kind: 'store-path', hashPart: HASH, name: undefined, narPath },
    { kind: 'nar-url', url: "https://a.org/it's(1)*.nar?x=y.", exported: OTHER, narPath },
    { kind: 'nar-url', url: 'https://a.org/a+b', exported: undefined, narPath },
  );
});
const views: fc.Arbitrary<Address> = fc.record({
  place: places,
  cacheUrl: fc.constantFrom(undefined, 'https://foo.org', 'http://127.0.0.1:80/x.'),
  view: fc.constantFrom(undefined, 'hex' as const),
  download: fc.boolean(),
  position: fc.constantFrom(
    undefined,
    { kind: 'lines', ranges: [{ first: 10, last: 20 }] },
    { kind: 'bytes', span: { first: 16, last: 16 } },
  ),
  otherQuery: fc.constant([]),
});

test('a link of this page is the view that it was copied from, wherever it is hosted and whatever stands around it', () => {
  fc.assert(
    fc.property(views, (address) => {
      const { pathname, search, hash } = formatAddress(address);
      const view = parseAddress({ pathname, search, hash });
      for (const link of [
        `https://any.host/sub/path${pathname}${search}${hash}`,
        `http://localhost:5173${pathname}${search}${hash}`,
        `https://any.host/x.html${formatHashAddress({ pathname, search, hash })}`,
      ]) {
        expect(recognise(link)).toEqual([view]);
        expect(recognise(`See <${link}>, or [that](${link}).`)).toEqual([view]);
        expect(recognise(`Is it ${link}?`)).toEqual([view]);
      }
    }),
    { numRuns: 1000 },
  );
});

test('any text is recognised or not, without a throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(
        fc.oneof(
          fc.constantFrom('https://', 'a.org', '/', HASH, '?q=', '#', '-', ' ', '.narinfo'),
          fc.string(),
        ),
      )
      .map((words) => words.join('')),
  );
  fc.assert(
    fc.property(text, (pasted) => void recognise(pasted)),
    { numRuns: 5000 },
  );
});

test.each([
  ['brackets', `https://a.org/${')'.repeat(1_000_000)}`],
  ['full stops', `https://a.org/${'.'.repeat(1_000_000)}x`],
  ['queries', 'https://a.org/?q='.repeat(50_000)],
  ['slashes', `https://a.org/${'/nix/store/'.repeat(50_000)}`],
  ['hashes', `${HASH}/`.repeat(20_000)],
  ['URLs', `https://a.org/${HASH}.narinfo `.repeat(5_000)],
])('takes time in proportion to the text: %s', (_, text) => {
  expect(recognise(text).length).toBeLessThanOrEqual(1);
});

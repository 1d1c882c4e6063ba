import { expect, test } from 'vitest';
import { LimitError, MetadataFormatError } from '../errors';
import { locate, nameOf, narPathOf, nodeAt, targetOf } from './listing';
import { formatListing, MAX_LISTING_SIZE, parseListing } from './listing-json';
import { bytes, dir, exe, file, join, link, listingOf, nar, thrownBy } from './testing';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A `.ls` file of version 1. */
const ls = (root: unknown) => JSON.stringify({ version: 1, root });
const directory = (entries: object) => ({ type: 'directory', entries });
const regular = { type: 'regular', size: 0 };

const whole = nar(
  dir({
    '10': file('x'),
    '9': file('y'),
    bin: dir({ hello: exe('hi\n') }),
    'café "q" \\ <>\u{1}\x7f': file('z'),
    empty: dir(),
    h: link('bin/hello'),
    zero: file(),
  }),
);
/** Written by Nix 2.8: `nix copy --to 'file://…?compression=none&write-nar-listing=1'`. */
const written = [
  '{"version":1,"root":{"type":"directory","entries":{',
  '"10":{"type":"regular","size":1,"narOffset":232},',
  '"9":{"type":"regular","size":1,"narOffset":424},',
  '"bin":{"type":"directory","entries":{',
  '"hello":{"type":"regular","size":3,"executable":true,"narOffset":784}}},',
  '"café \\"q\\" \\\\ <>\\u0001\x7f":{"type":"regular","size":1,"narOffset":1016},',
  '"empty":{"type":"directory","entries":{}},',
  '"h":{"type":"symlink","target":"bin/hello"},',
  '"zero":{"type":"regular","size":0,"narOffset":1576}',
  '}}}',
].join('');

test('a listing that Nix wrote is the listing of the NAR', () => {
  const read = parseListing(written);
  expect(read).toEqual({ listing: listingOf(whole), narSize: whole.length, quirks: [] });
  expect(parseListing(utf8(written))).toEqual(read);
});

test('a listing is written as Nix writes it', () => {
  expect(formatListing(listingOf(whole))).toBe(written);
});

test.each([
  ['a file', nar(file('hello'))],
  ['an executable', nar(exe())],
  ['a symlink', nar(link('../x'))],
  ['an empty directory', nar(dir())],
])('%s as the root comes back', (_, archive) => {
  const listing = listingOf(archive);
  expect(parseListing(formatListing(listing))).toEqual({ listing, narSize: archive.length, quirks: [] });
});

test('offsets are computed where none are stated, as on cache.nixos.org', () => {
  const bare = written
    .replaceAll(/,"narOffset":\d+/g, '')
    .replaceAll('"executable":true', '"executable" : true');
  expect(bare).not.toContain('narOffset');
  expect(parseListing(bare)).toEqual(parseListing(written));
  const spelledOut = bare.replaceAll(/"size":(\d+)}/g, '"size":$1,"executable":false,"narOffset":null}');
  expect(parseListing(spelledOut)).toEqual(parseListing(written));
});

test('entries are put into NAR order, whatever order they come in', () => {
  const names = ['b', 'a', '10', '9', '1', 'B', 'ab', 'a.b', '😀', 'Ａ', 'é', '__proto__', 'constructor'];
  const entries = names.map((name) => `"${name}":{"size":0,"type":"regular"}`);
  const json = `{"root":{"entries":{${entries}},"type":"directory"},"version":1}`;
  const { listing } = parseListing(json);
  const read = Array.from({ length: listing.length - 1 }, (_, i) => nameOf(listing, i + 1));
  expect(read.map(text)).toEqual(names.toSorted((a, b) => Buffer.compare(utf8(a), utf8(b))));
});

test('bytes that are not UTF-8 survive, in names and in targets', () => {
  const entries = [
    utf8('"é'),
    bytes(0xff),
    utf8('":{"type":"symlink","target":"'),
    bytes(0xc3),
    utf8('"},"é":'),
  ];
  const json = join(
    '{"version":1,"root":{"type":"directory","entries":{',
    ...entries,
    '{"type":"regular","size":3}}}}',
  );
  const { listing, quirks, narSize } = parseListing(json);
  expect(quirks).toEqual(['not-utf8']);
  expect([nameOf(listing, 1), nameOf(listing, 2)]).toEqual([utf8('é'), join('é', bytes(0xff))]);
  expect(targetOf(listing, 2)).toEqual(bytes(0xc3));
  expect(narSize).toBe(
    nar(
      dir([
        ['é', file('123')],
        [join('é', bytes(0xff)), link(bytes(0xc3))],
      ]),
    ).length,
  );
  expect(parseListing(formatListing(listing)).listing).toEqual(listing);
});

test('unknown fields are ignored', () => {
  const json = JSON.stringify({ version: 1, root: { ...regular, mtime: 1 }, generator: 'x' });
  expect(nodeAt(parseListing(json).listing, 0)).toMatchObject({ kind: 'regular', size: 0 });
});

test('a stated offset that differs is named with its file', () => {
  const json = written.replace('"narOffset":784', '"narOffset":792');
  expect(thrownBy(MetadataFormatError, () => parseListing(json))).toMatchObject({
    format: 'listing',
    reason: 'disagrees',
    field: 'narOffset',
    detail: 'bin/hello: stated 792, computed 784',
  });
});

test.each([
  [2, 'expected 1, found 2'],
  ['1', 'expected 1, found "1"'],
  [null, 'expected 1, found null'],
])('version %j is not read', (version, detail) => {
  const error = thrownBy(MetadataFormatError, () => parseListing(JSON.stringify({ version, root: regular })));
  expect(error).toMatchObject({ reason: 'unsupported-version', field: 'version', detail });
});

const nested = (depth: number): object => (depth === 0 ? regular : directory({ d: nested(depth - 1) }));

test('63 directories around a file are read', () => {
  const { listing } = parseListing(ls(nested(63)));
  expect(narPathOf(listing, 63)).toEqual(utf8(new Array(63).fill('d').join('/')));
});

test.each<[what: string, json: string, reason: string, detail: RegExp, field?: string]>([
  ['no JSON', '{"version":1,', 'malformed', /^not JSON: /],
  ['nothing', '', 'malformed', /^not JSON: /],
  ['a byte order mark', '\ufeff{}', 'malformed', /^not JSON: /],
  ['HTML', '<!doctype html>', 'malformed', /^not JSON: /],
  ['a list', '[]', 'malformed', /^expected a JSON object/],
  ['no version', JSON.stringify({ root: regular }), 'missing', /^there is no version/, 'version'],
  ['no root', '{"version":1}', 'malformed', /^the root: expected an object/],
  ['null for a node', ls(directory({ a: null })), 'malformed', /^a: expected an object/],
  [
    'an unknown type',
    ls(directory({ a: { type: 'fifo' } })),
    'malformed',
    /^a: expected "regular", /,
    'type',
  ],
  ['no entries', ls({ type: 'directory' }), 'malformed', /^the root: expected an object/, 'entries'],
  ['a list of entries', ls(directory([])), 'malformed', /^the root: expected an object/, 'entries'],
  ['no size', ls(directory({ a: { type: 'regular' } })), 'missing', /^a: there is no size/, 'size'],
  ['a negative size', ls({ type: 'regular', size: -1 }), 'malformed', /^the root: expected a number/, 'size'],
  ['a broken size', ls({ type: 'regular', size: 1.5 }), 'malformed', /^the root: expected a number/, 'size'],
  [
    'a size in words',
    ls({ type: 'regular', size: '1' }),
    'malformed',
    /^the root: expected a number/,
    'size',
  ],
  [
    'a size of 2^53',
    ls({ type: 'regular', size: 2 ** 53 }),
    'malformed',
    /^the root: expected a number/,
    'size',
  ],
  [
    'sizes that add up to 2^53',
    ls(directory({ a: { type: 'regular', size: 2 ** 52 }, b: { type: 'regular', size: 2 ** 52 } })),
    'malformed',
    /^b: the sizes add up/,
    'size',
  ],
  [
    'a number for a bit',
    ls({ ...regular, executable: 1 }),
    'malformed',
    /expected true or false/,
    'executable',
  ],
  [
    'an offset in words',
    ls({ ...regular, narOffset: '96' }),
    'disagrees',
    /stated "96", computed 96/,
    'narOffset',
  ],
  ['no target', ls({ type: 'symlink' }), 'missing', /^the root: there is no target/, 'target'],
  ['a number for a target', ls({ type: 'symlink', target: 1 }), 'malformed', /expected a string/, 'target'],
  ['an empty target', ls({ type: 'symlink', target: '' }), 'malformed', /found an empty target/, 'target'],
  [
    'a target that is too long',
    ls({ type: 'symlink', target: 'é'.repeat(2048) }),
    'malformed',
    /found a target of 4096 bytes/,
    'target',
  ],
  ['an empty name', ls(directory({ '': regular })), 'malformed', /found an empty name/, 'entries'],
  [
    'the name ..',
    ls(directory({ a: directory({ '..': regular }) })),
    'malformed',
    /^a: .* found the name "\.\."/,
    'entries',
  ],
  [
    'a name with a slash',
    ls(directory({ 'a/b': regular })),
    'malformed',
    /found a name with "\/"/,
    'entries',
  ],
  ['a name with a zero byte', ls(directory({ 'a\0': regular })), 'malformed', /zero byte/, 'entries'],
  [
    'a name that is too long',
    ls(directory({ ['é'.repeat(128)]: regular })),
    'malformed',
    /a name of 256 bytes/,
    'entries',
  ],
  [
    'half a surrogate pair',
    ls(directory({ '\ud83d': regular })),
    'malformed',
    /half of a surrogate pair/,
    'entries',
  ],
  [
    'one name in two writings',
    ls(directory({ é: regular, '\udcc3\udca9': regular })),
    'duplicate',
    /"é" is there twice/,
    'entries',
  ],
  [
    'too many directories',
    ls(nested(64)),
    'malformed',
    /d\/d: expected less than 64 directories around a node/,
  ],
  [
    '100 000 directories',
    `{"version":1,"root":${'{"type":"directory","entries":{"d":'.repeat(1e5)}1${'}}'.repeat(1e5)}}`,
    'malformed',
    /^(d\/)+d: expected less than 64 directories|^not JSON/,
  ],
])('%s is refused', (_, json, reason, detail, field) => {
  const error = thrownBy(MetadataFormatError, () => parseListing(json));
  expect(error).toMatchObject({ format: 'listing', reason, field });
  expect(error.detail).toMatch(detail);
});

test('a listing that no string could hold is not read', () => {
  const { limit, actual } = thrownBy(LimitError, () => parseListing(new Uint8Array(MAX_LISTING_SIZE + 1)));
  expect([limit, actual]).toEqual([MAX_LISTING_SIZE, MAX_LISTING_SIZE + 1]);
});

test('a directory of 100 000 entries is read', () => {
  const names = Array.from({ length: 100_000 }, (_, i) => String(i));
  const { listing } = parseListing(ls(directory(Object.fromEntries(names.map((name) => [name, regular])))));
  expect(listing.length).toBe(100_001);
  expect(text(nameOf(listing, locate(listing, utf8('99999')) ?? 0))).toBe('99999');
});

test('a version or an offset that nests without end is named, not written out', () => {
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const read = (json: string) => thrownBy(MetadataFormatError, () => parseListing(json)).detail;
  expect(read(`{"version":${deep}}`)).toBe('expected 1, found a list');
  const file = (offset: string) => `{"version":1,"root":{"type":"regular","size":0,"narOffset":${offset}}}`;
  expect(read(file(deep))).toBe('the root: stated a list, computed 96');
  expect(read(file('{"a":1}'))).toBe('the root: stated an object, computed 96');
  expect(read(file('"96"'))).toBe('the root: stated "96", computed 96');
});

test('a size of nothing has no sign', () => {
  const { listing } = parseListing('{"version":1,"root":{"type":"regular","size":-0}}');
  expect(listing.size[0]).toBe(0);
});

import { expect, test } from 'vitest';
import type { Failure } from '../../archive/failure';
import { rawTextOf, textOfFailure } from './failure-texts';
import { fetchCommand } from './fetch-command';
import { codecTexts, metadataTexts, narTexts, sourceTexts } from './reason-texts';

type Reason<Kind extends Failure['kind']> = Extract<Failure, { kind: Kind }>['reason'];
type Format = Extract<Failure, { kind: 'metadata-format' }>['format'];

const URL_OF_NARINFO = 'https://cache.example.org/m5c34ml3wbna241jgdf9vlwc1xzp0d1w.narinfo';
// The keys of a Record that is written out are the members of its union.
const keys = <Key extends string>(table: Readonly<Record<Key, unknown>>) => Object.keys(table) as Key[];

const nar = keys<Reason<'nar-format'>>(narTexts).map(
  (reason): Failure => ({
    kind: 'nar-format',
    reason,
    narOffset: 1234,
    narPath: new TextEncoder().encode('bin/nix'),
    expected: '")"',
    found: '"entry"',
  }),
);
const source = keys<Reason<'source'>>(sourceTexts).map(
  (reason): Failure => ({ kind: 'source', reason, url: URL_OF_NARINFO, status: 503, detail: 'a detail' }),
);
const codec = keys<Reason<'codec'>>(codecTexts).map(
  (reason): Failure => ({ kind: 'codec', reason, codec: 'xz', compressedOffset: 5, detail: 'lzip -dc' }),
);
const metadata = keys<Format>(metadataTexts).map(
  (format): Failure => ({
    kind: 'metadata-format',
    reason: 'malformed',
    format,
    detail: 'expected 52 digits, found 51',
    field: 'NarHash',
    line: 3,
    text: 'NarHash: x',
  }),
);
const others: readonly Failure[] = [
  { kind: 'not-found', reason: 'no-cache-has-it', storePath: 'abc', tried: [] },
  { kind: 'not-found', reason: 'no-such-entry', narPath: new Uint8Array(0) },
  { kind: 'not-found', reason: 'not-a-file', narPath: Uint8Array.of(0xff) },
  { kind: 'limit', reason: 'too-large', what: 'entries of an archive', limit: 5_000_000, actual: undefined },
  { kind: 'limit', reason: 'unvouched', what: 'bytes', limit: 2 ** 32, actual: undefined },
  { kind: 'cancelled', reason: 'cancelled' },
  { kind: 'internal', reason: 'bug', message: 'x is not a function', stack: undefined },
  { kind: 'internal', reason: 'worker-died', message: '', stack: undefined },
  { kind: 'internal', reason: 'worker-not-loaded', message: '', stack: undefined },
  { kind: 'internal', reason: 'archive-closed', message: 'archive 1 is not open', stack: undefined },
];

test.each([...nar, ...source, ...codec, ...metadata, ...others])('$kind, $reason has a text', (failure) => {
  const { title, meaning } = textOfFailure(failure);
  for (const text of [title, meaning]) {
    expect(text.trim()).not.toBe('');
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  }
  expect(title).not.toMatch(/\.$/);
  expect(rawTextOf(failure)).not.toContain('[object');
});

test('CORS is named as what it may be, with both ways out', () => {
  const [failure] = source;
  const text = failure && textOfFailure(failure);
  expect(text?.meaning).toContain('CORS');
  expect(text?.remedies).toContain('open-file');
  expect(text?.command).toBe(
    'curl -fL -o m5c34ml3wbna241jgdf9vlwc1xzp0d1w.nar https://cache.example.org/' +
      `"$(curl -fsL ${URL_OF_NARINFO} | sed -n 's/^URL: //p')"`,
  );
});

test('a cache that could not be asked is not one that has nothing', () => {
  const [failed] = source;
  const tried = [
    { cacheUrl: 'https://a.org', failure: undefined },
    { cacheUrl: 'https://cache.example.org', failure: failed },
  ];
  const notFound = { kind: 'not-found', reason: 'no-cache-has-it', storePath: 'abc' } as const;
  expect(textOfFailure({ ...notFound, tried }).meaning).toMatch(/not known.*CORS/);
  expect(textOfFailure({ ...notFound, tried }).command).toContain('curl');
  expect(textOfFailure({ ...notFound, tried: tried.slice(0, 1) }).meaning).not.toContain('not known');
});

test('other URLs are fetched as they are, local files not at all', () => {
  expect(fetchCommand('https://a.b/nar/1.nar.xz?x=1&y')).toBe("curl -fLO 'https://a.b/nar/1.nar.xz?x=1&y'");
  expect(fetchCommand('my file.nar')).toBeUndefined();
});

test('a codec that cannot be read names the command that can', () => {
  expect(codec.map((failure) => textOfFailure(failure).command)).toContain('lzip -dc');
});

test('a broken listing can be gone without', () => {
  const listing = metadata.find(
    (failure) => failure.kind === 'metadata-format' && failure.format === 'listing',
  );
  expect(listing && textOfFailure(listing).remedies[0]).toBe('without-listing');
});

test('the raw text is that of the metadata where there is one, else the facts', () => {
  expect(metadata[0] && rawTextOf(metadata[0])).toBe('NarHash: x');
  expect(nar[0] && rawTextOf(nar[0])).toContain('narPath: bin/nix');
});

test('strangers cannot write into the texts', () => {
  const text = textOfFailure({ kind: 'internal', reason: 'bug', message: 'a\u202eb', stack: undefined });
  expect(text.meaning).toContain('\\u202e');
});

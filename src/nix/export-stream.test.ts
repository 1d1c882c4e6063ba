import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LimitError, MetadataFormatError, NarFormatError } from './errors';
import { type ExportedPath, ExportParser, formatExport } from './export-stream';
import type { NarVisitor } from './nar/parser';
import { thrownBy } from './nar/testing';
import { concatBytes, writeString, writeStrings, writeU64 } from './nar/wire';
import { formatBaseName, parseBaseName, parseStorePath } from './store-path';

/**
 * `nix-store --export` of a derivation's output and of the one it refers to, by Nix 2.8; with gzip, in base
 * 64.
 */
const REAL_EXPORT = [
  'H4sIAAAAAAACA71UTVODMBBN/bYz/geP9kArpSXgePXgxbPXAAGCIaQhDR+/XorBDm09tHTcy5sXssvL250dgZ940MhIaSDh',
  'x0Rhw2z4SJ8/abzSKCuON3irucDRmiIB7jT3MyYxk/mN5jGmNBtv6000frx/vm1wqfmsETDLZSbwzPQrGCkvdWCwCJldxlGy',
  'dJ0QJVbt0AWERpGJIDfM6TPYhrtfx4vzApY28WGRc+H6aa3maRgvawGVWC3Qts40EAr0YzTQn3vNAyKw38ipNL/W2HjUnv1V',
  'h6G0rXOpuUdY/3sWYPCPOrr7kcBYnqBjd17G3f9L7K8l8iju+787Ty8dR/LxpFkZ9/s6AafxY33reI5pCM7g264vB+beJI6w',
  'Eo9YOTNrW6zC2oS0qOyalHwOq9Roe0hYZMx/bTn7u7v7rf8D3p1XKSXsC3T7RCIRbQZw6N44tu/dvnIG+n2h84fqH6rjdT8/',
  'JW5CObeZa1ocUa921UqpAHFeWnaUur38AyuzjW97DVAQWAYAAA==',
].join('');

const realExport = new Uint8Array(gunzipSync(Buffer.from(REAL_EXPORT, 'base64')));

/** A NAR of one file. */
const nar = (contents: string) =>
  writeStrings('nix-archive-1', '(', 'type', 'regular', 'contents', contents, ')');

const GREETING = '1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0';
const WORDS = '1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0';

const one = writeU64(1);
const zero = writeU64(0);
const magic = writeU64(0x4558494e);
const storePath = writeString(`/nix/store/${WORDS}`);
const nothing = writeString('');

const whole = [one, nar('hello\n'), magic, storePath, zero, nothing, zero, zero];

/** An export of one file without references and deriver, in its pieces, some of them replaced. */
function pieces(instead: Readonly<Record<number, Uint8Array>> = {}): Uint8Array {
  return concatBytes(whole.map((piece, i) => instead[i] ?? piece));
}

/** Where a piece begins. */
function startOf(index: number): number {
  return concatBytes(whole.slice(0, index)).length;
}

/** Feeds chunks through one buffer that is spoilt after each, as borrowed chunks may be. */
function parse(chunks: Iterable<Uint8Array>): { paths: ExportedPath[]; consumed: number } {
  const paths: ExportedPath[] = [];
  const parser = new ExportParser({ exportedPath: (path) => paths.push(path) });
  let consumed = 0;
  for (const chunk of chunks) {
    const borrowed = chunk.slice();
    consumed += parser.push(borrowed);
    borrowed.fill(0xff);
  }
  parser.finish();
  expect(parser.done).toBe(true);
  expect(parser.offset).toBe(consumed);
  return { paths, consumed };
}

function failureOf(bytes: Uint8Array, chunkSize = bytes.length): unknown {
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkSize) chunks.push(bytes.subarray(at, at + chunkSize));
  try {
    parse(chunks);
  } catch (error) {
    return error;
  }
  throw new Error('it was read');
}

const realPaths: readonly ExportedPath[] = [
  {
    storePath: parseBaseName(WORDS),
    references: [],
    deriver: parseBaseName('bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-words-1.0.drv'),
    narStart: 8,
    narSize: 120,
  },
  {
    storePath: parseBaseName(GREETING),
    references: [parseBaseName(WORDS), parseBaseName(GREETING)],
    deriver: parseBaseName('mi9jlpp6n913palbz9vqvvdappx36gm9-greeting-2.0.drv'),
    narStart: 296,
    narSize: 1032,
  },
];

describe('an export made by Nix', () => {
  test('tells each path, and where its NAR is', () => {
    expect(parse([realExport])).toEqual({ paths: realPaths, consumed: realExport.length });
    for (const { narStart } of realPaths) {
      const begin = Buffer.from(realExport.subarray(narStart + 8, narStart + 21)).toString();
      expect(begin).toBe('nix-archive-1');
    }
  });

  test('may be cut at every byte', () => {
    for (let cut = 0; cut <= realExport.length; cut++) {
      expect(parse([realExport.subarray(0, cut), realExport.subarray(cut)]).paths).toEqual(realPaths);
    }
  });

  test('may come byte by byte', () => {
    expect(parse(Array.from(realExport, (byte) => Uint8Array.of(byte))).paths).toEqual(realPaths);
  });

  test('that ends early says where', () => {
    for (let end = 0; end < realExport.length; end++) {
      expect(failureOf(realExport.subarray(0, end))).toMatchObject({
        kind: 'nar-format',
        reason: 'truncated',
        narOffset: end,
        found: 'the end',
      });
    }
  });

  test('would be written the same way', () => {
    const paths = realPaths.map((path) => ({
      ...path,
      nar: [realExport.subarray(path.narStart, path.narStart + path.narSize)],
    }));
    expect(concatBytes([...formatExport(paths)])).toEqual(realExport);
  });

  test('tells what is in its NARs to who wants to hear it', () => {
    const heard: string[] = [];
    const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
    const listener = (narStart: number): NarVisitor => ({
      enterDirectory: (name) => heard.push(`${narStart} enter ${text(name)}`),
      leaveDirectory: () => heard.push('leave'),
      beginRegular: (name, { size, narOffset }) =>
        heard.push(`${narStart} file ${text(name)} ${size} at ${narOffset}`),
      contents: (chunk) => heard.push(text(chunk)),
      endRegular: () => {},
      symlink: (name, target) => heard.push(`${text(name)} -> ${text(target)}`),
    });
    const parser = new ExportParser({
      beginNar: (narStart) => (narStart === 8 ? undefined : listener(narStart)),
      exportedPath: (path) => heard.push(formatBaseName(path.storePath)),
    });
    parser.push(realExport);
    expect(heard).toEqual([
      WORDS,
      '296 enter ',
      '296 enter bin',
      '296 file greet 58 at 400',
      `cat /nix/store/${WORDS}\n`,
      'leave',
      '296 file self 57 at 680',
      `/nix/store/${GREETING}\n`,
      `words -> /nix/store/${WORDS}`,
      'leave',
      GREETING,
    ]);
  });
});

test('an export of nothing', () => {
  expect(parse([zero])).toEqual({ paths: [], consumed: 8 });
});

test('an old signature is passed over', () => {
  const signed = pieces({ 6: concatBytes([one, writeString('key:signature')]) });
  expect(parse([signed]).paths).toMatchObject([{ storePath: parseBaseName(WORDS), deriver: undefined }]);
});

test('what follows the end is not taken', () => {
  expect(parse([concatBytes([pieces(), Uint8Array.of(1, 2, 3)])]).consumed).toBe(pieces().length);
  expect(parse([pieces(), Uint8Array.of(1)]).consumed).toBe(pieces().length);
});

test('what a visitor throws comes out', () => {
  const parser = new ExportParser({
    exportedPath: () => {
      throw new Error('enough');
    },
  });
  expect(() => parser.push(pieces())).toThrow('enough');
});

test.each([
  [
    'something else',
    { 0: writeString('nix-archive-1') },
    { reason: 'bad-magic', narOffset: 0, found: 'the number 13' },
  ],
  [
    'a number after a path',
    { 7: writeU64(2) },
    { reason: 'unexpected-token', narOffset: startOf(7), found: 'the number 2' },
  ],
  ['no NAR', { 1: writeString('nix-archive-2') }, { reason: 'bad-magic', narOffset: startOf(1) + 8 }],
  [
    'a spoilt NAR',
    { 1: writeStrings('nix-archive-1', '(', 'type', 'socket', ')') },
    { reason: 'unexpected-token', narOffset: startOf(1) + 64, found: '"socket"' },
  ],
  [
    'no magic',
    { 2: writeString('NIXE') },
    { reason: 'bad-magic', narOffset: startOf(2), expected: 'the magic "NIXE" after a NAR' },
  ],
  [
    'a store path that is too long',
    { 3: writeU64(256) },
    {
      reason: 'too-long',
      narOffset: startOf(3),
      expected: 'a store path of at most 255 bytes',
      found: 'a length of 256',
    },
  ],
  [
    'a length beyond all bounds',
    { 3: new Uint8Array(8).fill(0xff) },
    { reason: 'too-long', narOffset: startOf(3) },
  ],
  [
    'padding that is not zero',
    { 3: concatBytes([storePath.subarray(0, -1), one.subarray(0, 1)]) },
    { reason: 'bad-padding', narOffset: startOf(4) - 1, found: 'the byte 1' },
  ],
  ['a signature flag of its own', { 6: writeU64(7) }, { reason: 'unexpected-token', narOffset: startOf(6) }],
] as const)('%s is a NarFormatError that says where', (_, instead, facts) => {
  const bytes = pieces(instead);
  for (const chunkSize of [bytes.length, 1, 7]) {
    const failure = failureOf(bytes, chunkSize);
    expect(failure).toBeInstanceOf(NarFormatError);
    expect(failure).toMatchObject(facts);
  }
});

test.each([
  [
    'an empty store path',
    { 3: nothing },
    `at byte ${startOf(3)}: expected a path in /nix/store/, found ""`,
    'store path',
  ],
  [
    'a path elsewhere',
    { 3: writeString('/tmp/\xff') },
    `at byte ${startOf(3)}: expected a path in`,
    'store path',
  ],
  [
    'a reference that is none',
    { 4: concatBytes([one, writeString('x')]) },
    `at byte ${startOf(4) + 8}:`,
    'reference',
  ],
  [
    'a deriver that is none',
    { 5: writeString('unknown-deriver') },
    `at byte ${startOf(5)}: expected a path in /nix/store/, found "unknown-deriver"`,
    'deriver',
  ],
  ['version 2', { 0: writeU64(0x324f4952414e) }, 'found version 2 (NARIO2)', undefined],
])('%s is a MetadataFormatError', (_, instead, detail, field) => {
  const failure = failureOf(pieces(instead));
  expect(failure).toBeInstanceOf(MetadataFormatError);
  expect(failure).toMatchObject({ format: 'export-stream', detail: expect.stringContaining(detail), field });
});

test('a count of references that is beyond the limit is refused before one of them comes', () => {
  const failure = failureOf(concatBytes([...whole.slice(0, 4), writeU64(30_001)]));
  expect(failure).toBeInstanceOf(LimitError);
  expect(failure).toMatchObject({ what: 'references of a store path', limit: 30_000, actual: 30_001 });
});

test('paths without end are stopped at the limit', () => {
  let paths = 0;
  const parser = new ExportParser({ exportedPath: () => paths++ });
  const path = concatBytes(whole.slice(0, -1));
  const endless = () => {
    for (;;) parser.push(path);
  };
  expect(thrownBy(LimitError, endless)).toMatchObject({
    what: 'store paths in an export stream',
    limit: 20_000,
  });
  expect(paths).toBe(20_000);
});

test('what is formatted parses to the same paths, however it is cut', () => {
  const anyPath = fc
    .tuple(
      fc.stringMatching(/^[0-9a-df-np-sv-z]{32}$/),
      fc.stringMatching(/^[0-9a-zA-Z+_?=][0-9a-zA-Z+._?=-]{0,40}$/),
    )
    .map(([hashPart, name]) => parseStorePath(`/nix/store/${hashPart}-${name}`));
  const path = fc.record({
    storePath: anyPath,
    references: fc.array(anyPath, { maxLength: 3 }),
    deriver: fc.option(anyPath, { nil: undefined }),
    nar: fc.string({ maxLength: 20 }).map((contents) => [nar(contents)]),
  });
  fc.assert(
    fc.property(fc.array(path, { maxLength: 3 }), fc.integer({ min: 1, max: 64 }), (paths, chunkSize) => {
      const bytes = concatBytes([...formatExport(paths)]);
      const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, i) =>
        bytes.subarray(i * chunkSize, (i + 1) * chunkSize),
      );
      const parsed = parse(chunks).paths.map(({ narStart, narSize, ...rest }) => ({
        ...rest,
        nar: [bytes.slice(narStart, narStart + narSize)],
      }));
      expect(parsed).toEqual(paths);
    }),
  );
});

test('nothing but our own errors is thrown for spoilt exports', () => {
  const edits = fc.array(
    fc.record({ at: fc.nat({ max: realExport.length - 1 }), byte: fc.integer({ min: 0, max: 255 }) }),
    { minLength: 1, maxLength: 3 },
  );
  fc.assert(
    fc.property(edits, fc.integer({ min: 1, max: 200 }), (changes, chunkSize) => {
      const bytes = realExport.slice();
      for (const { at, byte } of changes) bytes[at] = byte;
      let failure: unknown;
      try {
        failure = failureOf(bytes, chunkSize);
      } catch {
        return; // Contents, or letters of a name: it is another export that can be read.
      }
      expect(
        failure instanceof NarFormatError ||
          failure instanceof MetadataFormatError ||
          failure instanceof LimitError,
        String(failure),
      ).toBe(true);
      if (failure instanceof NarFormatError) expect(failure.narOffset).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 1000 },
  );
});

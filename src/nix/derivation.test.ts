import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Derivation,
  formatDerivation,
  MAX_DERIVATION_SIZE,
  parseDerivation,
  structuredAttrsOf,
} from './derivation';
import { LimitError, MetadataFormatError } from './errors';
import { decodeLossless, encodeLossless } from './lossless-utf8';
import { join, thrownBy } from './nar/testing';

const A = '/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0';
const B = '/nix/store/bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-words-1.0.drv';
const C = '/nix/store/1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0';
const storePathA = { hashPart: '1cy7gvbm87d4fn6xhgj598faj3z8l477', name: 'words-1.0' };
const storePathB = { hashPart: 'bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a', name: 'words-1.0.drv' };
const SHA256 = '0123456789abcdef'.repeat(4);
const DIGEST = Uint8Array.from(SHA256.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** The words of the language: what stands where is left out is empty. */
interface Parts {
  readonly begin?: string;
  readonly outputs?: string;
  readonly inputs?: string;
  readonly sources?: string;
  readonly rest?: string;
  readonly args?: string;
  readonly env?: string;
  readonly end?: string;
}

function drv(parts: Parts): string {
  const {
    begin = 'Derive(',
    outputs = '',
    inputs = '',
    sources = '',
    args = '',
    env = '',
    end = ')',
  } = parts;
  const { rest = '"x86_64-linux","/bin/sh"' } = parts;
  return `${begin}[${outputs}],[${inputs}],[${sources}],${rest},[${args}],[${env}]${end}`;
}

function read(text: string | Uint8Array): Derivation {
  return parseDerivation(typeof text === 'string' ? new TextEncoder().encode(text) : text);
}

function written(derivation: Derivation): string {
  return decodeLossless(formatDerivation(derivation));
}

function refused(text: string): MetadataFormatError {
  return thrownBy(MetadataFormatError, () => read(text));
}

test('a whole one', () => {
  const text = drv({
    outputs: `("dev","${C}","",""),("out","${A}","","")`,
    inputs: `("${B}",["dev","out"])`,
    sources: `"${A}","${C}"`,
    args: '"-e","-c"',
    env: '("PATH","/bin"),("name","words")',
  });
  const derivation = read(text);
  expect(derivation).toEqual({
    form: 'Derive',
    outputs: [
      {
        name: 'dev',
        kind: 'input-addressed',
        storePath: { hashPart: C.slice(11, 43), name: 'greeting-2.0' },
      },
      { name: 'out', kind: 'input-addressed', storePath: storePathA },
    ],
    inputDerivations: [{ storePath: storePathB, outputs: ['dev', 'out'], ofOutputs: [] }],
    inputSources: [storePathA, { hashPart: C.slice(11, 43), name: 'greeting-2.0' }],
    system: 'x86_64-linux',
    builder: '/bin/sh',
    args: ['-e', '-c'],
    env: [
      { name: 'PATH', value: '/bin' },
      { name: 'name', value: 'words' },
    ],
  });
  expect(written(derivation)).toBe(text);
});

describe('outputs', () => {
  const hash = { algorithm: 'sha256', digest: DIGEST };
  test.each([
    ['deferred', '"","",""', { kind: 'deferred' }],
    ['fixed, a file', `"${A}","sha256","${SHA256}"`, { kind: 'fixed', address: { method: 'flat', hash } }],
    ['fixed, a NAR', `"${A}","r:sha256","${SHA256}"`, { kind: 'fixed', address: { method: 'nar', hash } }],
    ['fixed, text', `"${A}","text:sha256","${SHA256}"`, { kind: 'fixed', address: { method: 'text', hash } }],
    ['fixed, git', `"${A}","git:sha1","${SHA256.slice(24)}"`, { kind: 'fixed', address: { method: 'git' } }],
    ['floating', '"","r:sha256",""', { kind: 'floating', method: 'nar', algorithm: 'sha256' }],
    ['impure', '"","r:sha512","impure"', { kind: 'impure', method: 'nar', algorithm: 'sha512' }],
  ])('%s', (_, fields, expected) => {
    const text = drv({ outputs: `("out",${fields})` });
    expect(read(text).outputs).toMatchObject([{ name: 'out', ...expected }]);
    expect(written(read(text))).toBe(text);
  });

  test.each([
    ['a hash without an algorithm', `"${A}","","${SHA256}"`],
    ['an algorithm that is none', `"${A}","sha3","${SHA256}"`],
    ['a method that is none', `"${A}","x:sha256","${SHA256}"`],
    ['a hash of another length', `"${A}","sha256","${SHA256}0"`],
    ['a hash in capitals', `"${A}","sha256","${SHA256.toUpperCase()}"`],
    ['a hash in nixbase32', `"${A}","sha256","1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s"`],
    ['a fixed one without its path', `"","sha256","${SHA256}"`],
    ['a floating one with a path', `"${A}","sha256",""`],
    ['a path outside of the store', '"/tmp/out","",""'],
  ])('not %s', (_, fields) => {
    expect(refused(drv({ outputs: `("out",${fields})` }))).toMatchObject({
      format: 'derivation',
      field: 'output "out"',
    });
  });
});

test('outputs of outputs, in the second form', () => {
  const text = drv({
    begin: 'DrvWithVersion("xp-dyn-drv",',
    inputs: `("${A}",["out"]),("${B}",([],[("lib",["x"]),("out",(["y"],[("z",[])]))]))`,
  });
  const [, dynamic] = read(text).inputDerivations;
  expect(dynamic).toEqual({
    storePath: storePathB,
    outputs: [],
    ofOutputs: [
      { name: 'lib', outputs: ['x'], ofOutputs: [] },
      { name: 'out', outputs: ['y'], ofOutputs: [{ name: 'z', outputs: [], ofOutputs: [] }] },
    ],
  });
  expect(written(read(text))).toBe(text);
  expect(() => read(text.replace('DrvWithVersion("xp-dyn-drv",', 'Derive('))).toThrow(MetadataFormatError);
});

test('escapes, and what needs none', () => {
  const text = drv({ args: String.raw`"a\"b\\c\nd\re\tf","$\\n","é${'\x7f'}"` });
  expect(read(text).args).toEqual(['a"b\\c\nd\re\tf', '$\\n', 'é\x7f']);
  expect(written(read(text))).toBe(text);
});

test('bytes that are not UTF-8 stay what they are', () => {
  const [before = '', after = ''] = drv({ env: '("é","#")' }).split('#');
  const bytes = join(before, Uint8Array.of(0xff, 0x5c, 0x6e, 0xc3, 0x28, 0xed, 0xa0, 0x80), '\ufeff', after);
  const derivation = read(bytes);
  expect(derivation.env).toEqual([{ name: 'é', value: '\udcff\n\udcc3(\udced\udca0\udc80\ufeff' }]);
  expect(formatDerivation(derivation)).toEqual(bytes);
});

test('structured attributes are the text of a variable', () => {
  expect(structuredAttrsOf(read(drv({ env: String.raw`("__json","{\"a\":[1]}"),("out","x")` })))).toBe(
    '{"a":[1]}',
  );
  expect(structuredAttrsOf(read(drv({})))).toBeUndefined();
});

describe('refused', () => {
  test.each([
    ['nothing', '', /at byte 0: expected Derive\(, found the end/],
    ['another word', 'Drive([],[],[],"","",[],[])', /at byte 0/],
    ['a blank', 'Derive([], [],[],"","",[],[])', /at byte 10: expected \[, found/],
    ['something behind', `${drv({})}\n`, /expected the end, found "\\n"/],
    ['no end', drv({ end: '' }), /expected \), found the end/],
    ['a string without end', 'Derive([],[],[],"x', /expected the end of a string/],
    ['a backslash at the end', 'Derive([],[],[],"x\\', /found the end/],
    ['an escape that Nix does not write', drv({ args: '"\\a"' }), /expected one of/],
    ['a line break as it is', drv({ args: '"a\nb"' }), /the character itself/],
    ['a comma too many', drv({ args: '"a",' }), /expected "/],
    ['a comma too few', drv({ args: '"a""b"' }), /expected ,/],
    ['variables out of order', drv({ env: '("b",""),("a","")' }), /after "b", found "a"/],
    ['a place after letters of several bytes', drv({ rest: '"é",x' }), /at byte 21/],
    [
      'outputs of outputs, none',
      drv({ begin: 'DrvWithVersion("xp-dyn-drv",', inputs: `("${B}",(["a"],[]))` }),
      /found none/,
    ],
  ])('%s', (_, text, detail) => {
    expect(refused(text).detail).toMatch(new RegExp(detail));
  });

  test('what is there twice', () => {
    expect(refused(drv({ env: '("a","1"),("a","2")' })).reason).toBe('duplicate');
    expect(refused(drv({ sources: `"${A}","${A}"` })).reason).toBe('duplicate');
  });

  test('another version', () => {
    expect(refused(drv({ begin: 'DrvWithVersion("xp-9",' })).reason).toBe('unsupported-version');
  });

  test('what no store path is', () => {
    expect(refused(drv({ sources: '"/gnu/store/x"' }))).toMatchObject({ field: 'inputSrcs' });
    expect(refused(drv({ inputs: '("x",["out"])' }))).toMatchObject({ field: 'inputDrvs' });
  });

  test('too many bytes, and nesting without end', () => {
    expect(() => read(new Uint8Array(MAX_DERIVATION_SIZE + 1))).toThrow(LimitError);
    const deep = `${'([],[("a",'.repeat(100_000)}`;
    expect(() => read(drv({ begin: 'DrvWithVersion("xp-dyn-drv",', inputs: `("${B}",${deep})` }))).toThrow(
      LimitError,
    );
  });

  test('a text that stands for no bytes is not written', () => {
    expect(() => formatDerivation({ ...read(drv({})), system: '\ud800' })).toThrow(MetadataFormatError);
  });
});

test('the order is that of the bytes, beyond U+FFFF too', () => {
  const text = drv({ env: '("\uffff",""),("\u{10000}","")' });
  expect(read(text).env.map(({ name }) => name)).toEqual(['\uffff', '\u{10000}']);
  const reversed = { ...read(text), env: read(text).env.toReversed() };
  expect(written(reversed)).toBe(text);
});

const texts = fc
  .oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
  )
  .map(decodeLossless);
const storePaths = fc.constantFrom(storePathA, storePathB);
const wanted = fc.record({ outputs: fc.uniqueArray(texts, { maxLength: 3 }), ofOutputs: fc.constant([]) });
const dynamic = fc.record({
  storePath: fc.constant(storePathA),
  outputs: fc.uniqueArray(texts, { maxLength: 2 }),
  ofOutputs: fc.uniqueArray(
    fc.record({ name: texts }).chain(({ name }) => wanted.map((one) => ({ name, ...one }))),
    {
      selector: ({ name }) => name,
      minLength: 1,
      maxLength: 2,
    },
  ),
});
const derivations: fc.Arbitrary<Derivation> = fc.record({
  form: fc.constant('xp-dyn-drv' as const),
  outputs: fc.uniqueArray(
    fc.oneof(
      fc.record({ name: texts, kind: fc.constant('deferred' as const) }),
      fc.record({ name: texts, kind: fc.constant('input-addressed' as const), storePath: storePaths }),
      fc.record({
        name: texts,
        kind: fc.constantFrom('floating' as const, 'impure' as const),
        method: fc.constantFrom('text' as const, 'nar' as const, 'git' as const, 'flat' as const),
        algorithm: fc.constantFrom('md5' as const, 'sha256' as const),
      }),
    ),
    { selector: ({ name }) => name, maxLength: 4 },
  ),
  inputDerivations: fc.oneof(
    fc.constant([]),
    dynamic.map((one) => [one]),
  ),
  inputSources: fc.constantFrom([], [storePathA], [storePathA, storePathB]),
  system: texts,
  builder: texts,
  args: fc.array(texts, { maxLength: 4 }),
  env: fc.uniqueArray(fc.record({ name: texts, value: texts }), {
    selector: ({ name }) => name,
    maxLength: 4,
  }),
});

test('what is written is read again, and written the same', () => {
  fc.assert(
    fc.property(derivations, (derivation) => {
      const bytes = formatDerivation(derivation);
      const again = parseDerivation(bytes);
      expect(formatDerivation(again)).toEqual(bytes);
      expect(new Set(again.env)).toEqual(new Set(derivation.env));
      expect({ ...again, env: [], outputs: [], inputDerivations: [] }).toEqual({
        ...derivation,
        env: [],
        outputs: [],
        inputDerivations: [],
      });
      expect(new Set(again.outputs)).toEqual(new Set(derivation.outputs));
    }),
    { numRuns: 500 },
  );
});

test('any bytes are a text that gives them back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      expect(encodeLossless(decodeLossless(bytes))).toEqual(bytes);
    }),
  );
});

test.each([
  ['of many escapes', '\\n\\"\\\\x'.repeat(700_000)],
  ['of bytes that are not UTF-8', '\udcff'.repeat(1_000_000)],
])('a string of megabytes, %s, is read in less than seconds', (_, value) => {
  const bytes = encodeLossless(drv({ env: `("__json","${value}")` })) ?? new Uint8Array(0);
  const start = performance.now();
  const again = formatDerivation(parseDerivation(bytes));
  expect(performance.now() - start).toBeLessThan(5000);
  // The matcher would take longer than all of it.
  expect(again.length).toBe(bytes.length);
  expect(again.every((byte, at) => byte === bytes[at])).toBe(true);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHash } from './hash';
import { formatNarInfo, type NarInfo, type NarInfoQuirk, parseNarInfo } from './narinfo';
import { formatBaseName, formatStorePath } from './store-path';

/** As `nix copy` 2.8 wrote it, signed, to a file:// cache. */
const fromNix = `StorePath: /nix/store/1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0
URL: nar/0vcgix39hn0vp6sdixq8pfkalsi98383csk7y1zw9ddl2k0k0xwh.nar.zst
Compression: zstd
FileHash: sha256:0vcgix39hn0vp6sdixq8pfkalsi98383csk7y1zw9ddl2k0k0xwh
FileSize: 311
NarHash: sha256:1380h8z97jsin4xjnf1c35cxd1kjb30rzikhrp2g1jmpnz5fvxh0
NarSize: 1032
References: 1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0 1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0
Deriver: mi9jlpp6n913palbz9vqvvdappx36gm9-greeting-2.0.drv
Sig: test-1:Zfe0j3IvzXNjtbo6f0foaRhGYQU6lscpw02H9riYXG4F6UAyORbC2AQ6AeGWNZIv6F7WVMT2wqAxFX4k6EA8AQ==
`;

/** As `nix copy` 2.8 wrote it for a path added by its contents: unsigned, without references or deriver. */
const contentAddressed = `StorePath: /nix/store/31cmwbybm3prjwbzg3ll2pzvdxaxjg7q-d.nix
URL: nar/18r68ma9hjqrkkz3ggb4zmkzc7kkc18bzjkmw38m10ialvd0sikz.nar.bz2
Compression: bzip2
FileHash: sha256:18r68ma9hjqrkkz3ggb4zmkzc7kkc18bzjkmw38m10ialvd0sikz
FileSize: 305
NarHash: sha256:01y7nl9b9cbrri3xnli6ici1sxps2rjb5jx2cdk0y1hhahxjkaf1
NarSize: 440
References: 
CA: fixed:r:sha256:01y7nl9b9cbrri3xnli6ici1sxps2rjb5jx2cdk0y1hhahxjkaf1
`;

/**
 * In the manner of Hydra's queue runner: the NAR is named by NarHash, the system is told, the references keep
 * their own order.
 */
const inHydrasManner = `StorePath: /nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5
URL: nar/1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s.nar.xz
Compression: xz
FileHash: sha256:0vcgix39hn0vp6sdixq8pfkalsi98383csk7y1zw9ddl2k0k0xwh
FileSize: 6250608
NarHash: sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s
NarSize: 23633840
References: mi9jlpp6n913palbz9vqvvdappx36gm9-zlib-1.3 1cy7gvbm87d4fn6xhgj598faj3z8l477-glibc-2.38
Deriver: bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-nix-2.13.5.drv
System: x86_64-linux
Sig: cache.example.org-1:XJCQA9qXvN9p5+J3zky2nJhxPzNLMCeTh+der1yFc0TKQ8+MR7w5pDSkYWcI6THlGLF9rkAmDtEcbQOyaFI/AQ==
Sig: other.example.org-1:Zfe0j3IvzXNjtbo6f0foaRhGYQU6lscpw02H9riYXG4F6UAyORbC2AQ6AeGWNZIv6F7WVMT2wqAxFX4k6EA8AQ==
`;

/** In attic's manner: no FileHash, no FileSize, always `.nar` in the URL. */
const inAtticsManner = `StorePath: /nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0
URL: nar/1cy7gvbm87d4fn6xhgj598faj3z8l477.nar
Compression: zstd
NarHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw
NarSize: 120
References: 
Deriver: bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-words-1.0.drv
`;

/** In cachix's manner: FileHash in base 16, `unknown-deriver`. */
const inCachixManner = `StorePath: /nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0
URL: nar/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.nar.zst
Compression: zstd
FileHash: sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad
FileSize: 91
NarHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw
NarSize: 120
References: 
Deriver: unknown-deriver
`;

/** In harmonia's manner, through a proxy that ate the last line feed: a query in the URL. */
const inHarmoniasManner = `StorePath: /nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0
URL: nar/04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw.nar?hash=1cy7gvbm87d4fn6xhgj598faj3z8l477
Compression: none
FileHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw
FileSize: 120
NarHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw
NarSize: 120
References: 
Deriver: bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-words-1.0.drv`;

/** `fromNix` with one line replaced, by the name of its field. */
function having(name: string, ...lines: readonly string[]): string {
  return fromNix.replace(new RegExp(`^${name}: .*\n`, 'm'), lines.map((line) => `${line}\n`).join(''));
}

test('every field of a narinfo is read', () => {
  const info = parseNarInfo(inHydrasManner);
  expect({
    ...info,
    storePath: formatStorePath(info.storePath),
    fileHash: info.fileHash && formatHash(info.fileHash, 'nix32'),
    narHash: formatHash(info.narHash, 'nix32'),
    references: info.references.map(formatBaseName),
    deriver: info.deriver && formatBaseName(info.deriver),
  }).toEqual({
    storePath: '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5',
    url: 'nar/1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s.nar.xz',
    compression: 'xz',
    fileHash: 'sha256:0vcgix39hn0vp6sdixq8pfkalsi98383csk7y1zw9ddl2k0k0xwh',
    fileSize: 6250608,
    narHash: 'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
    narSize: 23633840,
    references: ['mi9jlpp6n913palbz9vqvvdappx36gm9-zlib-1.3', '1cy7gvbm87d4fn6xhgj598faj3z8l477-glibc-2.38'],
    deriver: 'bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-nix-2.13.5.drv',
    system: 'x86_64-linux',
    signatures: [
      'cache.example.org-1:XJCQA9qXvN9p5+J3zky2nJhxPzNLMCeTh+der1yFc0TKQ8+MR7w5pDSkYWcI6THlGLF9rkAmDtEcbQOyaFI/AQ==',
      'other.example.org-1:Zfe0j3IvzXNjtbo6f0foaRhGYQU6lscpw02H9riYXG4F6UAyORbC2AQ6AeGWNZIv6F7WVMT2wqAxFX4k6EA8AQ==',
    ],
    contentAddress: undefined,
    unknownFields: [],
    quirks: ['references-unsorted'],
  });
});

test.each([
  ['Nix', fromNix, []],
  ['Nix, content-addressed', contentAddressed, []],
  ['Hydra', inHydrasManner, ['references-unsorted']],
  ['attic', inAtticsManner, ['file-hash-missing', 'file-size-missing']],
  ['cachix', inCachixManner, ['hash-base16', 'unknown-deriver']],
  ['harmonia', inHarmoniasManner, ['final-newline-missing']],
] as const)('a narinfo of %s is read, with its quirks', (_, text, quirks) => {
  expect(parseNarInfo(text).quirks).toEqual(quirks);
});

test.each([fromNix, contentAddressed, inHydrasManner, inAtticsManner])(
  'Nix would write it the same way',
  (text) => {
    expect(formatNarInfo(parseNarInfo(text))).toBe(text);
  },
);

describe('read through', () => {
  test.each<[string, string, Partial<NarInfo>, NarInfoQuirk[]]>([
    ['no Compression', having('Compression'), { compression: 'bzip2' }, ['compression-missing']],
    [
      'an empty Compression',
      having('Compression', 'Compression: '),
      { compression: 'bzip2' },
      ['compression-missing'],
    ],
    ['a Compression in capitals', having('Compression', 'Compression: XZ'), { compression: 'xz' }, []],
    ['an unheard-of Compression', having('Compression', 'Compression: zpaq'), { compression: 'zpaq' }, []],
    ['no References', having('References'), { references: [] }, []],
    ['References whose space was trimmed', having('References', 'References:'), { references: [] }, []],
    ['no Deriver', having('Deriver'), { deriver: undefined }, []],
    ['an empty Deriver', having('Deriver', 'Deriver: '), { deriver: undefined }, ['unknown-deriver']],
    [
      'unknown-deriver',
      having('Deriver', 'Deriver: unknown-deriver'),
      { deriver: undefined },
      ['unknown-deriver'],
    ],
    ['no FileSize', having('FileSize'), { fileSize: undefined }, ['file-size-missing']],
    ['FileSize 0', having('FileSize', 'FileSize: 0'), { fileSize: undefined }, ['file-size-missing']],
    ['no FileHash', having('FileHash'), { fileHash: undefined }, ['file-hash-missing']],
    ['no Sig', having('Sig'), { signatures: [] }, []],
    ['an empty CA', `${fromNix}CA: \n`, { contentAddress: undefined }, []],
    ['an empty System', `${fromNix}System: \n`, { system: undefined }, []],
    [
      'an absolute URL',
      having('URL', 'URL: https://elsewhere.example/nar/a.nar?x=1&y=:2'),
      { url: 'https://elsewhere.example/nar/a.nar?x=1&y=:2' },
      [],
    ],
    [
      'unknown fields',
      `${fromNix}Provenance: {"type":"x: y"}\nX-Odd_1: \n`,
      {
        unknownFields: [
          { name: 'Provenance', value: '{"type":"x: y"}' },
          { name: 'X-Odd_1', value: '' },
        ],
      },
      ['unknown-field'],
    ],
    ['fields named like members of every object', `${fromNix}constructor: x\n`, {}, ['unknown-field']],
    [
      'NarHash in SRI',
      having('NarHash', 'NarHash: sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='),
      {},
      ['hash-sri'],
    ],
    [
      'carriage returns',
      fromNix.replaceAll('\n', '\r\n'),
      { narSize: 1032, fileSize: 311 },
      ['carriage-returns'],
    ],
    ['no final line feed', fromNix.slice(0, -1), {}, ['final-newline-missing']],
    [
      'repeated references and stray spaces',
      having(
        'References',
        'References:  1cy7gvbm87d4fn6xhgj598faj3z8l477-a  1cy7gvbm87d4fn6xhgj598faj3z8l477-a ',
      ),
      {},
      ['references-unsorted'],
    ],
  ])('%s', (_, text, fields, quirks) => {
    const info = parseNarInfo(text);
    expect(info).toMatchObject(fields);
    expect(info.quirks).toEqual(quirks);
  });
});

describe('refused', () => {
  const base = { kind: 'metadata-format', format: 'narinfo' };
  test.each([
    ['nothing', '', { reason: 'missing', field: 'StorePath', line: undefined }],
    ['no StorePath', having('StorePath'), { reason: 'missing', field: 'StorePath', line: undefined }],
    ['no URL', having('URL'), { reason: 'missing', field: 'URL', line: undefined }],
    [
      'an empty URL',
      having('URL', 'URL: '),
      { reason: 'missing', field: 'URL', line: 2, detail: 'is empty' },
    ],
    ['no NarHash', having('NarHash'), { reason: 'missing', field: 'NarHash', line: undefined }],
    ['no NarSize', having('NarSize'), { reason: 'missing', field: 'NarSize', line: undefined }],
    ['NarSize 0', having('NarSize', 'NarSize: 0'), { reason: 'malformed', field: 'NarSize', line: 7 }],
    [
      'a negative NarSize',
      having('NarSize', 'NarSize: -1'),
      { reason: 'malformed', field: 'NarSize', line: 7 },
    ],
    [
      'a NarSize in words',
      having('NarSize', 'NarSize: 1e3'),
      { reason: 'malformed', field: 'NarSize', line: 7 },
    ],
    [
      'a NarSize above 2^53 - 1',
      having('NarSize', 'NarSize: 9007199254740993'),
      {
        reason: 'malformed',
        field: 'NarSize',
        line: 7,
        detail: 'expected bytes up to 9007199254740991, found "9007199254740993"',
      },
    ],
    [
      'a FileSize without end',
      having('FileSize', `FileSize: ${'9'.repeat(400)}`),
      { field: 'FileSize', line: 5 },
    ],
    [
      'two StorePaths',
      `${fromNix}StorePath: /nix/store/x\n`,
      { reason: 'duplicate', field: 'StorePath', line: 11 },
    ],
    ['two URLs', having('URL', 'URL: a', 'URL: b'), { reason: 'duplicate', field: 'URL', line: 3 }],
    [
      'two References',
      having('References', 'References: ', 'References: '),
      { reason: 'duplicate', line: 9 },
    ],
    ['two CAs', `${fromNix}CA: a\nCA: b\n`, { reason: 'duplicate', field: 'CA', line: 12 }],
    [
      'a foreign store',
      having('StorePath', 'StorePath: /gnu/store/x'),
      { reason: 'malformed', field: 'StorePath' },
    ],
    [
      'a bad hash',
      having('NarHash', 'NarHash: sha256:zz'),
      { reason: 'malformed', field: 'NarHash', line: 6 },
    ],
    [
      'an unnamed hash',
      having('FileHash', 'FileHash: '),
      { reason: 'malformed', field: 'FileHash', line: 4 },
    ],
    [
      'a bad reference',
      having('References', 'References: x'),
      { reason: 'malformed', field: 'References', line: 8 },
    ],
    [
      'a bad deriver',
      having('Deriver', 'Deriver: /nix/store/x'),
      { reason: 'malformed', field: 'Deriver', line: 9 },
    ],
    ['a line without a colon', `${fromNix}oops\n`, { reason: 'malformed', field: undefined, line: 11 }],
    ['an empty line', `\n${fromNix}`, { reason: 'malformed', line: 1 }],
    ['no space after the colon', having('URL', 'URL:x'), { reason: 'malformed', line: 2 }],
    ['a page', '<!DOCTYPE html>\n<title>Sign in: Wi-Fi</title>\n', { reason: 'malformed', line: 1 }],
  ])('%s', (_, text, facts) => {
    expect(() => parseNarInfo(text)).toThrow(expect.objectContaining({ ...base, ...facts }));
  });
});

const storePath = fc.record({
  hashPart: fc.stringMatching(/^[0-9a-df-np-sv-z]{32}$/),
  name: fc.stringMatching(/^[0-9a-zA-Z+_?=][0-9a-zA-Z+._?=-]{0,40}$/),
});
const sha256 = fc.record({
  algorithm: fc.constant('sha256' as const),
  digest: fc.uint8Array({ minLength: 32, maxLength: 32 }),
});
const size = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const value = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/[\r\n]/.test(text));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

test('what is formatted parses to the same narinfo', () => {
  const narInfo = fc.record({
    storePath,
    url: value,
    compression: value.map((text) => text.toLowerCase()).filter((text) => text === text.toLowerCase()),
    fileHash: optional(sha256),
    fileSize: optional(size),
    narHash: sha256,
    narSize: size,
    references: fc.array(storePath, { maxLength: 4 }),
    deriver: optional(storePath),
    system: optional(value),
    signatures: fc.array(value, { maxLength: 3 }),
    contentAddress: optional(value),
    unknownFields: fc.array(fc.record({ name: fc.stringMatching(/^X-[A-Za-z0-9_-]{1,9}$/), value }), {
      maxLength: 2,
    }),
  });
  fc.assert(
    fc.property(narInfo, (fields) => {
      const { quirks, ...parsed } = parseNarInfo(formatNarInfo({ ...fields, quirks: [] }));
      expect(parsed).toEqual(fields);
      const names = fields.references.map(formatBaseName);
      const isSorted = names.every((name, i) => i === 0 || name > (names[i - 1] ?? ''));
      expect(new Set(quirks)).toEqual(
        new Set([
          ...(fields.unknownFields.length > 0 ? ['unknown-field'] : []),
          ...(fields.fileHash ? [] : ['file-hash-missing']),
          ...(fields.fileSize ? [] : ['file-size-missing']),
          ...(isSorted ? [] : ['references-unsorted']),
        ]),
      );
    }),
  );
});

test('carriage returns at the end of a line are all dropped, so that what is read can be written', () => {
  const info = parseNarInfo(fromNix.replace('\nDeriver', '\nSystem: \r\r\nDeriver'));
  expect(info).toMatchObject({ system: undefined, quirks: expect.arrayContaining(['carriage-returns']) });
});

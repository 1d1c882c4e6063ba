import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseCacheInfo } from './cache-info';
import { LimitError, MetadataFormatError } from './errors';
import { parseHash } from './hash';
import { parseNarInfo } from './narinfo';
import { parseNixbase32 } from './nixbase32';
import { parsePublicKey, parseSignature } from './signature';
import { isHashPart, parseBaseName, parseStorePath } from './store-path';
import { findStorePaths } from './store-path-search';

/** Every parser of text, each with texts that it reads. */
const parsers: readonly (readonly [string, (text: string) => unknown, readonly string[]])[] = [
  ['nixbase32', parseNixbase32, ['kpcd173cq987hw957sx6m0868wv3x6d9']],
  [
    'hash',
    (text) => parseHash(text),
    [
      'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
      'md5:900150983cd24fb0d6963f7d28e17f72',
      'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=',
    ],
  ],
  [
    'a hash whose algorithm is known',
    (text) => parseHash(text, 'sha1'),
    ['kpcd173cq987hw957sx6m0868wv3x6d9'],
  ],
  ['store path', parseStorePath, ['/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0']],
  ['base name', parseBaseName, ['1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0']],
  ['hash part', isHashPart, ['1cy7gvbm87d4fn6xhgj598faj3z8l477']],
  ['public key', parsePublicKey, ['test-1:LrVph9bu39dTLpl110TT5j+ilwgwODIZFkQ6yfr6nCg=']],
  ['signature', parseSignature, [`test-1:${'A'.repeat(86)}==`]],
  ['cache info', parseCacheInfo, ['StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n']],
  [
    'narinfo',
    parseNarInfo,
    [
      `StorePath: /nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0
URL: nar/0qa62dhmhx2947b66ndaalppnzplds7c3ybf8n3a82xicrwvs8cs.nar.zst
Compression: zstd
FileHash: sha256:0qa62dhmhx2947b66ndaalppnzplds7c3ybf8n3a82xicrwvs8cs
FileSize: 91
NarHash: sha256:04zwf782yjwnh3q6hz5izfd6jyip8kgw6g6yj43fiqhbyhdd0dqw
NarSize: 120
References: 1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0 1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0
Deriver: bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-words-1.0.drv
System: x86_64-linux
Sig: test-1:XJCQA9qXvN9p5+J3zky2nJhxPzNLMCeTh+der1yFc0TKQ8+MR7w5pDSkYWcI6THlGLF9rkAmDtEcbQOyaFI/AQ==
CA: fixed:r:sha256:01y7nl9b9cbrri3xnli6ici1sxps2rjb5jx2cdk0y1hhahxjkaf1
`,
    ],
  ],
  ['store path search', findStorePaths, ['see /nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0/a: b']],
];

/** One cut: so many characters at a place become others. */
interface Edit {
  readonly place: number;
  readonly length: number;
  readonly instead: string;
}

const edit: fc.Arbitrary<Edit> = fc.record({
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat({ max: 12 }),
  instead: fc.oneof(
    fc.constantFrom('', '\n', '\r\n', ':', ': ', ' ', '-', '=', '0', '9'.repeat(30), '/', '\0', 'Sig: \n'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  ),
});

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((before, { place, length, instead }) => {
    const at = Math.floor(place * before.length);
    return before.slice(0, at) + instead + before.slice(at + length);
  }, text);
}

test.each(parsers)(
  '%s: real texts are read, and nothing but our own errors is thrown for any other',
  (_, parse, texts) => {
    for (const text of texts) parse(text);
    const mutated = fc
      .tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 4 }))
      .map(([text, edits]) => edited(text, edits));
    const text = fc.oneof(
      mutated,
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.string({ maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (value) => {
        try {
          parse(value);
        } catch (error) {
          expect(error instanceof MetadataFormatError || error instanceof LimitError, String(error)).toBe(
            true,
          );
        }
      }),
      { numRuns: 500 },
    );
  },
);

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  digestSize,
  formatHash,
  type HashAlgorithm,
  type HashFormat,
  parseHash,
  parseHashAndFormat,
} from './hash';

/** Digests of `abc` as Nix writes them (`nix hash file`, `nix hash to-…`). */
const written: readonly (readonly [HashAlgorithm, HashFormat, string])[] = [
  ['md5', 'base16', 'md5:900150983cd24fb0d6963f7d28e17f72'],
  ['md5', 'nix32', 'md5:3jgzhjhz9zjvbb0kyj7jc500ch'],
  ['md5', 'base64', 'md5:kAFQmDzST7DWlj99KOF/cg=='],
  ['md5', 'sri', 'md5-kAFQmDzST7DWlj99KOF/cg=='],
  ['sha1', 'base16', 'sha1:a9993e364706816aba3e25717850c26c9cd0d89d'],
  ['sha1', 'nix32', 'sha1:kpcd173cq987hw957sx6m0868wv3x6d9'],
  ['sha1', 'base64', 'sha1:qZk+NkcGgWq6PiVxeFDCbJzQ2J0='],
  ['sha1', 'sri', 'sha1-qZk+NkcGgWq6PiVxeFDCbJzQ2J0='],
  ['sha256', 'base16', 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['sha256', 'nix32', 'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s'],
  ['sha256', 'base64', 'sha256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='],
  ['sha256', 'sri', 'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0='],
  [
    'sha512',
    'nix32',
    'sha512:2gs8k559z4rlahfx0y688s49m2vvszylcikrfinm30ly9rak69236nkam5ydvly1ai7xac99vxfc4ii84hawjbk876blyk1jfhkbbyx',
  ],
  [
    'sha512',
    'sri',
    'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw==',
  ],
];

test.each(written)('%s in %s: %s', (algorithm, format, text) => {
  const parsed = parseHashAndFormat(text);
  expect(parsed.format).toBe(format);
  expect(parsed.hash.algorithm).toBe(algorithm);
  expect(parsed.hash.digest).toHaveLength(digestSize(algorithm));
  expect(formatHash(parsed.hash, format)).toBe(text);
  for (const [other, , same] of written)
    if (other === algorithm) expect(parseHash(same)).toEqual(parsed.hash);
});

test('digests have the sizes of their algorithms', () => {
  const sizes = (['md5', 'sha1', 'sha256', 'sha512', 'blake3'] as const).map(digestSize);
  expect(sizes).toEqual([16, 20, 32, 64, 32]);
});

test('what is formatted parses to the same hash', () => {
  const algorithm = fc.constantFrom<HashAlgorithm>('md5', 'sha1', 'sha256', 'sha512', 'blake3');
  const format = fc.constantFrom<HashFormat>('nix32', 'base16', 'base64', 'sri');
  const hash = algorithm.chain((name) => {
    const size = digestSize(name);
    return fc.record({
      algorithm: fc.constant(name),
      digest: fc.uint8Array({ minLength: size, maxLength: size }),
    });
  });
  fc.assert(
    fc.property(hash, format, (value, as) => {
      expect(parseHashAndFormat(formatHash(value, as))).toEqual({ hash: value, format: as });
    }),
  );
});

test('the algorithm may be known beforehand', () => {
  const [, digest = ''] = 'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s'.split(':');
  expect(parseHash(digest, 'sha256')).toEqual(parseHash(`sha256:${digest}`));
  expect(parseHash(digest, 'blake3').algorithm).toBe('blake3');
});

test('base 16 may be in capitals, and SRI without padding, as Nix reads them', () => {
  expect(parseHash('md5:900150983CD24FB0D6963F7D28E17F72')).toEqual(parseHash('md5-kAFQmDzST7DWlj99KOF/cg'));
});

test.each([
  ['', 'does not say its algorithm'],
  ['1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s', 'does not say its algorithm'],
  ['sha3:00', '"sha3" is not one of md5, sha1, sha256, sha512, blake3'],
  ['toString:00', 'is not one of'],
  ['SHA256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s', 'is not one of'],
  ['sha256:', 'has 0 characters'],
  ['sha256:b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s', 'has 51 characters'],
  ['sha256:900150983cd24fb0d6963f7d28e17f72', 'has 32 characters'],
  ['sha256:zz7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad', 'is not base 16'],
  ['sha256:2b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s', 'spare bits'],
  ['sha256:1e8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s', 'character 2'],
  ['sha256:ungWv48Bz_pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=', 'is not base 64'],
  ['sha256-kAFQmDzST7DWlj99KOF/cg==', 'expected 32 bytes of sha256, found 16'],
  ['sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0= sha512-AA==', 'is not base 64'],
])('%j is refused', (text, detail) => {
  expect(() => parseHash(text)).toThrow(
    expect.objectContaining({
      kind: 'metadata-format',
      reason: 'malformed',
      detail: expect.stringContaining(detail),
    }),
  );
});

test('a stated algorithm that is not the expected one is refused', () => {
  expect(() => parseHash('md5:900150983cd24fb0d6963f7d28e17f72', 'sha256')).toThrow(
    expect.objectContaining({ reason: 'disagrees', detail: 'expected sha256, found md5' }),
  );
});

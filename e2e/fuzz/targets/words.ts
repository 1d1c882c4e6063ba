import { parseBase64 } from '../../../src/nix/base64';
import { formatContentAddress, parseContentAddress } from '../../../src/nix/content-address';
import { formatHash, type HashFormat, parseHash, parseHashAndFormat } from '../../../src/nix/hash';
import { decodeLossless, encodeLossless } from '../../../src/nix/lossless-utf8';
import { formatNixbase32, parseNixbase32 } from '../../../src/nix/nixbase32';
import { formatNamedBytes, parsePublicKey, parseSignature } from '../../../src/nix/signature';
import { formatBaseName, formatStorePath, parseBaseName, parseStorePath } from '../../../src/nix/store-path';
import { findStorePaths } from '../../../src/nix/store-path-search';
import { displayText, safeFileName } from '../../../src/nix/text';
import { mutate } from '../mutate';
import type { Random } from '../random';
import { mixed, mustBeSame, outcomeOf, type Target } from '../target';

const TEXTS = [
  '1cy7gvbm87d4fn6xhgj598faj3z8l477',
  '/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0',
  'bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-words-1.0.drv',
  'see /nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0/lib/../a: b',
  'sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
  'sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=',
  'md5:900150983cd24fb0d6963f7d28e17f72',
  'sha1:kpcd173cq987hw957sx6m0868wv3x6d9',
  `sha512:${'0'.repeat(128)}`,
  'fixed:r:sha256:01y7nl9b9cbrri3xnli6ici1sxps2rjb5jx2cdk0y1hhahxjkaf1',
  'text:sha256:01y7nl9b9cbrri3xnli6ici1sxps2rjb5jx2cdk0y1hhahxjkaf1',
  'fixed:git:sha1:kpcd173cq987hw957sx6m0868wv3x6d9',
  'test-1:LrVph9bu39dTLpl110TT5j+ilwgwODIZFkQ6yfr6nCg=',
  `test-1:${'A'.repeat(86)}==`,
];
const PIECES = [
  'sha256:',
  'sha1-',
  'fixed:',
  'r:',
  ':',
  '-',
  '=',
  '==',
  '/nix/store/',
  '/..',
  '/.',
  'é',
  '\u202e',
  '\0',
  'e',
  'u',
  ' ',
];
const FORMATS: readonly HashFormat[] = ['nix32', 'base16', 'base64', 'sri'];

const NIX32 = '0123456789abcdfghijklmnpqrsvwxyz';
const HEX = '0123456789abcdefABCDEF';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const NAME = 'abcXYZ019+-._?=';
/** Bytes of a digest. */
const ALGORITHMS = { md5: 16, sha1: 20, sha256: 32, sha512: 64, blake3: 32 };

function digits(random: Random, alphabet: string, count: number): string {
  const right = random.once(30) ? count + random.below(3) - 1 : count;
  return random.times(right, () => alphabet.charAt(random.below(alphabet.length))).join('');
}

function base64(random: Random, size: number): string {
  return digits(random, BASE64, Math.ceil((size * 4) / 3)) + '='.repeat((3 - (size % 3)) % 3);
}

function hash(random: Random): string {
  const [algorithm, size] = random.pick(Object.entries(ALGORITHMS));
  switch (random.below(4)) {
    case 0:
      return `${algorithm}:${digits(random, HEX, size * 2)}`;
    case 1:
      // The first digit has bits to spare, which are zero in a good one.
      return `${algorithm}:${random.pick(['0', '1'])}${digits(random, NIX32, Math.ceil((size * 8) / 5) - 1)}`;
    default:
      return `${algorithm}${random.pick([':', '-'])}${base64(random, size)}`;
  }
}

/** A good one of each kind, unless its digits are not. */
function word(random: Random): string {
  const baseName = () =>
    `${digits(random, NIX32, 32)}-${digits(random, NAME, 1 + random.small(random.once(9) ? 212 : 20))}`;
  switch (random.below(6)) {
    case 0:
      return `/nix/store/${baseName()}`;
    case 1:
      return baseName();
    case 2:
      return hash(random);
    case 3:
      return random.pick(['text:', 'fixed:', 'fixed:r:', 'fixed:git:', 'fixed:x:']) + hash(random);
    case 4:
      return `${digits(random, NAME, 1 + random.small(9))}:${base64(random, random.pick([32, 64]))}`;
    default:
      return `see ${baseName()}${random.pick(PIECES)}/bin ${random.pick(PIECES)}/nix/store/${baseName()}/lib${random.pick(PIECES)}`;
  }
}

/** Pieces of any of them; now and then very long, to find what takes more time than the text is long. */
function pieced(random: Random): string {
  const pieces = random.times(1 + random.small(8), () => random.pick(random.once(3) ? TEXTS : PIECES));
  return pieces.join('').repeat(random.once(500) ? 200 : 1);
}

/** Each is read by all; what is read comes out as it went in. */
const READERS: readonly ((text: string) => void)[] = [
  (text) => mustBeSame(formatStorePath(parseStorePath(text)), text, 'the store path'),
  (text) => mustBeSame(formatBaseName(parseBaseName(text)), text, 'the base name'),
  (text) => mustBeSame(formatNixbase32(parseNixbase32(text)), text, 'the nixbase32'),
  (text) => {
    const { hash, format } = parseHashAndFormat(text);
    for (const one of FORMATS) mustBeSame(parseHash(formatHash(hash, one)), hash, `the hash as ${one}`);
    mustBeSame(parseHashAndFormat(formatHash(hash, format)).format, format, 'the format of the hash');
  },
  (text) => void parseHash(text, 'sha256'),
  (text) => void parseBase64(text),
  (text) => {
    const signature = parseSignature(text);
    mustBeSame(parseSignature(formatNamedBytes(signature)), signature, 'the signature');
  },
  (text) => {
    const key = parsePublicKey(text);
    mustBeSame(parsePublicKey(formatNamedBytes(key)), key, 'the public key');
  },
  (text) => {
    const address = parseContentAddress(text);
    mustBeSame(parseContentAddress(formatContentAddress(address)), address, 'the content address');
  },
  (text) => {
    for (const { storePath } of findStorePaths(text)) {
      mustBeSame(parseStorePath(formatStorePath(storePath)), storePath, 'the store path that was found');
    }
  },
];

export const wordsTarget: Target = {
  name: 'store-path-hash-signature',
  open: () => {
    const files = TEXTS.map((text) => new TextEncoder().encode(text));
    const material = { others: files, pieces: PIECES.map((piece) => new TextEncoder().encode(piece)) };
    return {
      generate: mixed({
        files,
        mutated: (random) => mutate(random.pick(files), material, random),
        made: (random) => new TextEncoder().encode(random.once(3) ? pieced(random) : word(random)),
      }),
      run: ({ bytes }) => {
        const text = decodeLossless(bytes);
        mustBeSame(encodeLossless(text), new Uint8Array(bytes), 'the bytes of the text');
        displayText(text);
        const { name } = safeFileName(bytes);
        mustBeSame(
          safeFileName(new TextEncoder().encode(name)),
          { name, changed: false },
          'the safe name made safe',
        );
        const outcomes = READERS.map((read) =>
          outcomeOf(() => {
            read(text);
            return 'read';
          }),
        );
        return `read by ${outcomes.filter((outcome) => outcome === 'read').length} of ${READERS.length}`;
      },
    };
  },
};

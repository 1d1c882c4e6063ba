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
        made: (random) =>
          new TextEncoder().encode(
            random
              .times(1 + random.small(8), () => random.pick(random.once(3) ? TEXTS : PIECES))
              .join('')
              .repeat(random.once(500) ? 200 : 1),
          ),
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

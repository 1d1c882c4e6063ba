import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { formatFingerprint } from './fingerprint';
import { parseNarInfo } from './narinfo';
import { formatNamedBytes, parsePublicKey, parseSignature } from './signature';

/** Signed by `nix copy` with a key of `nix key generate-secret`. */
const NAR_INFO = `StorePath: /nix/store/1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0
URL: nar/1380h8z97jsin4xjnf1c35cxd1kjb30rzikhrp2g1jmpnz5fvxh0.nar
Compression: none
NarHash: sha256:1380h8z97jsin4xjnf1c35cxd1kjb30rzikhrp2g1jmpnz5fvxh0
NarSize: 1032
References: 1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0 1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0
Sig: test-1:Zfe0j3IvzXNjtbo6f0foaRhGYQU6lscpw02H9riYXG4F6UAyORbC2AQ6AeGWNZIv6F7WVMT2wqAxFX4k6EA8AQ==
`;
const PUBLIC_KEY = 'test-1:LrVph9bu39dTLpl110TT5j+ilwgwODIZFkQ6yfr6nCg=';

const SIGNATURE = parseNarInfo(NAR_INFO).signatures.join();

test('the fingerprint is what Nix signed', () => {
  const fingerprint = formatFingerprint(parseNarInfo(NAR_INFO));
  expect(fingerprint).toBe(
    '1;/nix/store/1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0;' +
      'sha256:1380h8z97jsin4xjnf1c35cxd1kjb30rzikhrp2g1jmpnz5fvxh0;1032;' +
      '/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0,' +
      '/nix/store/1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0',
  );
  const x = Buffer.from(parsePublicKey(PUBLIC_KEY).bytes).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  expect(verify(null, Buffer.from(fingerprint), key, parseSignature(SIGNATURE).bytes)).toBe(true);
});

test('a hash that was written in another form is signed in nix32', () => {
  const sri = NAR_INFO.replace(/NarHash: .*/, 'NarHash: sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=');
  expect(formatFingerprint(parseNarInfo(sri))).toContain(
    ';sha256:1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s;',
  );
});

test('keys and signatures are read and written', () => {
  expect(parsePublicKey(PUBLIC_KEY)).toMatchObject({ keyName: 'test-1', bytes: { length: 32 } });
  expect(formatNamedBytes(parsePublicKey(PUBLIC_KEY))).toBe(PUBLIC_KEY);
  expect(parseSignature(SIGNATURE)).toMatchObject({ keyName: 'test-1', bytes: { length: 64 } });
  expect(formatNamedBytes(parseSignature(SIGNATURE))).toBe(SIGNATURE);
});

test.each([
  ['', "a key's name and a colon"],
  ['no colon', "a key's name and a colon"],
  [PUBLIC_KEY.replace('test-1', ''), "a key's name and a colon"],
  ['test-1:', 'expected 32 bytes, found 0'],
  ['test-1:*', 'expected base 64'],
  ['test-1:A', 'expected base 64'],
  [SIGNATURE, 'expected 32 bytes, found 64'],
])('%j is not a public key', (text, detail) => {
  expect(() => parsePublicKey(text)).toThrow(
    expect.objectContaining({
      kind: 'metadata-format',
      format: 'signature',
      detail: expect.stringContaining(detail),
    }),
  );
});

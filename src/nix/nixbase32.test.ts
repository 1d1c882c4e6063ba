import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MetadataFormatError } from './errors';
import { formatNixbase32, nixbase32Length, parseNixbase32 } from './nixbase32';

const bytes = (base16: string) =>
  Uint8Array.from(base16.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Digests of `abc`, both ways written by Nix (`nix hash to-base32`). */
test.each([
  ['', ''],
  ['1f', '0z'],
  ['900150983cd24fb0d6963f7d28e17f72', '3jgzhjhz9zjvbb0kyj7jc500ch'],
  ['a9993e364706816aba3e25717850c26c9cd0d89d', 'kpcd173cq987hw957sx6m0868wv3x6d9'],
  [
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    '1b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
  ],
  [
    'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    '2gs8k559z4rlahfx0y688s49m2vvszylcikrfinm30ly9rak69236nkam5ydvly1ai7xac99vxfc4ii84hawjbk876blyk1jfhkbbyx',
  ],
])('%s is %s', (base16, text) => {
  expect(formatNixbase32(bytes(base16))).toBe(text);
  expect(parseNixbase32(text)).toEqual(bytes(base16));
});

test('what is formatted parses to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (value) => {
      const text = formatNixbase32(value);
      expect(text).toHaveLength(nixbase32Length(value.length));
      expect(parseNixbase32(text)).toEqual(value);
    }),
  );
});

test('what parses is the only text of its bytes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[0-9a-df-np-sv-z]{0,60}$/), (text) => {
      let parsed: Uint8Array;
      try {
        parsed = parseNixbase32(text);
      } catch (error) {
        expect(error).toBeInstanceOf(MetadataFormatError);
        return;
      }
      expect(formatNixbase32(parsed)).toBe(text);
    }),
  );
});

test.each([
  ['a letter that is not a digit', '0e', 'character 2 is not one of'],
  ['a capital', 'A0', 'character 1 is not one of'],
  ['a length between those of two and three bytes', '000000', 'no bytes are written in 6 digits'],
  ['one digit', '0', 'no bytes are written in 1 digits'],
  ['spare bits in the first digit', '80', 'the spare bits of the first digit, "8", are not zero'],
  [
    'spare bits of a SHA-256',
    '2b8m03r63zqhnjf7l5wnldhh7c134ap5vpj0850ymkq1iyzicy5s',
    'the spare bits of the first digit, "2", are not zero',
  ],
])('%s is refused', (_, text, detail) => {
  expect(() => parseNixbase32(text)).toThrow(
    expect.objectContaining({
      kind: 'metadata-format',
      format: 'nixbase32',
      detail: expect.stringContaining(detail),
    }),
  );
});

import { MetadataFormatError } from './errors';

/**
 * Nix's own base 32 ("Nix32" in the manual), after `printHash32` and its reader in Nix's hash.cc. The bytes
 * are one number, least significant first; its digits are written most significant first. So the text of n
 * bytes has ⌈8n / 5⌉ digits, and the bits that the first digit has to spare are zero.
 */
const DIGITS = '0123456789abcdfghijklmnpqrsvwxyz';

const VALUES: ReadonlyMap<string, number> = new Map(Array.from(DIGITS, (digit, value) => [digit, value]));

/** A regular expression's set of the digits, for whoever looks for them in text. */
export const NIXBASE32_SET = '[0-9a-df-np-sv-z]';

export function formatNixbase32(bytes: Uint8Array): string {
  let text = '';
  for (let position = nixbase32Length(bytes.length) - 1; position >= 0; position--) {
    const bit = position * 5;
    const index = bit >> 3;
    const pair = ((bytes[index + 1] ?? 0) << 8) | (bytes[index] ?? 0);
    text += DIGITS.charAt((pair >> (bit & 7)) & 31);
  }
  return text;
}

/**
 * Throws a MetadataFormatError for a foreign character, a length that no bytes have, and spare bits that are
 * not zero.
 */
export function parseNixbase32(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  if (nixbase32Length(bytes.length) !== text.length)
    throw malformed(`no bytes are written in ${text.length} digits`);
  for (let position = 0; position < text.length; position++) {
    const at = text.length - 1 - position;
    const value = VALUES.get(text.charAt(at));
    if (value === undefined) throw malformed(`character ${at + 1} is not one of ${DIGITS}`);
    const bit = position * 5;
    const index = bit >> 3;
    const pair = value << (bit & 7);
    bytes[index] = (bytes[index] ?? 0) | (pair & 0xff);
    if (index + 1 < bytes.length) bytes[index + 1] = pair >> 8;
    else if (pair >> 8 !== 0)
      throw malformed(`the spare bits of the first digit, "${text.charAt(0)}", are not zero`);
  }
  return bytes;
}

/** Digits that so many bytes take. */
export function nixbase32Length(byteLength: number): number {
  return Math.ceil((byteLength * 8) / 5);
}

function malformed(detail: string): MetadataFormatError {
  return new MetadataFormatError({ format: 'nixbase32', reason: 'malformed', detail });
}

import { formatBase64, parseBase64 } from './base64';
import { MetadataFormatError } from './errors';
import { formatNixbase32, nixbase32Length, parseNixbase32 } from './nixbase32';
import { quote } from './text';

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha512' | 'blake3';

export interface NixHash {
  readonly algorithm: HashAlgorithm;
  readonly digest: Uint8Array;
}

/** `nix32`, `base16` and `base64` are written `algorithm:digest`, `sri` is `algorithm-base64`. */
export type HashFormat = 'nix32' | 'base16' | 'base64' | 'sri';

const DIGEST_SIZES: Readonly<Record<HashAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha512: 64,
  blake3: 32,
};

/** Bytes of an algorithm's digest. */
export function digestSize(algorithm: HashAlgorithm): number {
  return DIGEST_SIZES[algorithm];
}

/**
 * Reads `sha256:<digest>` with the digest in base 16, nixbase32 or base 64, told apart by length, and SRI's
 * `sha256-<base 64>`; after `Hash::parseAny` in Nix's hash.cc. The algorithm may be left out of the text when
 * it is given, and must agree with it when both say it. Throws a MetadataFormatError.
 */
export function parseHash(text: string, algorithm?: HashAlgorithm): NixHash {
  return parseHashAndFormat(text, algorithm).hash;
}

/** As `parseHash`; also says how the hash was written. */
export function parseHashAndFormat(
  text: string,
  algorithm?: HashAlgorithm,
): { readonly hash: NixHash; readonly format: HashFormat } {
  const colon = text.indexOf(':');
  const end = colon < 0 ? text.indexOf('-') : colon;
  const stated = end < 0 ? algorithm : parseAlgorithm(text.slice(0, end));
  if (stated === undefined) throw malformed(`${quote(text)} does not say its algorithm`);
  if (algorithm !== undefined && stated !== algorithm) {
    throw new MetadataFormatError({
      format: 'hash',
      reason: 'disagrees',
      detail: `expected ${algorithm}, found ${stated}`,
    });
  }
  const { format, digest } = parseDigest(text.slice(end + 1), stated, colon < 0 && end >= 0);
  return { hash: { algorithm: stated, digest }, format };
}

export function formatHash(hash: NixHash, format: HashFormat): string {
  switch (format) {
    case 'nix32':
      return `${hash.algorithm}:${formatNixbase32(hash.digest)}`;
    case 'base16':
      return `${hash.algorithm}:${formatBase16(hash.digest)}`;
    case 'base64':
      return `${hash.algorithm}:${formatBase64(hash.digest)}`;
    case 'sri':
      return `${hash.algorithm}-${formatBase64(hash.digest)}`;
  }
}

export function isAlgorithm(text: string): text is HashAlgorithm {
  return Object.hasOwn(DIGEST_SIZES, text);
}

function parseAlgorithm(text: string): HashAlgorithm {
  if (!isAlgorithm(text))
    throw malformed(`${quote(text)} is not one of ${Object.keys(DIGEST_SIZES).join(', ')}`);
  return text;
}

function parseDigest(
  text: string,
  algorithm: HashAlgorithm,
  isSri: boolean,
): { format: HashFormat; digest: Uint8Array } {
  const size = digestSize(algorithm);
  if (isSri) return { format: 'sri', digest: parseBase64Digest(text, algorithm) };
  switch (text.length) {
    case size * 2:
      return { format: 'base16', digest: parseBase16(text) };
    case nixbase32Length(size):
      return { format: 'nix32', digest: parseNixbase32(text) };
    case Math.ceil(size / 3) * 4:
      return { format: 'base64', digest: parseBase64Digest(text, algorithm) };
    default:
      throw malformed(
        `${quote(text)} has ${text.length} characters, which no form of a ${algorithm} digest has`,
      );
  }
}

function parseBase64Digest(text: string, algorithm: HashAlgorithm): Uint8Array {
  const digest = parseBase64(text);
  if (digest === undefined) throw malformed(`${quote(text)} is not base 64`);
  if (digest.length !== digestSize(algorithm)) {
    throw malformed(`expected ${digestSize(algorithm)} bytes of ${algorithm}, found ${digest.length}`);
  }
  return digest;
}

function parseBase16(text: string): Uint8Array {
  if (!/^[0-9a-fA-F]*$/.test(text)) throw malformed(`${quote(text)} is not base 16`);
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}

function formatBase16(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function malformed(detail: string): MetadataFormatError {
  return new MetadataFormatError({ format: 'hash', reason: 'malformed', detail });
}

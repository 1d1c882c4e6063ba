import { formatBase64, parseBase64 } from './base64';
import { MetadataFormatError } from './errors';
import { quote } from './text';

/**
 * `<key name>:<base 64>`, the form of a narinfo's `Sig` (64 bytes of Ed25519) and of a public key (32 bytes);
 * after Nix's signature code in libutil. The key's name is all that ties one to the other.
 */
export interface NamedBytes {
  readonly keyName: string;
  readonly bytes: Uint8Array;
}

export function parseSignature(text: string): NamedBytes {
  return parseNamedBytes(text, 64);
}

export function parsePublicKey(text: string): NamedBytes {
  return parseNamedBytes(text, 32);
}

/** A signature or a public key, as it was read. */
export function formatNamedBytes({ keyName, bytes }: NamedBytes): string {
  return `${keyName}:${formatBase64(bytes)}`;
}

function parseNamedBytes(text: string, size: number): NamedBytes {
  const colon = text.indexOf(':');
  if (colon < 1) throw malformed(`expected a key's name and a colon, found ${quote(text)}`);
  const bytes = parseBase64(text.slice(colon + 1));
  if (bytes === undefined) throw malformed(`expected base 64 after the colon, found ${quote(text)}`);
  if (bytes.length !== size)
    throw malformed(`expected ${size} bytes, found ${bytes.length} in ${quote(text)}`);
  return { keyName: text.slice(0, colon), bytes };
}

function malformed(detail: string): MetadataFormatError {
  return new MetadataFormatError({ format: 'signature', reason: 'malformed', detail });
}

/** Whether the signature of this text was made with the secret half of the key. Both have to have their right sizes. */
export async function isSignedBy(
  publicKey: NamedBytes,
  text: string,
  signature: NamedBytes,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(publicKey.bytes), 'Ed25519', false, [
    'verify',
  ]);
  const signed = new TextEncoder().encode(text);
  return crypto.subtle.verify('Ed25519', key, new Uint8Array(signature.bytes), signed);
}

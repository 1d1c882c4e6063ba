import { MetadataFormatError } from './errors';
import { formatHash, type NixHash, parseHash } from './hash';
import { formatNixbase32 } from './nixbase32';
import { formatStorePath, STORE_DIR, type StorePath } from './store-path';

/**
 * How a store path follows from its contents, after `ContentAddressMethod` in Nix's content-address.hh:
 *
 *   text:<hash>          a file written by the evaluator: the hash of its bytes
 *   fixed:<hash>         a file: the hash of its bytes
 *   fixed:r:<hash>       anything: the hash of its NAR, its own hash part in it replaced by zeros
 *   fixed:git:<hash>     anything: the hash of its git tree
 */
export interface ContentAddress {
  readonly method: 'text' | 'flat' | 'nar' | 'git';
  readonly hash: NixHash;
}

const PREFIXES: readonly (readonly [string, ContentAddress['method']])[] = [
  ['text:', 'text'],
  ['fixed:r:', 'nar'],
  ['fixed:git:', 'git'],
  ['fixed:', 'flat'],
];

/** Reads a narinfo's `CA`. Throws MetadataFormatError. */
export function parseContentAddress(text: string): ContentAddress {
  for (const [prefix, method] of PREFIXES) {
    if (text.startsWith(prefix)) return { method, hash: parseHash(text.slice(prefix.length)) };
  }
  throw new MetadataFormatError({
    format: 'narinfo',
    reason: 'malformed',
    field: 'CA',
    detail: 'expected "text:" or "fixed:" and a hash',
  });
}

export function formatContentAddress({ method, hash }: ContentAddress): string {
  const prefix = PREFIXES.find(([, known]) => known === method)?.[0] ?? '';
  return prefix + formatHash(hash, 'nix32');
}

/**
 * The store path that something of this name, contents and references has, after `makeFixedOutputPathFromCA` in Nix's
 * store-dir-config.cc. `references` may hold the path itself. Undefined where Nix has no such path: references are only
 * for text and for NARs hashed with SHA-256, and text does not refer to itself.
 */
export async function contentAddressedPath(
  name: string,
  address: ContentAddress,
  references: { readonly others: readonly StorePath[]; readonly self: boolean },
): Promise<StorePath | undefined> {
  const { method, hash } = address;
  if (method === 'text') {
    if (references.self || hash.algorithm !== 'sha256') return undefined;
    return makeStorePath(withReferences('text', references), hash, name);
  }
  if (method === 'nar' && hash.algorithm === 'sha256') {
    return makeStorePath(withReferences('source', references), hash, name);
  }
  if (references.self || references.others.length > 0) return undefined;
  const prefix = { flat: '', nar: 'r:', git: 'git:' }[method];
  const inner = await sha256(`fixed:out:${prefix}${formatHash(hash, 'base16')}:`);
  return makeStorePath('output:out', { algorithm: 'sha256', digest: inner }, name);
}

function withReferences(
  type: string,
  { others, self }: { others: readonly StorePath[]; self: boolean },
): string {
  const sorted = others.map(formatStorePath).sort();
  return [type, ...new Set(sorted), ...(self ? ['self'] : [])].join(':');
}

/** `makeStorePath` in store-dir-config.cc: SHA-256 over a description, folded to 20 bytes. */
async function makeStorePath(type: string, hash: NixHash, name: string): Promise<StorePath> {
  const digest = await sha256(`${type}:${formatHash(hash, 'base16')}:${STORE_DIR}:${name}`);
  const folded = new Uint8Array(20);
  digest.forEach((byte, at) => {
    folded[at % folded.length] = (folded[at % folded.length] ?? 0) ^ byte;
  });
  return { hashPart: formatNixbase32(folded), name };
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

import { LIMITS } from '../limits';
import { MetadataFormatError } from './errors';
import { NIXBASE32_SET } from './nixbase32';
import { quote } from './text';

/** Where every store path of the caches we read stands: it is part of what their signatures cover. */
export const STORE_DIR = '/nix/store';

/** A store path without its store directory: `<hashPart>-<name>`. */
export interface StorePath {
  /** 32 digits of nixbase32 (20 bytes). */
  readonly hashPart: string;
  readonly name: string;
}

/** Of a name, in characters; `StorePath::MaxPathLen` in Nix's path.hh. */
export const MAX_STORE_NAME = LIMITS.storeName.most;

const HASH_PART = new RegExp(`^${NIXBASE32_SET}{32}$`);

/** The hash part alone, which is what a binary cache is asked for. */
export function isHashPart(text: string): boolean {
  return HASH_PART.test(text);
}

/**
 * Reads `/nix/store/<hashPart>-<name>`, with nothing after it. The rules are those of `checkName` and
 * `StorePath` in Nix's path.cc. Throws a MetadataFormatError.
 */
export function parseStorePath(text: string): StorePath {
  if (!text.startsWith(`${STORE_DIR}/`))
    throw malformed(`expected a path in ${STORE_DIR}/, found ${quote(text)}`);
  return parseBaseName(text.slice(STORE_DIR.length + 1));
}

/** Reads `<hashPart>-<name>`. Throws a MetadataFormatError. */
export function parseBaseName(text: string): StorePath {
  const hashPart = text.slice(0, 32);
  const name = text.slice(33);
  if (!isHashPart(hashPart))
    throw malformed(`expected 32 digits of nixbase32 in front, found ${quote(text)}`);
  if (text.charAt(32) !== '-') throw malformed(`expected a dash after the hash part, found ${quote(text)}`);
  const fault = faultOfName(name);
  if (fault !== undefined) throw malformed(`the name ${quote(name)} ${fault}`);
  return { hashPart, name };
}

/** `/nix/store/<hashPart>-<name>`. */
export function formatStorePath(storePath: StorePath): string {
  return `${STORE_DIR}/${formatBaseName(storePath)}`;
}

/** `<hashPart>-<name>`. */
export function formatBaseName(storePath: StorePath): string {
  return `${storePath.hashPart}-${storePath.name}`;
}

function faultOfName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name.length > MAX_STORE_NAME) return `has ${name.length} characters, more than ${MAX_STORE_NAME}`;
  if (!/^[0-9a-zA-Z+._?=-]+$/.test(name)) return 'holds something else than letters, digits and +-._?=';
  if (/^\.\.?(?:-|$)/.test(name)) return 'begins with a part that is "." or ".."';
  return undefined;
}

function malformed(detail: string): MetadataFormatError {
  return new MetadataFormatError({ format: 'store-path', reason: 'malformed', detail });
}

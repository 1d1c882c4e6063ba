import { joinNarPath, splitNarPath } from '../nix/nar/listing';
import { isHashPart, parseBaseName, type StorePath } from '../nix/store-path';
import { findStorePaths } from '../nix/store-path-search';
import { parseNarPathFromAddress } from '../nix/text';

/** What a pasted text turned out to name. */
export type Recognised =
  | {
      readonly kind: 'store-path';
      readonly hashPart: string;
      /** Undefined when only the hash part was given. */
      readonly name: string | undefined;
      readonly narPath: Uint8Array;
      /** The cache that the text itself names. */
      readonly cacheUrl: string | undefined;
    }
  | { readonly kind: 'nar-url'; readonly url: string };

const EMPTY = new Uint8Array(0);

/**
 * Everything that a pasted text names, each once, in the order of the text. Each recogniser answers undefined when the
 * word is not its own; the first that knows it wins.
 */
export function recognise(text: string): Recognised[] {
  const words = text.trim().split(/\s+/);
  const fromUrls = words.flatMap((word) => recogniseUrl(word) ?? []);
  if (fromUrls.length > 0) return distinct(fromUrls);
  const only = words.length === 1 ? recogniseBare(words[0] ?? '') : undefined;
  if (only) return [only];
  return findStorePaths(text).map(({ storePath, narPath }) => storePathInput(storePath, narPath));
}

function recogniseBare(word: string): Recognised | undefined {
  const hashPart = /^([0-9a-z]{32})(?:\.narinfo|\.ls)?$/.exec(word)?.[1];
  if (hashPart === undefined || !isHashPart(hashPart)) return undefined;
  return { kind: 'store-path', hashPart, name: undefined, narPath: EMPTY, cacheUrl: undefined };
}

function recogniseUrl(word: string): Recognised | undefined {
  const cleaned = word.replace(/^[<("'`]+|[>)"'`,;.]+$/g, '');
  if (!/^https?:\/\//i.test(cleaned) || !URL.canParse(cleaned)) return undefined;
  const url = new URL(cleaned);
  return (
    recogniseMetadataUrl(url) ??
    recogniseCacheView(url) ??
    recogniseStoreUrl(url) ??
    recogniseServeUrl(url) ??
    recogniseNarUrl(url)
  );
}

/** `https://cache/<hash>.narinfo`, `….ls` */
function recogniseMetadataUrl(url: URL): Recognised | undefined {
  const match = /^(.*)\/([0-9a-z]{32})\.(?:narinfo|ls)$/.exec(url.pathname);
  if (!match?.[2] || !isHashPart(match[2])) return undefined;
  return {
    kind: 'store-path',
    hashPart: match[2],
    name: undefined,
    narPath: EMPTY,
    cacheUrl: url.origin + (match[1] ?? ''),
  };
}

/** nix-cache-view: `view.html?cache_base=…&hash=…` */
function recogniseCacheView(url: URL): Recognised | undefined {
  const hashPart = url.searchParams.get('hash');
  const cacheUrl = url.searchParams.get('cache_base');
  if (hashPart === null || !isHashPart(hashPart)) return undefined;
  return { kind: 'store-path', hashPart, name: undefined, narPath: EMPTY, cacheUrl: cacheUrl ?? undefined };
}

/** nar-serve, and this page's own addresses: `https://any.host/nix/store/<hash>-<name>/bin/nix` */
function recogniseStoreUrl(url: URL): Recognised | undefined {
  const inside = /\/nix\/store\/([^/]+)(\/.*)?$/.exec(
    url.pathname + url.hash.replace(/^#(?=.*\/nix\/store\/)/, ''),
  );
  const storePath = inside?.[1] === undefined ? undefined : baseNameFrom(inside[1]);
  if (!storePath) return undefined;
  const narPath = narPathFromAddress(inside?.[2] ?? '');
  return { ...storePathInput(storePath, narPath), cacheUrl: cacheUrlFrom(url.searchParams.get('cache')) };
}

/** harmonia and cachix: `https://cache/serve/<hash>/bin/nix` */
function recogniseServeUrl(url: URL): Recognised | undefined {
  const match = /^(.*)\/serve\/([0-9a-z]{32})(\/.*)?$/.exec(url.pathname);
  if (!match?.[2] || !isHashPart(match[2])) return undefined;
  return {
    kind: 'store-path',
    hashPart: match[2],
    name: undefined,
    narPath: narPathFromAddress(match[3] ?? ''),
    cacheUrl: url.origin + (match[1] ?? ''),
  };
}

function recogniseNarUrl(url: URL): Recognised | undefined {
  return /\.nar(\.[0-9a-z]+)?$/.test(url.pathname) ? { kind: 'nar-url', url: url.href } : undefined;
}

/** A path inside a NAR, out of a URL: percent-encoded bytes. Slashes too many are dropped, so each entry has one path. */
export function narPathFromAddress(inside: string): Uint8Array {
  return joinNarPath(splitNarPath(parseNarPathFromAddress(inside)));
}

function baseNameFrom(segment: string): StorePath | undefined {
  try {
    return parseBaseName(decodeURIComponent(segment));
  } catch {
    return undefined;
  }
}

function storePathInput(storePath: StorePath, narPath: Uint8Array): Recognised & { kind: 'store-path' } {
  return {
    kind: 'store-path',
    hashPart: storePath.hashPart,
    name: storePath.name,
    narPath,
    cacheUrl: undefined,
  };
}

/**
 * A cache as people and addresses write it: a bare host means https; a URL stands for itself, without a slash at its
 * end. Undefined for what is neither.
 */
export function cacheUrlFrom(text: string | null | undefined): string | undefined {
  const written = text?.trim();
  if (!written) return undefined;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `https://${written}`;
  if (!URL.canParse(withScheme)) return undefined;
  const url = new URL(withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  if (url.hostname === '' || url.username !== '' || url.password !== '') return undefined;
  return url.origin + url.pathname.replace(/\/+$/, '') + url.search;
}

/** The short form of a cache for addresses and texts: the bare host where that says all. */
export function shortCacheUrl(cacheUrl: string): string {
  return cacheUrl.startsWith('https://') ? cacheUrl.slice('https://'.length) : cacheUrl;
}

function distinct(inputs: readonly Recognised[]): Recognised[] {
  const seen = new Map(inputs.map((input) => [keyOf(input), input]));
  return [...seen.values()];
}

function keyOf(input: Recognised): string {
  return input.kind === 'nar-url' ? input.url : `${input.hashPart}/${input.narPath.join()}`;
}

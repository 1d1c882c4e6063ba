/**
 * The address of a view, and the whole grammar of addresses:
 *
 *   /nix/store/<hash>-<name>[/<path inside>][?cache=…][&view=…][&dl][#position]
 *   /?q=<anything pasted>     /?nar=<URL>[&path=<path inside>]     /local[/<path inside>]
 *
 * Read, and rewritten to the first form: /<hash>-<name>/…, /<hash>/…, /<hash>.narinfo, /<hash>.ls, /nar/<file>,
 * /view.html?cache_base=…&hash=…. Path segments are percent-encoded bytes, for names in a NAR are bytes. Where a host
 * can serve one file only, the same grammar stands after `#/`, and the position in the query as `L=10-20`.
 */
import { cacheUrlFrom, narPathFromAddress, shortCacheUrl } from '../archive/input';
import { isHashPart, parseBaseName } from '../nix/store-path';
import { formatNarPathForAddress } from '../nix/text';
import { formatPosition, type Position, parsePosition } from './position';

export const VIEWS = ['text', 'hex', 'elf', 'md', 'info', 'closure', 'sizes'] as const;
export type View = (typeof VIEWS)[number];

export type Place =
  | { readonly kind: 'landing' }
  | { readonly kind: 'query'; readonly text: string }
  | {
      readonly kind: 'store-path';
      readonly hashPart: string;
      /** Undefined until a narinfo tells it. */
      readonly name: string | undefined;
      readonly narPath: Uint8Array;
    }
  | { readonly kind: 'nar-url'; readonly url: string; readonly narPath: Uint8Array }
  | { readonly kind: 'local'; readonly narPath: Uint8Array }
  /** No address of ours. */
  | { readonly kind: 'unknown'; readonly text: string };

export interface Address {
  readonly place: Place;
  /** URL of the cache to ask first; undefined for the default cache. */
  readonly cacheUrl: string | undefined;
  /** Undefined: what the file's type would choose. */
  readonly view: View | undefined;
  /** Open with the save dialog. */
  readonly download: boolean;
  readonly position: Position | undefined;
  /** Query keys that are not ours, as written; kept. */
  readonly otherQuery: readonly string[];
}

export const LANDING: Address = {
  place: { kind: 'landing' },
  cacheUrl: undefined,
  view: undefined,
  download: false,
  position: undefined,
  otherQuery: [],
};

/** A URL from its path on, without the base that the page is hosted below. */
export interface AddressParts {
  /** `/…`, percent-encoded as the browser has it. */
  readonly pathname: string;
  /** With `?`, or empty. */
  readonly search: string;
  /** With `#`, or empty. */
  readonly hash: string;
}

/** The cache that addresses leave out. */
export const DEFAULT_CACHE_URL = 'https://cache.nixos.org';

/** Reads any address; what is not ours becomes `unknown`, never a throw. */
export function parseAddress(parts: AddressParts): Address {
  const query = parseQuery(parts.search);
  const cacheBase = query.own.get('cache_base') ?? query.own.get('cache');
  const view = VIEWS.find((known) => known === query.own.get('view'));
  return {
    place: parsePlace(parts.pathname, query.own),
    cacheUrl: withoutDefault(cacheUrlFrom(cacheBase)),
    view,
    download: query.own.has('dl'),
    position: parsePosition(parts.hash.slice(1)) ?? parsePosition(query.own.get('L') ?? ''),
    otherQuery: query.other,
  };
}

function parsePlace(pathname: string, query: ReadonlyMap<string, string>): Place {
  const [head = '', ...rest] = pathname.replace(/^\/+/, '').split('/');
  const hash = query.get('hash');
  if (hash !== undefined && isHashPart(hash)) return storePlace(hash, undefined, '');
  if (head === '') return parseQueryPlace(query);
  if (head === 'nix' && rest[0] === 'store') return parseStorePlace(rest[1] ?? '', rest.slice(2), pathname);
  if (head === 'local') return { kind: 'local', narPath: narPathFromAddress(rest.join('/')) };
  if (head === 'nar' && rest.length > 0) return parseNarPlace(pathname, query);
  return parseStorePlace(head, rest, pathname);
}

function parseQueryPlace(query: ReadonlyMap<string, string>): Place {
  const text = query.get('q');
  if (text) return { kind: 'query', text };
  const url = query.get('nar');
  if (!url) return { kind: 'landing' };
  return { kind: 'nar-url', url, narPath: narPathFromAddress(query.get('path') ?? '') };
}

/** The host of a cache's NAR URL was swapped for ours: the cache is the one named, or the default one. */
function parseNarPlace(pathname: string, query: ReadonlyMap<string, string>): Place {
  const cacheUrl = cacheUrlFrom(query.get('cache')) ?? DEFAULT_CACHE_URL;
  return {
    kind: 'nar-url',
    url: cacheUrl + pathname,
    narPath: narPathFromAddress(query.get('path') ?? ''),
  };
}

function parseStorePlace(segment: string, inside: readonly string[], pathname: string): Place {
  const baseName = decodeAscii(segment);
  const hashOnly = /^([^.]*)(?:\.narinfo|\.ls)?$/.exec(baseName)?.[1] ?? '';
  if (isHashPart(hashOnly)) return storePlace(hashOnly, undefined, inside.join('/'));
  try {
    const { hashPart, name } = parseBaseName(baseName);
    return storePlace(hashPart, name, inside.join('/'));
  } catch {
    // One slash: two would begin the address of another host.
    return { kind: 'unknown', text: pathname.replace(/^\/+/, '/') };
  }
}

function storePlace(hashPart: string, name: string | undefined, inside: string): Place {
  return { kind: 'store-path', hashPart, name, narPath: narPathFromAddress(inside) };
}

/** The canonical form. */
export function formatAddress(address: Address): AddressParts {
  const { place } = address;
  const query: string[] = [];
  if (place.kind === 'query') query.push(`q=${encodeURIComponent(place.text)}`);
  if (place.kind === 'nar-url') {
    query.push(`nar=${encodeQueryValue(place.url)}`);
    // Percent signs of the path's own bytes are encoded once more, so that reading the query gives them back.
    const narPath = formatNarPathForAddress(place.narPath);
    if (narPath) query.push(`path=${encodeQueryValue(narPath)}`);
  }
  if (address.cacheUrl) query.push(`cache=${encodeQueryValue(shortCacheUrl(address.cacheUrl))}`);
  if (address.view) query.push(`view=${address.view}`);
  if (address.download) query.push('dl');
  query.push(...address.otherQuery);
  return {
    pathname: formatPathname(place),
    search: query.length > 0 ? `?${query.join('&')}` : '',
    hash: address.position ? `#${formatPosition(address.position)}` : '',
  };
}

function formatPathname(place: Place): string {
  switch (place.kind) {
    case 'store-path': {
      const baseName = encodeURIComponent(
        place.name === undefined ? place.hashPart : `${place.hashPart}-${place.name}`,
      );
      return `/nix/store/${baseName}${formatInside(place.narPath)}`;
    }
    case 'local':
      return `/local${formatInside(place.narPath)}`;
    case 'unknown':
      return place.text;
    default:
      return '/';
  }
}

function formatInside(narPath: Uint8Array): string {
  const inside = formatNarPathForAddress(narPath);
  return inside === '' ? '' : `/${inside}`;
}

interface Query {
  readonly own: ReadonlyMap<string, string>;
  readonly other: readonly string[];
}

const OWN_KEYS = new Set(['cache', 'cache_base', 'view', 'dl', 'q', 'nar', 'path', 'hash', 'L']);

function parseQuery(search: string): Query {
  const own = new Map<string, string>();
  const other: string[] = [];
  for (const pair of search.replace(/^\?/, '').split('&')) {
    const [key = '', ...value] = pair.split('=');
    if (OWN_KEYS.has(key)) own.set(key, decodeQueryValue(value.join('=')));
    else if (pair !== '') other.push(pair);
  }
  return { own, other };
}

/** As encodeURIComponent, but leaves what people want to read in a URL's query. */
function encodeQueryValue(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':').replaceAll('%2F', '/');
}

function decodeQueryValue(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** Base names are ASCII: an escape of anything else stays as it is, and then is no base name. */
function decodeAscii(segment: string): string {
  return segment.replace(/%([2-7][0-9a-f])/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

function withoutDefault(cacheUrl: string | undefined): string | undefined {
  return cacheUrl === DEFAULT_CACHE_URL ? undefined : cacheUrl;
}

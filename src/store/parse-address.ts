import { joinNarPath, splitNarPath } from '../nix/nar/listing';
import { isHashPart, parseBaseName } from '../nix/store-path';
import { parseNarPathFromAddress } from '../nix/text';
import { type Address, type AddressFault, type AddressParts, LANDING, type Place, VIEWS } from './address';
import { AddressQuery } from './address-query';
import { cacheUrlFrom, DEFAULT_CACHE_URL, isFetchableUrl, withoutSecrets } from './cache-url';
import { parsePosition } from './position';

/** Reads any address, as address.ts has the grammar; what is not ours becomes `unknown`, never a throw. */
export function parseAddress(parts: AddressParts): Address {
  const query = new AddressQuery(parts.search);
  const segments = parts.pathname.split('/').filter((segment) => segment !== '');
  const pageName = PAGES.find((page) => page === segments.join('/'));
  const viewed = pageName === undefined ? undefined : viewedHash(pageName, query);
  const ownCache = query.take('cache');
  const cacheText = (viewed === undefined ? undefined : query.take('cache_base')) ?? ownCache;
  const cacheUrl = cacheText ? cacheUrlFrom(cacheText) : undefined;
  if (cacheText && cacheUrl === undefined) return unknown(parts, faultOfUrl('cache', cacheText));
  const view = query.take('view');
  const rest = {
    cacheUrl,
    view: VIEWS.find((known) => known === view),
    download: query.take('dl') !== undefined,
    position: parsePosition(parts.hash.slice(1)),
  };
  const place = viewed ?? parsePlace({ parts, segments, query, cacheUrl, pageName });
  if (place === undefined || 'fault' in place) return unknown(parts, place?.fault ?? faultOfPath(parts));
  return { ...rest, place, otherQuery: query.rest };
}

/** Paths of the page itself. `view.html` is nix-cache-view's. */
const PAGES = ['', 'index.html', '404.html', 'view.html'] as const;
type PageName = (typeof PAGES)[number];

/** nix-cache-view: `view.html?hash=…[&cache_base=…]`. Elsewhere `hash` is somebody else's: harmonia's NAR URLs have one. */
function viewedHash(page: PageName, query: AddressQuery): Place | undefined {
  const hash = query.value('hash') ?? '';
  const isOurs = query.value('q') || query.value('nar');
  const isView = page === 'view.html' || (query.value('cache_base') !== undefined && !isOurs);
  if (!isView || !isHashPart(hash)) return undefined;
  query.take('hash');
  return storePlace(hash, undefined, []);
}

interface Read {
  readonly parts: AddressParts;
  readonly segments: readonly string[];
  readonly query: AddressQuery;
  readonly cacheUrl: string | undefined;
  readonly pageName: PageName | undefined;
}

type Fault = { readonly fault: AddressFault };

function parsePlace(read: Read): Place | Fault | undefined {
  const { parts, segments, query, pageName } = read;
  const [head = '', ...rest] = segments;
  if (pageName !== undefined) return pageName === 'view.html' ? undefined : parsePage(query);
  if (head === 'nix' && rest[0] === 'store') return parseStorePlace(rest[1] ?? '', rest.slice(2));
  if (head === 'local') {
    const narPath = narPathFromAddress(rest.join('/'));
    return { kind: 'local', file: parts.file, exported: takeExported(query), narPath };
  }
  return head === 'nar' && rest.length > 0 ? parseNarPlace(read) : parseStorePlace(head, rest);
}

function parsePage(query: AddressQuery): Place | Fault {
  const text = query.value('q');
  if (text !== '' && text !== undefined) return { kind: 'query', text: query.takeFromForm('q') ?? '' };
  query.take('q');
  const url = query.take('nar');
  if (!url) return { kind: 'landing' };
  return isFetchableUrl(url) ? narPlace(url, query) : { fault: faultOfUrl('nar', url) };
}

/** The host of a cache's NAR URL was swapped for ours: the cache is the one named, or the default one. */
function parseNarPlace({ parts, query, cacheUrl = DEFAULT_CACHE_URL }: Read): Place {
  const place = narPlace(cacheUrl.replace(/\?.*$/s, '') + parts.pathname, query);
  // What is not ours belongs to the URL: caches sign theirs, or name the store path.
  const search = query.takeRest().join('&');
  return search === '' ? place : { ...place, url: `${place.url}?${search}` };
}

function narPlace(url: string, query: AddressQuery): Place & { kind: 'nar-url' } {
  const exported = takeExported(query);
  return { kind: 'nar-url', url, exported, narPath: narPathFromAddress(query.take('path') ?? '') };
}

function takeExported(query: AddressQuery): string | undefined {
  return isHashPart(query.value('exported') ?? '') ? query.take('exported') : undefined;
}

function parseStorePlace(segment: string, inside: readonly string[]): Place | undefined {
  const baseName = decodeAscii(segment);
  const hashOnly = /^([^.]*)(?:\.narinfo|\.ls)?$/.exec(baseName)?.[1] ?? '';
  if (isHashPart(hashOnly)) return storePlace(hashOnly, undefined, inside);
  try {
    const { hashPart, name } = parseBaseName(baseName);
    return storePlace(hashPart, name, inside);
  } catch {
    return undefined;
  }
}

function storePlace(hashPart: string, name: string | undefined, inside: readonly string[]): Place {
  return { kind: 'store-path', hashPart, name, narPath: narPathFromAddress(inside.join('/')) };
}

/**
 * A path inside a NAR, out of a URL: percent-encoded bytes. Slashes too many are dropped, `.` and `..` resolved as browsers
 * do in a path, so each entry has one path.
 */
export function narPathFromAddress(inside: string): Uint8Array {
  const names: Uint8Array[] = [];
  for (const name of splitNarPath(parseNarPathFromAddress(inside))) {
    const text = String.fromCharCode(...name.subarray(0, 3));
    if (text === '..') names.pop();
    else if (text !== '.') names.push(name);
  }
  return joinNarPath(names);
}

function unknown(parts: AddressParts, fault: AddressFault): Address {
  // One slash: two would begin the address of another host, and to a browser a backslash is one.
  const pathname = parts.pathname.replace(/^[/\\]+/, '/');
  const { search, hash } = parts;
  return { ...LANDING, place: { kind: 'unknown', parts: { pathname, search, hash }, fault } };
}

function faultOfPath({ pathname }: AddressParts): AddressFault {
  const detail = 'no store path, hash, NAR file or query of this page';
  return { field: undefined, text: pathname, detail };
}

function faultOfUrl(field: 'cache' | 'nar', written: string): AddressFault {
  const detail = 'no URL that a page can ask: http or https, without a user name';
  return { field, text: withoutSecrets(written), detail };
}

/** Base names are ASCII: an escape of anything else stays as it is, and then is no base name. */
function decodeAscii(segment: string): string {
  return segment.replace(/%([2-7][0-9a-f])/gi, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

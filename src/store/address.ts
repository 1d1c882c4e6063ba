/**
 * The address of a view, and the whole grammar of addresses:
 *
 *   /nix/store/<hash>-<name>[/<path inside>][?cache=…][&view=…][&dl][#position]
 *   /?q=<anything pasted>     /?nar=<URL>[&exported=<hash>][&path=<path inside>]
 *   /local[/<path inside>][?exported=<hash>]
 *
 * Read, and rewritten to the first form: /<hash>-<name>/…, /<hash>/…, /<hash>.narinfo, /<hash>.ls, /nar/<file>,
 * /view.html?cache_base=…&hash=…; /index.html and /404.html are /. Path segments are percent-encoded bytes, for names in
 * a NAR are bytes. `exported` names a store path of an export stream. A key that is ours in one form is a stranger's in
 * another, and strangers' keys are kept. Where a host can serve one file only, see hash-address.ts.
 */
import { formatNarPathForAddress } from '../nix/text';
import { encodeLastStop, encodeQueryValue } from './address-query';
import { DEFAULT_CACHE_URL, shortCacheUrl } from './cache-url';
import { formatPosition, type Position } from './position';

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
  | ({ readonly kind: 'nar-url'; readonly url: string } & InStream)
  /** `file` is the number of a picked file, as long as this page lives. */
  | ({ readonly kind: 'local'; readonly file: number | undefined } & InStream)
  /** No address of ours: it stays as it is. */
  | { readonly kind: 'unknown'; readonly parts: AddressParts; readonly fault: AddressFault };

interface InStream {
  /** Hash part of the store path that is shown of an export stream. */
  readonly exported: string | undefined;
  readonly narPath: Uint8Array;
}

/** Why an address cannot be read. */
export interface AddressFault {
  /** The query's key; undefined for the path. */
  readonly field: 'cache' | 'nar' | undefined;
  /** What cannot be read, with nothing private in it. */
  readonly text: string;
  readonly detail: string;
}

export interface Address {
  readonly place: Place;
  /** URL of the cache to ask first; undefined where none is named. */
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
  /** Which file `/local` stands for. It is kept beside the URL, in the history's entry: to others it would say nothing. */
  readonly file?: number | undefined;
}

export function isSameParts(a: AddressParts, b: AddressParts): boolean {
  return a.pathname === b.pathname && a.search === b.search && a.hash === b.hash && a.file === b.file;
}

/** The canonical form. */
export function formatAddress(address: Address): AddressParts {
  const { place, cacheUrl, view, download, position } = address;
  if (place.kind === 'unknown') return place.parts;
  const query = formatPlaceQuery(place);
  if (cacheUrl !== undefined && cacheUrl !== DEFAULT_CACHE_URL)
    query.push(`cache=${encodeQueryValue(shortCacheUrl(cacheUrl))}`);
  if (view) query.push(`view=${view}`);
  if (download) query.push('dl');
  query.push(...address.otherQuery);
  return {
    pathname: encodeLastStop(formatPathname(place)),
    search: query.length > 0 ? `?${query.join('&')}` : '',
    hash: position ? `#${formatPosition(position)}` : '',
    file: place.kind === 'local' ? place.file : undefined,
  };
}

type KnownPlace = Exclude<Place, { readonly kind: 'unknown' }>;

function formatPlaceQuery(place: KnownPlace): string[] {
  if (place.kind === 'query') return [`q=${encodeQueryValue(place.text)}`];
  const query: string[] = [];
  if (place.kind === 'nar-url') query.push(`nar=${encodeQueryValue(place.url)}`);
  if ('exported' in place && place.exported !== undefined) query.push(`exported=${place.exported}`);
  if (place.kind === 'nar-url' && place.narPath.length > 0) {
    // Percent signs of the path's own bytes are encoded once more, so that reading the query gives them back.
    query.push(`path=${encodeQueryValue(formatNarPathForAddress(place.narPath))}`);
  }
  return query;
}

function formatPathname(place: KnownPlace): string {
  switch (place.kind) {
    case 'store-path': {
      const baseName = encodeURIComponent(
        place.name === undefined ? place.hashPart : `${place.hashPart}-${place.name}`,
      );
      return `/nix/store/${baseName}${formatInside(place.narPath)}`;
    }
    case 'local':
      return `/local${formatInside(place.narPath)}`;
    default:
      return '/';
  }
}

function formatInside(narPath: Uint8Array): string {
  const inside = formatNarPathForAddress(narPath);
  return inside === '' ? '' : `/${inside}`;
}

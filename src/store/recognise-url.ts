import { NIXBASE32_SET } from '../nix/nixbase32';
import { type Address, type AddressParts, LANDING } from './address';
import { cacheUrlFrom } from './cache-url';
import { parseHashAddress } from './hash-address';
import { narPathFromAddress, parseAddress } from './parse-address';

/** Whether a text names something. */
type IsRecognised = (text: string) => boolean;

/** What a URL names: an address of this page, wherever it is hosted; a file of a binary cache; others' ways to show one. */
export function recogniseUrl(url: URL, isRecognised: IsRecognised): Address | undefined {
  if (url.hash.startsWith('#/')) return recognisePage(parseHashAddress(url.hash), isRecognised);
  return recogniseInside(url, isRecognised) ?? recogniseMetadata(url) ?? recogniseOther(url, isRecognised);
}

/** An address of this page, if it can be shown to somebody else; or one that cannot be read, which has to be said. */
export function recognisePage(parts: AddressParts, isRecognised: IsRecognised): Address | undefined {
  const address = parseAddress(parts);
  const { place } = address;
  switch (place.kind) {
    case 'store-path':
    case 'nar-url':
      return address;
    case 'query':
      return isRecognised(place.text) ? address : undefined;
    case 'unknown':
      return place.fault.field === undefined ? undefined : address;
    default:
      return undefined;
  }
}

/** The first of them in a path: what follows is a path inside. */
const STORE_OR_SERVE = new RegExp(`^(.*?)/(nix/store|serve)/(${NIXBASE32_SET}{32})(?=[-/]|$)(.*)$`);

/**
 * nar-serve's and this page's `…/nix/store/<hash>-<name>/bin/nix`, and `<cache>/serve/<hash>/bin/nix` of harmonia and
 * cachix.
 */
function recogniseInside(url: URL, isRecognised: IsRecognised): Address | undefined {
  const [, before = '', folder, hashPart = '', inside = ''] = STORE_OR_SERVE.exec(url.pathname) ?? [];
  if (folder === undefined) return undefined;
  if (folder === 'serve') return ofCache(url.origin + before, hashPart, inside);
  const { pathname, search, hash } = url;
  return recognisePage({ pathname: pathname.slice(before.length), search, hash }, isRecognised);
}

const METADATA = new RegExp(`^(.*)/(${NIXBASE32_SET}{32})\\.(?:narinfo|ls)$`);

/** `<cache>/<hash>.narinfo`, `….ls` */
function recogniseMetadata(url: URL): Address | undefined {
  const [, before, hashPart] = METADATA.exec(url.pathname) ?? [];
  return hashPart === undefined ? undefined : ofCache(url.origin + before, hashPart, '');
}

const PAGE = /\/(?:index\.html|404\.html|view\.html)?$/;
const SHORT = new RegExp(`^/${NIXBASE32_SET}{32}(?=[-/]|$)`);
const NAR = /\.nar(?:\.[0-9a-z]+)?$/;

function recogniseOther(url: URL, isRecognised: IsRecognised): Address | undefined {
  const { search, hash } = url;
  const pathname = SHORT.test(url.pathname) ? url.pathname : PAGE.exec(url.pathname)?.[0];
  if (pathname !== undefined) return recognisePage({ pathname, search, hash }, isRecognised);
  return NAR.test(url.pathname) ? ofNar(url) : undefined;
}

function ofCache(cacheUrl: string, hashPart: string, inside: string): Address {
  const place = {
    kind: 'store-path',
    hashPart,
    name: undefined,
    narPath: narPathFromAddress(inside),
  } as const;
  return { ...LANDING, place, cacheUrl: cacheUrlFrom(cacheUrl) };
}

/** With its query, which may be needed to fetch it; without what is for the person who had it. */
function ofNar(url: URL): Address {
  const bare = new URL(url);
  bare.username = '';
  bare.password = '';
  bare.hash = '';
  const place = { kind: 'nar-url', url: bare.href, exported: undefined, narPath: new Uint8Array(0) } as const;
  return { ...LANDING, place };
}

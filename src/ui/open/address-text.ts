import { displayBytes, displayText } from '../../nix/text';
import { type Address, formatAddress, type Place } from '../../store/address';
import { shortCacheUrl } from '../../store/cache-url';

/** What the input shows of an address, in two tones: what repeats, and what tells paths apart. */
export interface AddressText {
  readonly faint: string;
  readonly clear: string;
}

/** A store path as Nix writes it, with the path inside; the URL, the file, or the text otherwise. */
export function addressText(place: Place, fileName: string | undefined): AddressText {
  switch (place.kind) {
    case 'store-path': {
      const inside = place.narPath.length > 0 ? `/${displayBytes(place.narPath)}` : '';
      return place.name === undefined
        ? { faint: '/nix/store/', clear: place.hashPart + inside }
        : { faint: `/nix/store/${place.hashPart}-`, clear: place.name + inside };
    }
    case 'nar-url':
      return { faint: '', clear: displayText(place.url) };
    case 'local':
      return { faint: '', clear: fileName === undefined ? '' : displayText(fileName) };
    case 'query':
      return { faint: '', clear: displayText(place.text) };
    case 'unknown':
      return { faint: '', clear: displayText(place.parts.pathname) };
    case 'landing':
      return { faint: '', clear: '' };
  }
}

/** One of several addresses in a text, with all that tells it from the others. */
export function optionText(address: Address): string {
  const { place, cacheUrl, view, position } = address;
  const { faint, clear } = addressText(place, undefined);
  const inside =
    place.kind === 'nar-url' && place.narPath.length > 0 ? `/${displayBytes(place.narPath)}` : '';
  const from = cacheUrl === undefined ? '' : ` from ${displayText(shortCacheUrl(cacheUrl))}`;
  const details = [view, position && formatAddress(address).hash.slice(1)].filter(Boolean).join(', ');
  return faint + clear + inside + from + (details && ` (${details})`);
}

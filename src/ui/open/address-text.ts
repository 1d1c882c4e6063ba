import { displayBytes, displayText } from '../../nix/text';
import type { Place } from '../../store/address';

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
    case 'unknown':
      return { faint: '', clear: displayText(place.text) };
    case 'landing':
      return { faint: '', clear: '' };
  }
}

import type { ListingQuirk } from '../nix/nar/listing-json';
import type { NarInfoQuirk } from '../nix/narinfo';
import type { Quirk } from './service';

const TEXTS: Record<NarInfoQuirk, string> = {
  'compression-missing': 'The narinfo states no Compression, which means bzip2.',
  'hash-base16': 'The narinfo writes a hash in base 16 instead of nix32.',
  'hash-sri': 'The narinfo writes a hash in SRI form instead of nix32.',
  'unknown-deriver': 'The narinfo names no deriver ("unknown-deriver").',
  'final-newline-missing':
    'The last line of the narinfo has no newline: something between the cache and here dropped it.',
  'unknown-field': 'The narinfo has a field that Nix does not know.',
  'references-unsorted': 'The references are not in sorted order.',
  'file-hash-missing': 'The narinfo states no FileHash, so the compressed file cannot be checked.',
  'file-size-missing': 'The narinfo states no FileSize, so the time left is not known.',
  'carriage-returns': 'The lines of the narinfo end in carriage returns.',
};

const LISTING_TEXTS: Record<ListingQuirk, string> = {
  'not-utf8': 'The listing holds names that are not UTF-8; they are kept byte by byte.',
};

export function describeListingQuirk(quirk: ListingQuirk): Quirk {
  return { name: quirk, detail: LISTING_TEXTS[quirk] };
}

export function describeNarInfoQuirk(quirk: NarInfoQuirk): Quirk {
  return { name: quirk, detail: TEXTS[quirk] };
}

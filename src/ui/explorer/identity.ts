import type { ArchiveOrigin } from '../../archive/service';
import type { StorePath } from '../../nix/store-path';
import { displayText } from '../../nix/text';
import type { Place } from '../../store/address';

/** What an archive is called. */
export interface Identity {
  /** To be shown: the store path's name, or that of the file. */
  readonly name: string;
  readonly hashPart: string | undefined;
  /** Undefined for an archive that does not say which store path it is. */
  readonly storePath: StorePath | undefined;
}

export function identityOf(place: Place, origin: ArchiveOrigin | undefined): Identity {
  const storePath = storePathOf(place, origin);
  if (storePath) return { name: storePath.name, hashPart: storePath.hashPart, storePath };
  if (place.kind === 'store-path')
    return { name: place.hashPart, hashPart: place.hashPart, storePath: undefined };
  return { name: displayText(otherName(place, origin)), hashPart: undefined, storePath: undefined };
}

function storePathOf(place: Place, origin: ArchiveOrigin | undefined): StorePath | undefined {
  if (origin?.kind === 'cache') return origin.narInfo.storePath;
  if (origin?.kind === 'exported') return origin.storePath;
  if (place.kind !== 'store-path' || place.name === undefined) return undefined;
  return { hashPart: place.hashPart, name: place.name };
}

function otherName(place: Place, origin: ArchiveOrigin | undefined): string {
  if (origin?.kind === 'file') return origin.fileName;
  if (place.kind === 'nar-url') return /([^/?#]+)\/*(?:[?#].*)?$/.exec(place.url)?.[1] ?? place.url;
  return place.kind === 'local' ? 'a local file' : '';
}

import type { ArchiveOrigin } from '../archive/service';
import type { Address } from './address';
import { DEFAULT_CACHE_URL } from './cache-url';

/** The address with the name and the cache of the archive that opened; the same one when there is nothing to say better. */
export function addressOfArchive(address: Address, origin: ArchiveOrigin): Address {
  if (address.place.kind !== 'store-path' || origin.kind !== 'cache') return address;
  const { name } = origin.narInfo.storePath;
  const cacheUrl = origin.cacheUrl === DEFAULT_CACHE_URL ? undefined : origin.cacheUrl;
  if (address.place.name === name && address.cacheUrl === cacheUrl) return address;
  return { ...address, place: { ...address.place, name }, cacheUrl };
}

/** Whether the archive is what the address means: it has the store path, and is of the cache that is named, if one is. */
export function isArchiveOf({ place, cacheUrl }: Address, origin: ArchiveOrigin): boolean {
  if (place.kind !== 'store-path' || origin.kind !== 'cache') return false;
  if (origin.narInfo.storePath.hashPart !== place.hashPart) return false;
  return cacheUrl === undefined || cacheUrl === origin.cacheUrl;
}

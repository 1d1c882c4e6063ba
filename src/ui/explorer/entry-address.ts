import { type NarListing, narPathOf } from '../../nix/nar/listing';
import type { StorePath } from '../../nix/store-path';
import { type Address, LANDING, type View } from '../../store/address';

/** The address of an entry of the archive that `from` shows. Row 0 is the path's own page. */
export function addressOfRow(from: Address, listing: NarListing, row: number, view?: View): Address {
  const narPath = narPathOf(listing, row);
  const { place } = from;
  return {
    ...from,
    place: 'narPath' in place ? { ...place, narPath } : place,
    view,
    position: undefined,
    download: false,
  };
}

/** The address of another store path, to be asked of the same cache first. */
export function addressOfStorePath(
  from: Address,
  storePath: StorePath,
  narPath = new Uint8Array(0),
): Address {
  return { ...LANDING, place: { kind: 'store-path', ...storePath, narPath }, cacheUrl: from.cacheUrl };
}

/** The address of a store path of the export stream that `from` shows; undefined: of the choice among them. */
export function addressOfExported(from: Address, exported: string | undefined): Address {
  const root = atRoot(from);
  return 'exported' in root.place ? { ...root, place: { ...root.place, exported } } : root;
}

/** The path's own page. */
export function atRoot(from: Address): Address {
  const { place } = from;
  const root = 'narPath' in place ? { ...place, narPath: new Uint8Array(0) } : place;
  return { ...from, place: root, view: undefined, position: undefined, download: false };
}

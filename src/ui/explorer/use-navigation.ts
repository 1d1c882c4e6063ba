import { useMemo } from 'react';
import { type NarListing, NodeCode } from '../../nix/nar/listing';
import { type Followed, followSymlink } from '../../nix/nar/symlinks';
import type { Address } from '../../store/address';
import { headOf, listingOf } from '../../store/archive-store';
import { useStores } from '../../store/hooks';
import type { Stores } from '../../store/stores';
import { addressOfRow, addressOfStorePath } from './entry-address';
import { identityOf } from './identity';

/** What clicks and keys do to the archive that is shown, at the moment they do it. */
export interface Navigation {
  /** Shows the entry itself. Row 0 is the path's own page. */
  select(row: number): void;
  /** Shows a file, opens or shuts a directory, follows a symlink as far as it leads. */
  open(row: number): void;
}

export function useNavigation(): Navigation {
  const stores = useStores();
  return useMemo(
    () => ({ select: (row) => select(stores, row), open: (row) => open(stores, row) }),
    [stores],
  );
}

function select({ addressStore, archiveStore }: Stores, row: number): void {
  const listing = listingOf(archiveStore.getState().state);
  const { address, open } = addressStore.getState();
  if (listing) open(addressOfRow(address, listing, row));
}

function open(stores: Stores, row: number): void {
  const listing = listingOf(stores.archiveStore.getState().state);
  if (!listing) return;
  if (listing.kind[row] === NodeCode.directory) {
    stores.treeStore.getState().toggle(row);
    select(stores, row);
    return;
  }
  const target = listing.kind[row] === NodeCode.symlink && linkAddress(stores, listing, row);
  if (target) stores.addressStore.getState().open(target);
  else select(stores, row);
}

function linkAddress({ addressStore, archiveStore }: Stores, listing: NarListing, row: number) {
  const { address } = addressStore.getState();
  const { storePath } = identityOf(address.place, headOf(archiveStore.getState().state)?.origin);
  return addressOfFollowed(address, listing, followSymlink(listing, row, storePath));
}

/** Where a followed symlink can be seen; undefined when it leads nowhere that we know. */
export function addressOfFollowed(from: Address, listing: NarListing, to: Followed): Address | undefined {
  if (to.kind === 'row') return addressOfRow(from, listing, to.row);
  if (to.kind === 'store-path') return addressOfStorePath(from, to.storePath, to.narPath);
  return undefined;
}

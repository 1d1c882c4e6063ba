import { createContext, useContext, useMemo } from 'react';
import { useStore } from 'zustand';
import { locate } from '../nix/nar/listing';
import type { AddressState } from './address-store';
import { type ArchiveActions, listingOf } from './archive-store';
import type { DownloadActions } from './download-store';
import type { InputActions } from './input-store';
import type { KeptActions } from './kept-store';
import type { PreviewActions } from './preview-store';
import type { SettingsState } from './settings-store';
import type { Stores } from './stores';
import type { TreeState } from './tree-store';
import type { VerifyActions } from './verify-store';

const StoresContext = createContext<Stores | undefined>(undefined);
export const StoresProvider = StoresContext.Provider;

/** All stores, for event handlers that need what is current rather than what was rendered. */
export function useStores(): Stores {
  const stores = useContext(StoresContext);
  if (!stores) throw new Error('no StoresProvider above this component');
  return stores;
}

export function useAddress<T>(select: (state: AddressState) => T): T {
  return useStore(useStores().addressStore, select);
}

export function useArchive<T>(select: (state: ArchiveActions) => T): T {
  return useStore(useStores().archiveStore, select);
}

export function useTree<T>(select: (state: TreeState) => T): T {
  return useStore(useStores().treeStore, select);
}

export function useInput<T>(select: (state: InputActions) => T): T {
  return useStore(useStores().inputStore, select);
}

export function usePreview<T>(select: (state: PreviewActions) => T): T {
  return useStore(useStores().previewStore, select);
}

export function useDownload<T>(select: (state: DownloadActions) => T): T {
  return useStore(useStores().downloadStore, select);
}

export function useVerify<T>(select: (state: VerifyActions) => T): T {
  return useStore(useStores().verifyStore, select);
}

export function useKept<T>(select: (state: KeptActions) => T): T {
  return useStore(useStores().keptStore, select);
}

export function useSettings<T>(select: (state: SettingsState) => T): T {
  return useStore(useStores().settingsStore, select);
}

/** The row that the address names: 0 for the path's own page, undefined when the tree (as it stands) has no such entry. */
export function useSelectedRow(): number | undefined {
  const listing = useArchive(({ state }) => listingOf(state));
  const place = useAddress(({ address }) => address.place);
  return useMemo(() => {
    if (!listing) return undefined;
    return 'narPath' in place ? locate(listing, place.narPath) : 0;
  }, [listing, place]);
}

import type { StateStorage } from 'zustand/middleware';
import type { ArchiveService, TrustedKey } from '../archive/service';
import { type AddressBar, createAddressStore } from './address-store';
import { createArchiveStore } from './archive-store';
import { createDownloadStore } from './download-store';
import type { FileSaver } from './file-saver';
import { followAddress } from './follow-address';
import { createInputStore } from './input-store';
import { createKeptStore } from './kept-store';
import { createPreviewStore } from './preview-store';
import { createSettingsStore } from './settings-store';
import { createTreeStore } from './tree-store';
import { createVerifyStore } from './verify-store';

interface Outside {
  readonly service: ArchiveService;
  readonly bar: AddressBar;
  readonly saver: FileSaver;
  readonly storage: StateStorage | undefined;
  readonly builtInKeys?: readonly TrustedKey[];
}

/** All stores of the page, wired to each other and to the address. */
export function createStores({ service, bar, saver, storage, builtInKeys = [] }: Outside) {
  const settingsStore = createSettingsStore(storage);
  const addressStore = createAddressStore(bar);
  const archiveStore = createArchiveStore(service);
  const treeStore = createTreeStore();
  const inputStore = createInputStore(addressStore, archiveStore);
  const previewStore = createPreviewStore(service, archiveStore);
  const downloadStore = createDownloadStore({ service, saver, archiveStore, settingsStore });
  const verifyStore = createVerifyStore(service, archiveStore);
  const keptStore = createKeptStore(service, settingsStore);
  followAddress({ service, builtInKeys, addressStore, archiveStore, inputStore, settingsStore, treeStore });
  return {
    settingsStore,
    addressStore,
    archiveStore,
    treeStore,
    inputStore,
    previewStore,
    downloadStore,
    verifyStore,
    keptStore,
  };
}

export type Stores = ReturnType<typeof createStores>;

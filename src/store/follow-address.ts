import type { Failure } from '../archive/failure';
import type { ArchiveInput, ArchiveOrigin } from '../archive/service';
import { type Address, DEFAULT_CACHE_URL } from './address';
import type { AddressStore } from './address-store';
import type { ArchiveStore } from './archive-store';
import type { InputStore } from './input-store';
import type { SettingsStore } from './settings-store';
import type { TreeStore } from './tree-store';

interface Followed {
  readonly addressStore: AddressStore;
  readonly archiveStore: ArchiveStore;
  readonly inputStore: InputStore;
  readonly settingsStore: SettingsStore;
  readonly treeStore: TreeStore;
}

/**
 * The address says what is shown; this makes it so. Another archive in the address opens it; an archive that opened
 * gives the address its name and its cache. Which entry is shown needs no step here: it is derived from both.
 */
export function followAddress(stores: Followed): void {
  const { addressStore, archiveStore, inputStore, settingsStore } = stores;
  let shown = '';
  let file: File | undefined;

  const follow = () => {
    const { address } = addressStore.getState();
    const { file: picked } = inputStore.getState();
    const key = archiveKey(address);
    const isAnotherFile = address.place.kind === 'local' && picked !== file;
    if (key === shown && !isAnotherFile) return;
    shown = key;
    file = picked;
    show(address, stores);
  };

  archiveStore.subscribe(({ state }) => {
    if (state.status !== 'open') return;
    const { address } = addressStore.getState();
    const canonical = canonicalAddress(address, state.archive.origin);
    shown = archiveKey(canonical);
    if (canonical !== address) addressStore.getState().rewrite(canonical);
  });
  addressStore.subscribe(follow);
  inputStore.subscribe(follow);
  settingsStore.subscribe(({ substituters }, before) => {
    const { status } = archiveStore.getState().state;
    // Other caches were chosen because these did not have it.
    if (substituters !== before.substituters && status === 'failed')
      show(addressStore.getState().address, stores);
  });
  follow();
}

function show(address: Address, { archiveStore, inputStore, settingsStore, treeStore }: Followed): void {
  const { place } = address;
  const { open, fail, close } = archiveStore.getState();
  treeStore.getState().reset();
  switch (place.kind) {
    case 'landing':
      close();
      break;
    case 'query':
      close();
      inputStore.getState().openText(place.text, 'rewrite');
      break;
    case 'unknown':
      fail(unknownAddress(place.text));
      break;
    case 'local': {
      const { file } = inputStore.getState();
      if (file) void open({ kind: 'file', file });
      else fail(FILE_GONE);
      break;
    }
    case 'nar-url':
      void open({ kind: 'nar-url', url: place.url });
      break;
    case 'store-path':
      void open(storePathInput(place.hashPart, address.cacheUrl, settingsStore));
  }
}

/** The cache of the address first, then the person's own list. */
function storePathInput(
  hashPart: string,
  cacheUrl: string | undefined,
  settingsStore: SettingsStore,
): ArchiveInput & { kind: 'store-path' } {
  const listed = settingsStore.getState().substituters.map(({ url }) => url);
  const cacheUrls = cacheUrl === undefined ? listed : [cacheUrl, ...listed.filter((url) => url !== cacheUrl)];
  return { kind: 'store-path', hashPart, cacheUrls };
}

/** What has to be opened for an address; two addresses with one key show the same archive. */
function archiveKey({ place, cacheUrl }: Address): string {
  switch (place.kind) {
    case 'store-path':
      return `store-path ${place.hashPart} ${cacheUrl ?? ''}`;
    case 'nar-url':
      return `nar-url ${place.url}`;
    case 'query':
    case 'unknown':
      return `${place.kind} ${place.text}`;
    default:
      return place.kind;
  }
}

/** The same address when there is nothing to say better. */
function canonicalAddress(address: Address, origin: ArchiveOrigin): Address {
  if (address.place.kind !== 'store-path' || origin.kind !== 'cache') return address;
  const { name } = origin.narInfo.storePath;
  const cacheUrl = origin.cacheUrl === DEFAULT_CACHE_URL ? undefined : origin.cacheUrl;
  if (address.place.name === name && address.cacheUrl === cacheUrl) return address;
  return { ...address, place: { ...address.place, name }, cacheUrl };
}

function unknownAddress(text: string): Failure {
  return {
    kind: 'metadata-format',
    reason: 'malformed',
    format: 'address',
    detail: 'no store path, hash, NAR file or query of this page',
    field: undefined,
    line: undefined,
    text,
  };
}

/** A picked file lives as long as the page: after a reload its bytes are out of reach. */
const FILE_GONE: Failure = {
  kind: 'source',
  reason: 'file-gone',
  url: 'local file',
  status: undefined,
  detail: undefined,
};

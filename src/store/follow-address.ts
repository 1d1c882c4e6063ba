import type { ArchiveInput, ArchiveService, TrustedKey } from '../archive/service';
import type { Address } from './address';
import type { AddressStore } from './address-store';
import { addressOfArchive } from './archive-address';
import type { ArchiveStore } from './archive-store';
import { FILE_GONE, unreadableAddress } from './failures';
import { followStream, type StreamInput } from './follow-stream';
import { fileOf, type InputStore } from './input-store';
import type { SettingsStore } from './settings-store';
import type { TreeStore } from './tree-store';

export interface Followed {
  readonly service: ArchiveService;
  /** Trusted without a setting: that of the sample cache, for the sample cache. */
  readonly builtInKeys: readonly TrustedKey[];
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
  const { addressStore, archiveStore, inputStore, settingsStore, treeStore } = stores;
  const stream = followStream(stores);
  let shown = '';

  const show = (address: Address) => {
    const { place } = address;
    const { open, fail, close } = archiveStore.getState();
    shown = archiveKey(address);
    treeStore.getState().reset();
    const streamInput = streamInputOf(address, stores);
    if (!streamInput) stream.leave();
    switch (place.kind) {
      case 'landing':
        close();
        break;
      case 'query':
        close();
        inputStore.getState().openText(place.text, address);
        break;
      case 'unknown':
        fail(unreadableAddress(place.fault));
        break;
      case 'store-path':
        void open(storePathInput(place.hashPart, address.cacheUrl, stores));
        break;
      default:
        if (streamInput) stream.show(streamInput, place.exported);
        else fail(FILE_GONE);
    }
  };

  const follow = () => {
    const { address, arrival } = addressStore.getState();
    const isAskedAgain = arrival === 'opened' && archiveStore.getState().state.status === 'failed';
    if (archiveKey(address) !== shown || isAskedAgain) show(address);
  };

  archiveStore.subscribe(({ state }) => {
    if (state.status !== 'open') return;
    const { address, rewrite } = addressStore.getState();
    const canonical = addressOfArchive(address, state.archive.origin);
    shown = archiveKey(canonical);
    if (canonical !== address) rewrite(canonical);
  });
  addressStore.subscribe(follow);
  settingsStore.subscribe(({ substituters }, before) => {
    const { state } = archiveStore.getState();
    const { address } = addressStore.getState();
    const isMissing = state.status === 'failed' && state.failure.kind !== 'cancelled';
    // Other caches were chosen because these did not have it.
    if (substituters !== before.substituters && isMissing && address.place.kind === 'store-path')
      show(address);
  });
  follow();
}

/** Undefined for what is no stream of its own, and for a file that is gone. */
function streamInputOf({ place }: Address, { inputStore, settingsStore }: Followed): StreamInput | undefined {
  if (place.kind === 'nar-url')
    return { kind: 'nar-url', url: place.url, patience: patienceOf(settingsStore) };
  const file = fileOf(place, inputStore.getState().files);
  return file && { kind: 'file', file };
}

/** The cache of the address first, then the person's own list. */
function storePathInput(
  hashPart: string,
  cacheUrl: string | undefined,
  { settingsStore, builtInKeys }: Followed,
): ArchiveInput & { kind: 'store-path' } {
  const { substituters, trustedKeys: ownKeys, keptQuota } = settingsStore.getState();
  const listed = substituters.map(({ url }) => url);
  const cacheUrls = cacheUrl === undefined ? listed : [cacheUrl, ...listed.filter((url) => url !== cacheUrl)];
  const trustedKeys = [...ownKeys.map((key) => ({ key })), ...builtInKeys];
  const patience = patienceOf(settingsStore);
  return { kind: 'store-path', hashPart, cacheUrls, trustedKeys, patience, keptQuota };
}

/** In milliseconds. */
function patienceOf(settingsStore: SettingsStore): number {
  return settingsStore.getState().stalledDownloadTimeout * 1000;
}

/** What has to be opened for an address; two addresses with one key show the same archive. */
function archiveKey({ place, cacheUrl }: Address): string {
  switch (place.kind) {
    case 'store-path':
      return `store-path ${place.hashPart} ${cacheUrl ?? ''}`;
    case 'nar-url':
      return `nar-url ${place.url} ${place.exported ?? ''}`;
    case 'local':
      return `local ${place.file ?? ''} ${place.exported ?? ''}`;
    case 'query':
      return `query ${place.text}`;
    case 'unknown':
      return `unknown ${place.parts.pathname}${place.parts.search}`;
    case 'landing':
      return 'landing';
  }
}

import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import { type Address, LANDING, type Place } from './address';
import { keyOf } from './address-query';
import type { AddressStore } from './address-store';
import { addressOfArchive, isArchiveOf } from './archive-address';
import { type ArchiveStore, headOf } from './archive-store';
import { unreadableAddress, unrecognised } from './failures';
import { recognise } from './recognise';

/** What became of the last thing that was pasted, typed, picked or dropped. */
type InputState =
  | { readonly status: 'none' }
  /** The text names several things: one is to be chosen. */
  | { readonly status: 'choosing'; readonly text: string; readonly options: readonly Address[] }
  /** Nothing in the text can be opened; what is open stays so. */
  | { readonly status: 'unrecognised'; readonly failure: Failure };

export interface InputActions {
  readonly state: InputState;
  /** What was picked or dropped, as long as this page lives, by the numbers that addresses have. */
  readonly files: ReadonlyMap<number, File>;
  /** Opens what the text names: as a step of its own, or in place of the address that held the text. */
  openText(text: string, heldBy?: Address): void;
  choose(option: Address): void;
  openFile(file: File): void;
  dismiss(): void;
}

export function createInputStore(addressStore: AddressStore, archiveStore: ArchiveStore) {
  /** What stands open is not opened again for want of a word. */
  const asItStandsOpen = (address: Address): Address => {
    const origin = headOf(archiveStore.getState().state)?.origin;
    return origin && isArchiveOf(address, origin) ? addressOfArchive(address, origin) : address;
  };

  const inputStore = createStore<InputActions>()((set, get) => ({
    state: { status: 'none' },
    files: new Map(),
    openText: (text, heldBy) => {
      const found = recognise(text);
      const readable = found.filter(({ place }) => place.kind !== 'unknown');
      const options = heldBy ? readable.map((option) => within(heldBy, option)) : readable;
      const [only] = options;
      if (options.length > 1) {
        set({ state: { status: 'choosing', text, options } });
      } else if (only && heldBy) {
        set({ state: { status: 'none' } });
        addressStore.getState().rewrite(only);
      } else if (only) {
        get().choose(only);
      } else if (text.trim() !== '') {
        set({ state: { status: 'unrecognised', failure: failureOf(found[0], text) } });
      }
    },
    choose: (option) => {
      set({ state: { status: 'none' } });
      addressStore.getState().open(asItStandsOpen(option));
    },
    openFile: (file) => {
      // At random: the history may still have numbers from before the page was reloaded.
      const number = Math.random();
      set({ files: new Map(get().files).set(number, file), state: { status: 'none' } });
      const place = { kind: 'local', file: number, exported: undefined, narPath: new Uint8Array(0) } as const;
      addressStore.getState().open({ ...LANDING, place });
    },
    dismiss: () => set({ state: { status: 'none' } }),
  }));
  // Whoever goes elsewhere is done with it; an archive that gets its name below it is no step.
  addressStore.subscribe(({ arrival }) => {
    if (arrival !== 'rewritten') inputStore.getState().dismiss();
  });
  return inputStore;
}

export type InputStore = ReturnType<typeof createInputStore>;

/** The file that an address stands for; undefined for one that is gone, and for what is no local file. */
export function fileOf(place: Place, files: ReadonlyMap<number, File>): File | undefined {
  return place.kind === 'local' && place.file !== undefined ? files.get(place.file) : undefined;
}

/** An address that held a text says of what it names what the text does not: `/?q=…&cache=…&view=…`. */
function within(heldBy: Address, option: Address): Address {
  return {
    place: option.place,
    cacheUrl: option.cacheUrl ?? heldBy.cacheUrl,
    view: option.view ?? heldBy.view,
    download: option.download || heldBy.download,
    position: option.position ?? heldBy.position,
    otherQuery: [
      ...option.otherQuery,
      // Behind `/?nar=` these would be ours.
      ...heldBy.otherQuery.filter((pair) => !['path', 'exported'].includes(keyOf(pair))),
    ],
  };
}

function failureOf(found: Address | undefined, text: string): Failure {
  return found?.place.kind === 'unknown' ? unreadableAddress(found.place.fault) : unrecognised(text);
}

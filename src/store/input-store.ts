import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import { type Recognised, recognise } from '../archive/input';
import { type Address, DEFAULT_CACHE_URL, LANDING } from './address';
import type { AddressStore } from './address-store';

/** What became of the last thing that was pasted, typed, picked or dropped. */
export type InputState =
  | { readonly status: 'none' }
  /** The text names several things: one is to be chosen. */
  | { readonly status: 'choosing'; readonly text: string; readonly options: readonly Recognised[] }
  /** Nothing in the text can be opened; what is open stays so. */
  | { readonly status: 'unrecognised'; readonly failure: Failure };

export interface InputActions {
  readonly state: InputState;
  /** The file that `/local` stands for, as long as this page lives. */
  readonly file: File | undefined;
  /** Opens what the text names: as a step of its own, or (`rewrite`) in place of the address that held the text. */
  openText(text: string, how?: 'open' | 'rewrite'): void;
  choose(option: Recognised): void;
  openFile(file: File): void;
  dismiss(): void;
}

export function createInputStore(addressStore: AddressStore) {
  const inputStore = createStore<InputActions>()((set) => ({
    state: { status: 'none' },
    file: undefined,
    openText: (text, how = 'open') => {
      const options = recognise(text);
      const [only] = options;
      if (only && options.length === 1) {
        set({ state: { status: 'none' } });
        addressStore.getState()[how](addressOf(only));
      } else if (options.length > 1) {
        set({ state: { status: 'choosing', text, options } });
      } else if (text.trim() !== '') {
        set({ state: { status: 'unrecognised', failure: unrecognised(text) } });
      }
    },
    choose: (option) => {
      set({ state: { status: 'none' } });
      addressStore.getState().open(addressOf(option));
    },
    openFile: (file) => {
      set({ file, state: { status: 'none' } });
      addressStore.getState().open({ ...LANDING, place: { kind: 'local', narPath: new Uint8Array(0) } });
    },
    dismiss: () => set({ state: { status: 'none' } }),
  }));
  // Whoever goes elsewhere is done with it.
  addressStore.subscribe(() => inputStore.getState().dismiss());
  return inputStore;
}

export type InputStore = ReturnType<typeof createInputStore>;

export function addressOf(input: Recognised): Address {
  if (input.kind === 'nar-url') {
    return { ...LANDING, place: { kind: 'nar-url', url: input.url, narPath: new Uint8Array(0) } };
  }
  const { hashPart, name, narPath, cacheUrl } = input;
  return {
    ...LANDING,
    place: { kind: 'store-path', hashPart, name, narPath },
    cacheUrl: cacheUrl === DEFAULT_CACHE_URL ? undefined : cacheUrl,
  };
}

function unrecognised(text: string): Failure {
  return {
    kind: 'metadata-format',
    reason: 'malformed',
    format: 'input',
    detail: 'no store path, hash, narinfo or NAR URL in it',
    field: undefined,
    line: undefined,
    text,
  };
}

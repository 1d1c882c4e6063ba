import { createStore } from 'zustand/vanilla';
import { type Address, type AddressParts, formatAddress, parseAddress } from './address';

/** The browser's address bar and history, as far as this app needs them. */
export interface AddressBar {
  read(): AddressParts;
  push(parts: AddressParts): void;
  replace(parts: AddressParts): void;
  /** Calls back when the person went Back or Forward, or changed the address by hand. */
  onChange(callback: () => void): void;
  /** The full URL of an address, as it would be copied. */
  href(parts: AddressParts): string;
}

export interface AddressState {
  readonly address: Address;
  /** Another path, file or view: a step that Back undoes. */
  open(address: Address): void;
  /** The same view, said better: no step of its own. */
  rewrite(address: Address): void;
  hrefOf(address: Address): string;
}

export function createAddressStore(bar: AddressBar) {
  return createStore<AddressState>()((set, get) => {
    bar.onChange(() => set({ address: parseAddress(bar.read()) }));
    return {
      address: parseAddress(bar.read()),
      open: (address) => {
        if (bar.href(formatAddress(address)) === bar.href(formatAddress(get().address))) return;
        bar.push(formatAddress(address));
        set({ address });
      },
      rewrite: (address) => {
        bar.replace(formatAddress(address));
        set({ address });
      },
      hrefOf: (address) => bar.href(formatAddress(address)),
    };
  });
}

export type AddressStore = ReturnType<typeof createAddressStore>;

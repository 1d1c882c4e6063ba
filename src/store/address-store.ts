import { createStore } from 'zustand/vanilla';
import { type Address, type AddressParts, formatAddress, isSameParts } from './address';
import { parseAddress } from './parse-address';

/** The browser's address bar and history, as far as this app needs them. */
export interface AddressBar {
  read(): AddressParts;
  push(parts: AddressParts): void;
  replace(parts: AddressParts): void;
  /**
   * Calls back when the person went Back or Forward, or changed the address by hand. More than once for one change, as
   * browsers do.
   */
  onChange(callback: () => void): void;
  /** The full URL of an address, as it would be copied. */
  href(parts: AddressParts): string;
}

export interface AddressState {
  readonly address: Address;
  /**
   * How the address came to be: the page began with it; it was opened (perhaps once more); by Back, Forward or by hand;
   * or it says better what the one before said.
   */
  readonly arrival: 'start' | 'opened' | 'travelled' | 'rewritten';
  /** Another path, file or view: a step that Back undoes. The same once more is no step, but is told all the same. */
  open(address: Address): void;
  /** The same view, said better: no step of its own. */
  rewrite(address: Address): void;
  hrefOf(address: Address): string;
}

export function createAddressStore(bar: AddressBar) {
  /** As the bar has it: that may be encoded otherwise than it was written. */
  let shown = bar.read();

  const write = (how: 'push' | 'replace', address: Address) => {
    bar[how](formatAddress(address));
    shown = bar.read();
  };

  /** What stands in the bar, which then has its canonical form. */
  const read = (before?: Address): Address => {
    shown = bar.read();
    const address = parseAddress({ ...shown, file: shown.file ?? fileOf(before) });
    const isCanonical = address.place.kind === 'unknown' || isSameParts(formatAddress(address), shown);
    if (!isCanonical) write('replace', address);
    return address;
  };

  return createStore<AddressState>()((set, get) => {
    bar.onChange(() => {
      if (!isSameParts(bar.read(), shown)) set({ address: read(get().address), arrival: 'travelled' });
    });
    return {
      address: read(),
      arrival: 'start',
      open: (address) => {
        const isStep = !isSameParts(formatAddress(address), formatAddress(get().address));
        if (isStep) write('push', address);
        set({ address, arrival: 'opened' });
      },
      rewrite: (address) => {
        write('replace', address);
        set({ address, arrival: 'rewritten' });
      },
      hrefOf: (address) => bar.href(formatAddress(address)),
    };
  });
}

export type AddressStore = ReturnType<typeof createAddressStore>;

/** An address that is changed by hand has no file in its history entry: it is still of the one that was shown. */
function fileOf(address: Address | undefined): number | undefined {
  return address?.place.kind === 'local' ? address.place.file : undefined;
}

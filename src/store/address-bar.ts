import type { AddressParts } from './address';
import type { AddressBar } from './address-store';
import { formatHashAddress, parseHashAddress } from './hash-address';

/** What the bar needs of a window, so that it can be tested without one. */
export interface BarWindow {
  readonly location: {
    readonly protocol: string;
    readonly host: string;
    readonly pathname: string;
    readonly search: string;
    readonly hash: string;
  };
  readonly history: {
    readonly state: unknown;
    pushState(state: unknown, title: string, url: string): void;
    replaceState(state: unknown, title: string, url: string): void;
  };
  addEventListener(type: 'popstate' | 'hashchange', listener: () => void): void;
}

/** `base` is where the page is hosted: `/`, or `/explorer/`. */
export function pathAddressBar(window: BarWindow, base: string): AddressBar {
  const root = base.replace(/\/$/, '');
  return addressBar(window, {
    read: ({ pathname, search, hash }) => ({
      pathname: pathname.startsWith(`${root}/`) ? pathname.slice(root.length) : '/',
      search,
      hash,
    }),
    write: ({ pathname, search, hash }) => root + pathname + search + hash,
  });
}

/** For hosts that serve one file: the address is the fragment. */
export function hashAddressBar(window: BarWindow): AddressBar {
  return addressBar(window, {
    read: ({ hash }) => parseHashAddress(hash),
    write: (parts) => window.location.pathname + window.location.search + formatHashAddress(parts),
  });
}

interface Style {
  read(location: BarWindow['location']): AddressParts;
  /** From the host's root on. */
  write(parts: AddressParts): string;
}

function addressBar(window: BarWindow, style: Style): AddressBar {
  const { location, history } = window;
  return {
    read: () => ({ ...style.read(location), file: fileOf(history.state) }),
    push: (parts) => history.pushState(stateOf(parts), '', style.write(parts)),
    replace: (parts) => history.replaceState(stateOf(parts), '', style.write(parts)),
    href: (parts) => `${location.protocol}//${location.host}${style.write(parts)}`,
    onChange: (callback) => {
      // A change of the fragment fires both, one by the history's methods none.
      window.addEventListener('popstate', callback);
      window.addEventListener('hashchange', callback);
    },
  };
}

function stateOf({ file }: AddressParts): unknown {
  return file === undefined ? null : { file };
}

/** What an entry holds may have been written by another version of this page. */
function fileOf(state: unknown): number | undefined {
  if (typeof state !== 'object' || state === null || !('file' in state)) return undefined;
  return typeof state.file === 'number' ? state.file : undefined;
}

import type { AddressParts } from './address';
import type { AddressBar } from './address-store';

/** What the bar needs of a window, so that it can be tested without one. */
export interface BarWindow {
  readonly location: { pathname: string; search: string; hash: string; origin: string };
  readonly history: {
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

/** The same grammar after `#/`, for hosts that serve one file: the position joins the query as `L=`. */
export function hashAddressBar(window: BarWindow): AddressBar {
  return addressBar(window, {
    read: ({ hash }) => {
      const [, pathname = '/', search = ''] = /^#?([^?]*)(\?.*)?$/.exec(hash) ?? [];
      return { pathname: pathname || '/', search, hash: '' };
    },
    write: ({ pathname, search, hash }) => {
      const position = hash && `${search ? '&' : '?'}L=${hash.replace(/^#L?/, '')}`;
      return `${window.location.pathname}${window.location.search}#${pathname}${search}${position}`;
    },
  });
}

interface Style {
  read(location: BarWindow['location']): AddressParts;
  /** From the host's root on. */
  write(parts: AddressParts): string;
}

function addressBar(window: BarWindow, style: Style): AddressBar {
  return {
    read: () => style.read(window.location),
    push: (parts) => window.history.pushState(null, '', style.write(parts)),
    replace: (parts) => window.history.replaceState(null, '', style.write(parts)),
    href: (parts) => window.location.origin + style.write(parts),
    onChange: (callback) => {
      window.addEventListener('popstate', callback);
      window.addEventListener('hashchange', callback);
    },
  };
}

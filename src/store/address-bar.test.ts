import { expect, test } from 'vitest';
import { LANDING } from './address';
import { type BarWindow, hashAddressBar, pathAddressBar } from './address-bar';
import { createAddressStore } from './address-store';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';

/** A window at a URL. */
function windowAt(start: string) {
  let location = new URL(start);
  const listeners: (() => void)[] = [];
  const written: string[] = [];
  const history = {
    state: null as unknown,
    pushState: (state: unknown, _: string, url: string) => {
      written.push(`push ${url}`);
      location = new URL(url, location);
      history.state = state;
    },
    replaceState: (state: unknown, _: string, url: string) => {
      written.push(`replace ${url}`);
      location = new URL(url, location);
      history.state = state;
    },
  };
  const window: BarWindow = {
    location: {
      get protocol() {
        return location.protocol;
      },
      get host() {
        return location.host;
      },
      get pathname() {
        return location.pathname;
      },
      get search() {
        return location.search;
      },
      get hash() {
        return location.hash;
      },
    },
    history,
    addEventListener: (_, listener) => listeners.push(listener),
  };
  /** Both events, as for every change of a fragment by hand or by Back. */
  const type = (url: string) => {
    location = new URL(url, location);
    history.state = null;
    for (const listener of listeners) listener();
  };
  return { window, written, type };
}

test('below a folder of a host', () => {
  const { window, written } = windowAt(`https://a.org/x/nix/store/${HASH}-a?view=hex#L1`);
  const bar = pathAddressBar(window, '/x/');
  expect(bar.read()).toEqual({ pathname: `/nix/store/${HASH}-a`, search: '?view=hex', hash: '#L1' });
  bar.push({ pathname: '/local', search: '', hash: '', file: 0.5 });
  expect(written).toEqual(['push /x/local']);
  expect(bar.read().file).toBe(0.5);
  expect(bar.href({ pathname: '/', search: '?q=x', hash: '' })).toBe('https://a.org/x/?q=x');
});

test('in one file, on a host or on a disk', () => {
  const { window, written } = windowAt(`file:///home/me/x.html?y#/nix/store/${HASH}-a?view=hex&L=10-L20`);
  const bar = hashAddressBar(window);
  const parts = bar.read();
  expect(parts).toEqual({ pathname: `/nix/store/${HASH}-a`, search: '?view=hex', hash: '#L10-L20' });
  bar.replace(parts);
  expect(written).toEqual([`replace /home/me/x.html?y#/nix/store/${HASH}-a?view=hex&L=10-L20`]);
  expect(bar.href({ ...parts, search: '' })).toBe(`file:///home/me/x.html?y#/nix/store/${HASH}-a?L=10-L20`);
  expect(hashAddressBar(windowAt('https://a.org/x/').window).read()).toMatchObject({ pathname: '/' });
});

test('a state that another version wrote says nothing', () => {
  const { window } = windowAt('https://a.org/local');
  window.history.pushState({ file: 'x' }, '', '/local');
  expect(pathAddressBar(window, '/').read().file).toBeUndefined();
});

test('a change that is told twice is told once, and written in its canonical form', () => {
  const { window, written, type } = windowAt('https://a.org/x.html');
  const store = createAddressStore(hashAddressBar(window));
  const arrivals: string[] = [];
  store.subscribe(({ arrival }) => arrivals.push(arrival));
  type(`https://a.org/x.html#/${HASH}-a?view=bogus&utm=1&L=3`);
  expect(arrivals).toEqual(['travelled']);
  expect(written).toEqual([`replace /x.html#/nix/store/${HASH}-a?utm=1&L=3`]);
});

test('opening the address that is shown already is no step, but is told', () => {
  const { window, written } = windowAt('https://a.org/');
  const store = createAddressStore(pathAddressBar(window, '/'));
  const arrivals: string[] = [];
  store.subscribe(({ arrival }) => arrivals.push(arrival));
  store.getState().open(LANDING);
  expect(written).toEqual([]);
  expect(arrivals).toEqual(['opened']);
});

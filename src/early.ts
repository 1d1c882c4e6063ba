import { startThread } from './archive/start-thread';

/**
 * Runs before the page itself is there: an address that names something to open needs the archive's thread, whose script is
 * fetched meanwhile.
 */

/** Set by vite.config.ts: where in the URL an address stands. */
declare const __ADDRESS_STYLE__: 'path' | 'hash';

let thread: Worker | undefined;

function isLanding({ pathname, search, hash }: Location): boolean {
  if (__ADDRESS_STYLE__ === 'hash') return hash.length <= 2;
  return pathname === import.meta.env.BASE_URL && search === '' && hash === '';
}

if (!isLanding(location)) {
  const script = document.querySelector<HTMLScriptElement>('script[data-then]');
  for (const href of script?.dataset.then?.split(' ') ?? []) preload(href);
  try {
    thread = startThread('archive');
    // Who asks for it next starts another, and hears why that fails.
    thread.addEventListener('error', () => {
      thread = undefined;
    });
  } catch {
    // The same.
  }
}

/** What the page imports next, and does not know of before its own script has come. */
function preload(href: string): void {
  const link = document.createElement('link');
  const isStyle = href.endsWith('.css');
  link.rel = isStyle ? 'preload' : 'modulepreload';
  if (isStyle) link.as = 'style';
  link.crossOrigin = '';
  link.href = href;
  document.head.append(link);
}

/** The thread that was started early, once; undefined where none was, or where its script could not be had. */
export function takeEarlyThread(): Worker | undefined {
  const taken = thread;
  thread = undefined;
  return taken;
}

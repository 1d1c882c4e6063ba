import type { StoreApi } from 'zustand/vanilla';
import { type DownloadActions, isRunning } from './download-store';

/** As much of a window as this file needs. */
type LeavingWindow = Pick<Window, 'addEventListener' | 'removeEventListener'>;

/**
 * Asks before the page is left while a file is on its way to the disk, for nothing of it is kept then. Only while: a page that listens
 * is not kept for the way back.
 */
export function warnBeforeLeaving(
  window: LeavingWindow,
  downloadStore: Pick<StoreApi<DownloadActions>, 'subscribe'>,
): void {
  const ask = (event: Event) => event.preventDefault();
  downloadStore.subscribe(({ state }) => {
    if (isRunning(state)) window.addEventListener('beforeunload', ask);
    else window.removeEventListener('beforeunload', ask);
  });
}

import { type RefObject, useEffect } from 'react';
import { locate, nodeAt } from '../nix/nar/listing';
import { formatStorePath } from '../nix/store-path';
import { headOf } from '../store/archive-store';
import { useStores } from '../store/hooks';
import type { Stores } from '../store/stores';
import { wantedOf } from './explorer/entry/wanted';
import { identityOf } from './explorer/identity';
import { useCopyLink } from './explorer/use-copy-link';
import { usePage } from './shared/page';
import { isTextField } from './shared/text-field';
import { useCopy } from './shared/use-copy';

/** The keys that work anywhere but in a text field and in a dialog. What the tree took is not seen here. */
export function usePageKeys(input: RefObject<HTMLInputElement | null>): void {
  const stores = useStores();
  const { openDialog } = usePage();
  const copy = useCopy();
  const copyLink = useCopyLink();

  useEffect(() => {
    const { archiveStore, addressStore, settingsStore } = stores;
    const copyStorePath = () => {
      const { storePath } = currentIdentity(stores);
      if (storePath) void copy(formatStorePath(storePath), 'the store path');
    };
    const keys: Readonly<Record<string, () => void>> = {
      '/': () => input.current?.focus(),
      '?': () => openDialog('help'),
      y: () => copyLink(headOf(archiveStore.getState().state)?.origin),
      Y: copyStorePath,
      d: () => downloadSelected(stores),
      i: () => {
        const { address, open } = addressStore.getState();
        if (headOf(archiveStore.getState().state)?.origin.kind !== 'cache') return;
        open({ ...address, view: address.view === 'info' ? undefined : 'info', position: undefined });
      },
    };
    const onKeyDown = (event: KeyboardEvent) => {
      const { key, target } = event;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      // A dialog has its own Escape, and no other keys.
      if (document.querySelector('dialog[open]')) return;
      if (key === 'Escape') close(stores);
      if (!settingsStore.getState().letterKeys || !Object.hasOwn(keys, key) || isTextField(target)) return;
      event.preventDefault();
      keys[key]?.();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [stores, input, openDialog, copy, copyLink]);
}

function currentIdentity({ addressStore, archiveStore }: Stores) {
  return identityOf(addressStore.getState().address.place, headOf(archiveStore.getState().state)?.origin);
}

function downloadSelected(stores: Stores): void {
  const { state } = stores.archiveStore.getState();
  const { place } = stores.addressStore.getState().address;
  if (state.status !== 'open' || !('narPath' in place)) return;
  const row = locate(state.archive.listing, place.narPath);
  const node = row === undefined ? undefined : nodeAt(state.archive.listing, row);
  if (node?.kind !== 'regular') return;
  void stores.downloadStore.getState().save(wantedOf(state.archive, node, currentIdentity(stores)));
}

/** Puts away what a download left in the status line, and the narinfo. */
function close({ downloadStore, addressStore }: Stores): void {
  downloadStore.getState().dismiss();
  const { address, open } = addressStore.getState();
  if (address.view === 'info') open({ ...address, view: undefined });
}

import type { ArchiveOrigin } from '../../archive/service';
import { type Address, LANDING } from '../../store/address';
import { useStores } from '../../store/hooks';
import { usePage } from '../shared/page';
import { useCopy } from '../shared/use-copy';

/** Copies a link that others can open: of the view, or of the store path that a local file says it is. */
export function useCopyLink(): (origin: ArchiveOrigin | undefined) => void {
  const { addressStore } = useStores();
  const { say } = usePage();
  const copy = useCopy();
  return (origin) => {
    const { address, hrefOf } = addressStore.getState();
    const shared = shareable(address, origin);
    if (!shared) say('A local file has no address that others could open.');
    else if (shared === address) void copy(hrefOf(shared), 'the link');
    else void copy(hrefOf(shared), 'a link to the store path: the local file itself has no address');
  };
}

function shareable(address: Address, origin: ArchiveOrigin | undefined): Address | undefined {
  const { place } = address;
  if (place.kind !== 'local') return address;
  if (origin?.kind !== 'exported') return undefined;
  return { ...LANDING, place: { kind: 'store-path', ...origin.storePath, narPath: place.narPath } };
}

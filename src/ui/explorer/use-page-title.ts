import { useEffect } from 'react';
import { displayBytes } from '../../nix/text';
import { headOf } from '../../store/archive-store';
import { useAddress, useArchive } from '../../store/hooks';
import { identityOf } from './identity';

/** `bin/nix · nix-2.31.2` */
export function usePageTitle(): void {
  const place = useAddress(({ address }) => address.place);
  const origin = useArchive(({ state }) => headOf(state)?.origin);
  useEffect(() => {
    const { name } = identityOf(place, origin);
    const narPath = 'narPath' in place ? displayBytes(place.narPath) : '';
    document.title = [narPath, name || 'NAR Explorer', !narPath && name && 'NAR Explorer']
      .filter(Boolean)
      .join(' · ');
  }, [place, origin]);
}

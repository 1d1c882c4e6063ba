import { useMemo } from 'react';
import type { ArchiveHead, OpenedArchive } from '../../archive/service';
import type { NarListing } from '../../nix/nar/listing';
import { headOf, listingOf } from '../../store/archive-store';
import { useAddress, useArchive } from '../../store/hooks';
import { type Identity, identityOf } from './identity';

/** What the explorer shows, whether it stands or is on its way. */
export interface Shown {
  readonly identity: Identity;
  readonly head: ArchiveHead | undefined;
  readonly listing: NarListing | undefined;
  /** Undefined as long as no file can be read. */
  readonly archive: OpenedArchive | undefined;
  /** Files that end behind this byte of the NAR may be fetched again when they are saved. */
  readonly keptUntil: number;
  /** The tree still grows. */
  readonly isGrowing: boolean;
}

export function useShown(): Shown {
  const state = useArchive((archive) => archive.state);
  const place = useAddress(({ address }) => address.place);
  return useMemo(() => {
    const head = headOf(state);
    return {
      identity: identityOf(place, head?.origin),
      head,
      listing: listingOf(state),
      archive: state.status === 'open' ? state.archive : undefined,
      keptUntil: state.status === 'open' ? state.keptUntil : Number.POSITIVE_INFINITY,
      isGrowing: state.status === 'opening',
    };
  }, [state, place]);
}

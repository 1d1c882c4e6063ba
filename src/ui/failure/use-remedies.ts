import type { Failure } from '../../archive/failure';
import { LANDING } from '../../store/address';
import type { ArchiveStore } from '../../store/archive-store';
import { useStores } from '../../store/hooks';
import { useFilePicker } from '../open/file-picker';
import { usePage } from '../shared/page';
import type { Remedy } from './failure-text';

/** What can be done about an archive that did not open. */
export function useRemedies(): Readonly<Partial<Record<Remedy, () => void>>> {
  const { archiveStore, addressStore } = useStores();
  const { openDialog } = usePage();
  const pickFile = useFilePicker();
  const { state } = archiveStore.getState();
  const canRetry = state.status === 'failed' && state.input !== undefined;
  return {
    ...(canRetry && {
      retry: () => void archiveStore.getState().retry(),
      'without-listing': () => void archiveStore.getState().retryWithoutListing(),
    }),
    ...(canRetry && state.failure.kind === 'limit' && raising(archiveStore, state.failure)),
    'open-file': pickFile,
    settings: () => openDialog('settings'),
    'start-over': () => addressStore.getState().open(LANDING),
  };
}

/** A limit of what nobody vouches for is the person's to raise. */
function raising(archiveStore: ArchiveStore, { limit }: { readonly limit: number }) {
  return { 'raise-limit': () => void archiveStore.getState().retryUpTo(4 * limit) };
}

/** What can be done about a file of an open archive that could not be read. */
export function useReadRemedies(
  retry: () => void,
  failure: Failure | undefined,
): Readonly<Partial<Record<Remedy, () => void>>> {
  const { archiveStore, downloadStore } = useStores();
  return {
    retry,
    ...(failure?.kind === 'limit' && raising(archiveStore, failure)),
    reopen: () => {
      // It speaks of an archive that nobody will find any more.
      downloadStore.getState().dismiss();
      void archiveStore.getState().retry();
    },
    'without-listing': () => void archiveStore.getState().retryWithoutListing(),
  };
}

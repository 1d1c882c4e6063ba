import { LANDING } from '../../store/address';
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
    'open-file': pickFile,
    settings: () => openDialog('settings'),
    'start-over': () => addressStore.getState().open(LANDING),
  };
}

/** What can be done about a file of an open archive that could not be read. */
export function useReadRemedies(retry: () => void): Readonly<Partial<Record<Remedy, () => void>>> {
  const { archiveStore, downloadStore } = useStores();
  return {
    retry,
    reopen: () => {
      // It speaks of an archive that nobody will find any more.
      downloadStore.getState().dismiss();
      void archiveStore.getState().retry();
    },
    'without-listing': () => void archiveStore.getState().retryWithoutListing(),
  };
}

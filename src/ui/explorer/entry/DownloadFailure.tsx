import { useDownload, useStores } from '../../../store/hooks';
import { FailureView } from '../../failure/FailureView';
import { useReadRemedies } from '../../failure/use-remedies';
import styles from './DownloadFailure.module.css';

/** A download that did not end well. One that was cancelled needs no more than the status line. */
export function DownloadFailure() {
  const { downloadStore } = useStores();
  const state = useDownload((download) => download.state);
  const { save, dismiss } = downloadStore.getState();
  const remedies = useReadRemedies(
    () => state.status === 'failed' && void save(state.wanted),
    state.status === 'failed' ? state.failure : undefined,
  );
  if (state.status !== 'failed' || state.failure.kind === 'cancelled') return null;
  return (
    <section aria-label="Download" className={styles.failure}>
      <FailureView failure={state.failure} remedies={{ ...remedies, back: dismiss }} />
    </section>
  );
}

import { useDownload, useStores } from '../../../store/hooks';
import { FailureView } from '../../failure/FailureView';
import styles from './DownloadFailure.module.css';

/** A download that did not end well. One that was cancelled needs no more than the status line. */
export function DownloadFailure() {
  const { downloadStore } = useStores();
  const state = useDownload((download) => download.state);
  if (state.status !== 'failed' || state.failure.kind === 'cancelled') return null;
  const { save, dismiss } = downloadStore.getState();
  return (
    <section aria-label="Download" className={styles.failure}>
      <FailureView
        failure={state.failure}
        remedies={{ retry: () => void save(state.wanted), back: dismiss }}
      />
    </section>
  );
}

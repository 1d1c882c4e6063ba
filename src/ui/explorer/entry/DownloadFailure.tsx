import type { DownloadState } from '../../../store/download-store';
import { useDownload, useStores } from '../../../store/hooks';
import { FailureView } from '../../failure/FailureView';
import { useReadRemedies } from '../../failure/use-remedies';
import buttons from '../../shared/buttons.module.css';
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
  if (state.status === 'unverifiable') return <Unverifiable state={state} />;
  if (state.status !== 'failed' || state.failure.kind === 'cancelled') return null;
  return (
    <section aria-label="Download" className={styles.failure}>
      <FailureView failure={state.failure} remedies={{ ...remedies, back: dismiss }} />
    </section>
  );
}

interface UnverifiableProps {
  readonly state: DownloadState & { readonly status: 'unverifiable' };
}

const REASONS: Readonly<Record<UnverifiableProps['state']['why'], string>> = {
  'no-room':
    'The NAR is larger than what this browser can keep, so the file had to be fetched apart from what was verified, and nobody ' +
    'knows that it is the same.',
  unvouched: 'Nobody whom you trust vouches for what was read.',
};

/** Nothing is wrong with it, but it is not what was asked for. */
function Unverifiable({ state: { wanted, why } }: UnverifiableProps) {
  const { downloadStore } = useStores();
  const { save, dismiss } = downloadStore.getState();
  return (
    <section aria-label="Download" className={styles.failure}>
      <div role="alert" data-unverifiable={why} className={styles.unverifiable}>
        <h2 className={styles.title}>
          <bdi>{wanted.fileName}</bdi> was not saved: it could not be verified
        </h2>
        <p>{REASONS[why]}</p>
        <div className={styles.choices}>
          <button type="button" className={buttons.button} onClick={() => void save(wanted, 'unverified')}>
            Save it unverified
          </button>
          <button type="button" className={buttons.button} onClick={dismiss}>
            Back
          </button>
        </div>
      </div>
    </section>
  );
}

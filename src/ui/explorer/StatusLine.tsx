import type { ReactNode } from 'react';
import type { Progress } from '../../archive/service';
import { groupDigits } from '../../nix/format';
import type { ArchiveState } from '../../store/archive-store';
import { shortCacheUrl } from '../../store/cache-url';
import { type DownloadState, isRunning } from '../../store/download-store';
import { useArchive, useDownload, useStores, useVerify } from '../../store/hooks';
import buttons from '../shared/buttons.module.css';
import { CopyButton } from '../shared/CopyButton';
import { usePage } from '../shared/page';
import { savedWords } from './entry/checks';
import { chmodLine } from './entry/command-lines';
import { costText, fractionOf, progressText } from './progress-text';
import styles from './StatusLine.module.css';

/** What is going on, and then what came of it. */
export function StatusLine() {
  const { archiveStore, downloadStore, verifyStore } = useStores();
  const verify = useVerify(({ state }) => state);
  const opening = useArchive(({ state }) => state);
  const download = useDownload(({ state }) => state);
  return (
    <footer className={styles.line}>
      {isRunning(download) ? (
        <Running
          what={`${download.status === 'saving' ? 'Saving' : 'Verifying'} ${download.wanted.fileName}`}
          progress={download.progress}
          onCancel={downloadStore.getState().cancel}
        />
      ) : verify.status === 'verifying' ? (
        <Running what="Verifying" progress={verify.progress} onCancel={verifyStore.getState().cancel} />
      ) : (
        opening.status === 'opening' && (
          <Running
            what={opening.asking ? `Asking ${shortCacheUrl(opening.asking)}` : 'Opening'}
            progress={opening.progress}
            onCancel={archiveStore.getState().cancel}
          />
        )
      )}
      <Outcome opening={opening} download={download} />
      <span className={styles.promise}>nothing is uploaded</span>
    </footer>
  );
}

interface RunningProps {
  readonly what: string;
  readonly progress: Progress | undefined;
  readonly onCancel: () => void;
}

function Running({ what, progress, onCancel }: RunningProps) {
  return (
    <>
      <progress className={styles.bar} aria-label={what} max={1} value={progress && fractionOf(progress)} />
      <span className={styles.what}>{what}</span>
      {/* Before the figures: a button that moves with each of them is hard to hit. */}
      <button type="button" className={buttons.quiet} onClick={onCancel}>
        Cancel
      </button>
      <span className={styles.figures}>{progress && progressText(progress)}</span>
    </>
  );
}

interface OutcomeProps {
  readonly opening: ArchiveState;
  readonly download: DownloadState;
}

/** The page's one live region: outcomes only, for figures that change ten times a second are not to be read out. */
function Outcome({ opening, download }: OutcomeProps) {
  const { notice } = usePage();
  const isVerifying = useVerify(({ state }) => state.status === 'verifying');
  const isBusy = opening.status === 'opening' || isRunning(download) || isVerifying;
  return (
    <span role="status" className={styles.outcome}>
      {notice ?? (!isBusy && <LastOutcome opening={opening} download={download} />)}
    </span>
  );
}

function LastOutcome({ opening, download }: OutcomeProps): ReactNode {
  const { downloadStore } = useStores();
  if (download.status === 'saved') {
    const { fileName, size, executable } = download.wanted;
    const { checked, report } = download;
    const chmod = chmodLine(fileName);
    return (
      <>
        <span>
          saved {fileName}, {groupDigits(size)} bytes,{' '}
          <strong data-saved={checked} className={styles[checked]}>
            {savedWords(checked, report.verdicts)}
          </strong>
        </span>
        {executable && (
          <>
            <code>{chmod}</code>
            <CopyButton text={chmod} what={chmod} />
          </>
        )}
        <button type="button" className={buttons.quiet} onClick={downloadStore.getState().dismiss}>
          Dismiss
        </button>
      </>
    );
  }
  if (download.status === 'refused')
    return `${download.wanted.fileName} was not saved: it is not what the narinfo describes`;
  if (download.status === 'unverifiable')
    return `${download.wanted.fileName} was not saved: it could not be verified`;
  if (download.status === 'failed') {
    const { fileName } = download.wanted;
    return download.failure.kind === 'cancelled'
      ? `${fileName} was not saved: cancelled`
      : `${fileName} was not saved`;
  }
  if (opening.status === 'failed' && opening.failure.kind === 'cancelled') return 'Stopped: nothing was kept';
  if (opening.status !== 'open') return null;
  const { listingFrom, origin, cost } = opening.archive;
  if (origin.kind !== 'cache' || !origin.kept)
    return `Tree from ${listingFrom === 'ls' ? 'listing' : 'NAR'}: ${costText(cost)}`;
  const why = origin.kept.isUnasked ? ', as no cache answered' : '';
  return `Tree from what is kept on this computer${why}: ${costText(cost)}`;
}

import type { ReactNode } from 'react';
import type { ArchiveHead } from '../../../archive/service';
import type { Verdict } from '../../../archive/verdict';
import { formatIec, groupDigits } from '../../../nix/format';
import { displayText } from '../../../nix/text';
import { headOf } from '../../../store/archive-store';
import { shortCacheUrl } from '../../../store/cache-url';
import { type DownloadState, isRunning, type Wanted } from '../../../store/download-store';
import { fileCheckOf } from '../../../store/file-check';
import { useArchive, useDownload, useStores } from '../../../store/hooks';
import buttons from '../../shared/buttons.module.css';
import { Dialog } from '../../shared/Dialog';
import { progressText } from '../progress-text';
import { CHECK_STATES, savedWords, summaryOf } from './checks';
import styles from './Entry.module.css';
import { FactRow } from './FactRow';
import { sizeToRead, VerifyChoice } from './FileState';
import { Mismatches } from './WrongFiles';

/**
 * Stands before a download that somebody should think about, as one that an address asks for; and beside one that the address
 * started by itself.
 */
export function DownloadDialog() {
  const state = useDownload((download) => download.state);
  const startedByAddress = useDownload((download) => download.startedByAddress);
  const head = useArchive((archive) => headOf(archive.state));
  if (state.status === 'asking') {
    return state.why === 'address' ? (
      <AskDialog wanted={state.wanted} head={head} />
    ) : (
      <WarnDialog wanted={state.wanted} head={head} />
    );
  }
  if (startedByAddress && (isRunning(state) || state.status === 'saved'))
    return <StartedDialog state={state} head={head} />;
  return null;
}

interface Props {
  readonly wanted: Wanted;
  readonly head: ArchiveHead | undefined;
}

/** What an address with `?dl` asks before anything is saved. Saving needs the click. */
function AskDialog({ wanted, head }: Props) {
  const { downloadStore, addressStore } = useStores();
  const leave = () => {
    if (downloadStore.getState().state.status !== 'asking') return;
    downloadStore.getState().dismiss();
    const { address, rewrite } = addressStore.getState();
    rewrite({ ...address, download: false });
  };
  const save = () => {
    leave();
    void downloadStore.getState().save(wanted);
  };
  return (
    <Dialog
      title={`Save ${wanted.fileName}?`}
      onClose={leave}
      actions={
        <>
          <button type="button" className={buttons.button} onClick={leave}>
            Cancel
          </button>
          <button type="button" data-first className={buttons.primary} onClick={save}>
            Save
          </button>
        </>
      }
    >
      <FileFacts wanted={wanted} head={head} />
      {head && fileCheckOf(head.verdicts) === 'unchecked' && <VerifyChoice size={sizeToRead(head.origin)} />}
    </Dialog>
  );
}

/** Something is known to be wrong: whoever wants the file all the same has to say so. */
function WarnDialog({ wanted, head }: Props) {
  const { downloadStore, addressStore } = useStores();
  const leave = () => {
    if (downloadStore.getState().state.status === 'asking') downloadStore.getState().dismiss();
    const { address, rewrite } = addressStore.getState();
    if (address.download) rewrite({ ...address, download: false });
  };
  const save = () => {
    leave();
    void downloadStore.getState().save(wanted, 'despite-mismatch');
  };
  return (
    <Dialog
      title={`Save ${wanted.fileName}, although it is wrong?`}
      onClose={leave}
      actions={
        <>
          <button type="button" className={buttons.warning} onClick={save}>
            Save anyway
          </button>
          <button type="button" data-first className={buttons.button} onClick={leave}>
            Cancel
          </button>
        </>
      }
    >
      <p className={styles.wrong}>This archive is not what it should be. Do not run what comes from it.</p>
      {head && <Mismatches verdicts={head.verdicts} />}
    </Dialog>
  );
}

interface StartedProps {
  readonly state: DownloadState & { readonly status: 'saving' | 'verifying' | 'saved' };
  readonly head: ArchiveHead | undefined;
}

function StartedDialog({ state, head }: StartedProps) {
  const { downloadStore } = useStores();
  const { wanted } = state;
  const { cancel, dismiss } = downloadStore.getState();
  const isDone = state.status === 'saved';
  return (
    <Dialog
      title={isDone ? `Saved ${wanted.fileName}` : `Saving ${wanted.fileName}`}
      onClose={isDone ? dismiss : cancel}
      actions={
        <button type="button" data-first className={buttons.button} onClick={isDone ? dismiss : cancel}>
          {isDone ? 'Close' : 'Cancel'}
        </button>
      }
    >
      <FileFacts wanted={wanted} head={head}>
        <FactRow label="Download">
          <span className={styles.stage}>{stageOf(state)}</span>
        </FactRow>
      </FileFacts>
      <p className={styles.dim}>
        The link started it, because{' '}
        {head?.verdicts.signature.state === 'verified'
          ? 'the path is signed by a key you trust'
          : 'the path follows from its contents'}
        . Nothing is saved before the whole NAR was read and is right.
      </p>
    </Dialog>
  );
}

function stageOf(state: StartedProps['state']): ReactNode {
  if (state.status === 'saved') return `saved, ${savedWords(state.checked, state.report.verdicts)}`;
  const what = state.status === 'saving' ? 'saving' : 'verifying';
  return state.progress ? `${what} … ${progressText(state.progress)}` : `${what} …`;
}

function FileFacts({ wanted, head, children }: Props & { readonly children?: ReactNode }) {
  const isKept = useArchive(
    ({ state }) => state.status !== 'open' || state.archive.narSize <= state.keptUntil,
  );
  const summary = head && summaryOf(head.verdicts, isKept);
  return (
    <dl className={styles.facts}>
      <FactRow label="Name">
        <code>{wanted.fileName}</code>
      </FactRow>
      <FactRow label="Size">
        {groupDigits(wanted.size)} bytes{wanted.size >= 1024 && ` · ${formatIec(wanted.size)}`}
        {wanted.executable && ' · executable'}
      </FactRow>
      {head?.origin.kind === 'cache' && <FactRow label="From">{shortCacheUrl(head.origin.cacheUrl)}</FactRow>}
      {head && <FactRow label="Signature">{markOf(head.verdicts.signature)}</FactRow>}
      <FactRow label="Checked">{summary && `${CHECK_STATES[summary.state].mark} ${summary.words}`}</FactRow>
      {children}
    </dl>
  );
}

function markOf({ state, detail }: Verdict): string {
  return `${CHECK_STATES[state].mark} ${CHECK_STATES[state].word}: ${displayText(detail)}`;
}

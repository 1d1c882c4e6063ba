import type { ArchiveHead } from '../../../archive/service';
import type { CheckName, Verdict, Verdicts } from '../../../archive/verdict';
import { formatIec } from '../../../nix/format';
import { displayText } from '../../../nix/text';
import { useDownload, useStores, useVerify } from '../../../store/hooks';
import { FailureView } from '../../failure/FailureView';
import { useReadRemedies } from '../../failure/use-remedies';
import buttons from '../../shared/buttons.module.css';
import { classes } from '../../shared/classes';
import hidden from '../../shared/visually-hidden.module.css';
import type { Shown } from '../use-shown';
import styles from './Checks.module.css';
import { CHECK_LABELS, CHECK_STATES, CHECKS, summaryOf } from './checks';
import { sizeToRead } from './FileState';

/** The verdicts: each with its mark, then what they mean, then what each was held against. */
export function Checks({ shown: { head, archive, keptUntil } }: { readonly shown: Shown }) {
  const isVerifying = useVerify(({ state }) => state.status === 'verifying');
  const isDownloadVerified = useDownload(({ state }) => state.status === 'verifying');
  const verifying = isVerifying || isDownloadVerified;
  if (!head) return null;
  const { verdicts } = head;
  const { state, words } = summaryOf(verdicts, archive === undefined || archive.narSize <= keptUntil);
  return (
    <div className={styles.checks}>
      {CHECKS.map((name) => (
        <Check key={name} name={name} verdict={underWay(verdicts[name], verifying)} />
      ))}
      <p className={classes(styles.words, styles[state])}>
        {CHECK_STATES[state].mark} {words}{' '}
        {state === 'unchecked' && archive && (
          <Verify archiveId={archive.id} head={archive} isRunning={verifying} />
        )}
        {state === 'mismatch' && archive && <FetchAnew origin={archive.origin} />}
      </p>
      <Details verdicts={verdicts} />
      <VerifyFailure />
    </div>
  );
}

function underWay(verdict: Verdict, verifying: boolean): Verdict {
  return verifying && verdict.state === 'unchecked' ? { ...verdict, state: 'checking' } : verdict;
}

function Check({
  name,
  verdict: { state, detail },
}: {
  readonly name: CheckName;
  readonly verdict: Verdict;
}) {
  const { mark, word } = CHECK_STATES[state];
  return (
    <span
      data-check={name}
      data-state={state}
      className={classes(styles.check, styles[state])}
      title={displayText(detail)}
    >
      <span aria-hidden="true">{mark} </span>
      {CHECK_LABELS[name]}
      <span className={hidden.hidden}> {word}</span>
    </span>
  );
}

interface VerifyProps {
  readonly archiveId: number;
  readonly head: ArchiveHead;
  readonly isRunning: boolean;
}

function Verify({ archiveId, head: { origin }, isRunning }: VerifyProps) {
  const { verifyStore } = useStores();
  const size = sizeToRead(origin);
  return (
    <button
      type="button"
      className={buttons.quiet}
      disabled={isRunning}
      onClick={() => void verifyStore.getState().verify(archiveId)}
    >
      Verify{size !== undefined && ` (reads ${formatIec(size)})`}
    </button>
  );
}

/** What is kept may be at fault, and not the cache. */
function FetchAnew({ origin }: Pick<ArchiveHead, 'origin'>) {
  const { archiveStore } = useStores();
  if (origin.kind !== 'cache' || !origin.kept) return null;
  return (
    <button type="button" className={buttons.quiet} onClick={() => void archiveStore.getState().retry()}>
      Fetch it anew
    </button>
  );
}

function Details({ verdicts }: { readonly verdicts: Verdicts }) {
  return (
    <details className={styles.details}>
      <summary>What each was held against</summary>
      <dl>
        {CHECKS.map((name) => (
          <div key={name}>
            <dt>{CHECK_LABELS[name]}</dt>
            <dd>
              {CHECK_STATES[verdicts[name].state].word}: {displayText(verdicts[name].detail)}
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function VerifyFailure() {
  const { verifyStore } = useStores();
  const state = useVerify((verify) => verify.state);
  const { verify, dismiss } = verifyStore.getState();
  const remedies = useReadRemedies(
    () => state.status === 'failed' && void verify(state.archiveId),
    state.status === 'failed' ? state.failure : undefined,
  );
  if (state.status !== 'failed') return null;
  return (
    <div className={styles.details}>
      <FailureView failure={state.failure} remedies={{ ...remedies, back: dismiss }} />
    </div>
  );
}

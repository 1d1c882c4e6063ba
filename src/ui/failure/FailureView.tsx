import type { Failure } from '../../archive/failure';
import { displayText } from '../../nix/text';
import buttons from '../shared/buttons.module.css';
import { CommandBox } from '../shared/CommandBox';
import { classes } from '../shared/classes';
import styles from './FailureView.module.css';
import type { Remedy } from './failure-text';
import { rawTextOf, textOfFailure } from './failure-texts';

interface Props {
  readonly failure: Failure;
  /** What the remedies do; those without an entry here are not offered. */
  readonly remedies: Readonly<Partial<Record<Remedy, () => void>>>;
  /** 1 when the failure is all that the page shows. */
  readonly level?: 1 | 2;
}

const LABELS: Readonly<Record<Remedy, string>> = {
  retry: 'Try again',
  reopen: 'Open it again',
  'without-listing': 'Open without the listing',
  'raise-limit': 'Go on to four times as much',
  'open-file': 'Open a file…',
  settings: 'Change the caches…',
  'start-over': 'Start over',
  back: 'Back',
};

/** A failure: what happened, what it means, what to do next; the raw text one click away. */
export function FailureView({ failure, remedies, level = 2 }: Props) {
  const text = textOfFailure(failure);
  const Heading = level === 1 ? 'h1' : 'h2';
  // A way back is always welcome.
  const possible = [...text.remedies, 'back' as const].filter((remedy) => remedies[remedy]);
  // What has to be opened again is not there to be tried again.
  const offered = possible.filter((remedy) => remedy !== 'retry' || !possible.includes('reopen'));
  const isCalm = failure.kind === 'cancelled';
  return (
    <div
      role="alert"
      data-failure={failure.kind}
      data-reason={failure.reason}
      className={classes(styles.failure, isCalm && styles.calm)}
    >
      <Heading className={styles.title}>{text.title}</Heading>
      <p>{text.meaning}</p>
      {failure.kind === 'not-found' && failure.reason === 'no-cache-has-it' && (
        <TriedList tried={failure.tried} />
      )}
      {text.next && <p className={styles.next}>{text.next}</p>}
      {text.command && <CommandBox command={text.command} />}
      {offered.length > 0 && (
        <div className={styles.remedies}>
          {offered.map((remedy) => (
            <button key={remedy} type="button" className={buttons.button} onClick={remedies[remedy]}>
              {LABELS[remedy]}
            </button>
          ))}
        </div>
      )}
      {!isCalm && (
        <details className={styles.details}>
          <summary>Raw text</summary>
          <pre>{displayLines(rawTextOf(failure))}</pre>
        </details>
      )}
    </div>
  );
}

function TriedList({
  tried,
}: {
  readonly tried: readonly { cacheUrl: string; failure: Failure | undefined }[];
}) {
  return (
    <ul className={styles.tried}>
      {tried.map(({ cacheUrl, failure }) => (
        <li key={cacheUrl}>
          <code>{cacheUrl}</code>
          {failure ? textOfFailure(failure).title : 'does not have it'}
        </li>
      ))}
    </ul>
  );
}

function displayLines(text: string): string {
  return text.split('\n').map(displayText).join('\n');
}

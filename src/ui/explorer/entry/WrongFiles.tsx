import type { ReactNode } from 'react';
import type { CheckName, Verdicts } from '../../../archive/verdict';
import { displayText } from '../../../nix/text';
import { headOf } from '../../../store/archive-store';
import { type Wanted, wrongAfterSaving } from '../../../store/download-store';
import { mismatchesOf } from '../../../store/file-check';
import { useArchive, useDownload, useStores } from '../../../store/hooks';
import buttons from '../../shared/buttons.module.css';
import { CHECK_LABELS } from './checks';
import styles from './WrongFiles.module.css';

/** What must not be overlooked: a file on the person's disk, or one that almost was, is not what it should be. */
export function WrongFiles() {
  const { downloadStore } = useStores();
  const archive = useArchive(({ state }) => state);
  const verdicts = headOf(archive)?.verdicts;
  const state = useDownload((download) => download.state);
  const savedUnchecked = useDownload((download) => download.savedUnchecked);
  const savedOf = useDownload((download) => download.savedOf);
  const wrong = wrongAfterSaving({ savedUnchecked, savedOf }, archive);
  const { dismiss, forgetSaved } = downloadStore.getState();
  return (
    <>
      {verdicts && wrong.length > 0 && (
        <Shout verdicts={verdicts} onDismiss={forgetSaved}>
          <Names files={wrong} /> {wrong.length === 1 ? 'was saved, and it is' : 'were saved, and they are'}{' '}
          NOT what the narinfo describes. Delete {wrong.length === 1 ? 'it' : 'them'}.
        </Shout>
      )}
      {state.status === 'refused' && (
        <Shout verdicts={state.verdicts} onDismiss={dismiss}>
          <Names files={[state.wanted]} /> was not saved: it is not what the narinfo describes.
        </Shout>
      )}
    </>
  );
}

interface ShoutProps {
  readonly verdicts: Verdicts;
  readonly onDismiss: () => void;
  readonly children: ReactNode;
}

function Shout({ verdicts, onDismiss, children }: ShoutProps) {
  return (
    <div role="alert" data-wrong-file className={styles.shout}>
      <div className={styles.text}>
        <p className={styles.what}>
          <span aria-hidden="true">✕ </span>
          {children}
        </p>
        <Mismatches verdicts={verdicts} />
      </div>
      <button type="button" className={buttons.button} onClick={onDismiss}>
        Dismiss
      </button>
    </div>
  );
}

/** Each check that says no, and what it was held against. */
export function Mismatches({ verdicts }: { readonly verdicts: Verdicts }) {
  return (
    <ul className={styles.mismatches}>
      {mismatchesOf(verdicts).map((name: CheckName) => (
        <li key={name}>
          {CHECK_LABELS[name]}: <span className={styles.detail}>{displayText(verdicts[name].detail)}</span>
        </li>
      ))}
    </ul>
  );
}

function Names({ files }: { readonly files: readonly Wanted[] }) {
  const names = [...new Set(files.map(({ fileName }) => fileName))];
  return names.map((name, index) => (
    <span key={name}>
      {index > 0 && ', '}
      <code className={styles.name}>
        <bdi>{name}</bdi>
      </code>
    </span>
  ));
}

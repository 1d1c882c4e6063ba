import { useState } from 'react';
import { useSettings, useStores } from '../../store/hooks';
import { isTimeout, type Substituter, TIMEOUTS } from '../../store/settings-store';
import buttons from '../shared/buttons.module.css';
import { Dialog } from '../shared/Dialog';
import { CacheList } from './CacheList';
import styles from './Dialogs.module.css';
import { type CacheDraft, draftOf, inMib, quotaOf, readDrafts, readKeys } from './drafts';
import { KeptNars } from './KeptNars';
import { TrustedKeys } from './TrustedKeys';

/** Edits a draft: nothing is asked of another cache before Save. */
export function SettingsDialog({ onClose }: { readonly onClose: () => void }) {
  const { settingsStore, keptStore } = useStores();
  const letterKeys = useSettings((settings) => settings.letterKeys);
  const verifyDownloads = useSettings((settings) => settings.verifyDownloads);
  const [drafts, setDrafts] = useState<readonly CacheDraft[]>(() =>
    settingsStore.getState().substituters.map(draftOf),
  );
  const [keyText, setKeyText] = useState(() => settingsStore.getState().trustedKeys.join('\n'));
  const [areLettersOn, setLettersOn] = useState(letterKeys);
  const [timeout, setTimeoutText] = useState(() => String(settingsStore.getState().stalledDownloadTimeout));
  const [areVerified, setVerified] = useState(verifyDownloads);
  const [quotaText, setQuotaText] = useState(() => inMib(settingsStore.getState().keptQuota));
  const [isKeptRemoved, setKeptRemoved] = useState(false);
  const [isTried, setTried] = useState(false);
  const { substituters, problems } = readDrafts(drafts);
  const { keys, problem: keyProblem } = readKeys(keyText);

  const save = () => {
    setTried(true);
    const quota = quotaOf(quotaText);
    if (!substituters || !keys || !isTimeout(Number(timeout)) || quota === undefined) return;
    const {
      setKeptQuota,
      setLetterKeys,
      setStalledDownloadTimeout,
      setSubstituters,
      setTrustedKeys,
      setVerifyDownloads,
    } = settingsStore.getState();
    // Before the caches: another list of these is asked at once.
    setTrustedKeys(keys);
    setLetterKeys(areLettersOn);
    setStalledDownloadTimeout(Number(timeout));
    setVerifyDownloads(areVerified);
    setKeptQuota(quota);
    if (isKeptRemoved) void keptStore.getState().removeAll();
    if (!isSame(substituters, settingsStore.getState().substituters)) setSubstituters(substituters);
    onClose();
  };
  const reset = () => {
    const { substituters: before, reset: resetAll } = settingsStore.getState();
    resetAll();
    const now = settingsStore.getState();
    if (isSame(before, now.substituters)) settingsStore.setState({ substituters: before });
    onClose();
  };

  return (
    <Dialog
      title="Settings"
      onClose={onClose}
      actions={
        <>
          <button type="button" className={buttons.button} onClick={reset}>
            Reset everything
          </button>
          <span className={styles.space} />
          <button type="button" className={buttons.button} onClick={onClose}>
            Cancel
          </button>
          <button type="button" className={buttons.primary} onClick={save}>
            Save
          </button>
        </>
      }
    >
      <h3 className={styles.heading}>Caches</h3>
      <p className={styles.hint}>
        Asked in this order; the first that has a path answers. A cache has to allow web pages to read it
        (CORS).
      </p>
      <CacheList drafts={drafts} problems={isTried ? problems : []} onChange={setDrafts} />
      <TrustedKeys text={keyText} problem={isTried ? keyProblem : undefined} onChange={setKeyText} />
      <h3 className={styles.heading}>Network</h3>
      <label className={styles.check}>
        Ask again after
        <input
          type="number"
          inputMode="numeric"
          className={styles.number}
          min={TIMEOUTS.least}
          max={TIMEOUTS.most}
          value={timeout}
          aria-invalid={!isTimeout(Number(timeout))}
          onChange={({ target }) => setTimeoutText(target.value)}
        />
        seconds of silence
      </label>
      {isTried && !isTimeout(Number(timeout)) && (
        <p className={styles.problem}>
          A whole number of seconds, from {TIMEOUTS.least} to {TIMEOUTS.most}.
        </p>
      )}
      <h3 className={styles.heading}>Downloads</h3>
      <label className={styles.check}>
        <input type="checkbox" checked={areVerified} onChange={({ target }) => setVerified(target.checked)} />
        Verify a file before it is saved: reads its whole NAR
      </label>
      <KeptNars
        quota={quotaText}
        onQuota={setQuotaText}
        isRemoved={isKeptRemoved}
        onRemoved={setKeptRemoved}
        isTried={isTried}
      />
      <h3 className={styles.heading}>Keyboard</h3>
      <label className={styles.check}>
        <input
          type="checkbox"
          checked={areLettersOn}
          onChange={({ target }) => setLettersOn(target.checked)}
        />
        Single letters are keys (h j k l, y Y d i, / and ?)
      </label>
    </Dialog>
  );
}

function isSame(a: readonly Substituter[], b: readonly Substituter[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

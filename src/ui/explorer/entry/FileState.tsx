import { formatIec } from '../../../nix/format';
import { isRunning } from '../../../store/download-store';
import { checkOfRead, fileCheckOf, isWhole } from '../../../store/file-check';
import { useDownload, useSettings, useStores, useVerify } from '../../../store/hooks';
import { classes } from '../../shared/classes';
import type { Shown } from '../use-shown';
import { CHECK_STATES, fileWords } from './checks';
import styles from './FileState.module.css';

interface Props {
  readonly shown: Shown;
  /** The first byte of the NAR behind the file. */
  readonly fileEnd: number;
}

/** Whether this file is what it should be, in words, beside the button that takes it; and the choice to look first. */
export function FileState({ shown: { head, archive, keptUntil }, fileEnd }: Props) {
  const isVerifying = useVerify(({ state }) => state.status === 'verifying');
  const isDownloadVerified = useDownload(({ state }) => state.status === 'verifying');
  if (!head) return null;
  const found = fileCheckOf(head.verdicts);
  const isChecking = found === 'unchecked' && (isVerifying || isDownloadVerified);
  const isApart = fileEnd > keptUntil && isWhole(head.verdicts);
  const check = isChecking ? 'checking' : checkOfRead({ verdicts: head.verdicts, isApart });
  return (
    <div className={styles.line}>
      <span data-file-check={check} className={classes(styles.words, styles[check])}>
        <span aria-hidden="true">{CHECK_STATES[check].mark} </span>
        {fileWords(check, head.verdicts)}
      </span>
      {found === 'unchecked' && archive && <VerifyChoice size={sizeToRead(archive.origin)} />}
    </div>
  );
}

/** Bytes of the whole NAR, compressed unless it is kept, where they are known. */
export function sizeToRead(origin: NonNullable<Shown['head']>['origin']): number | undefined {
  if (origin.kind !== 'cache') return undefined;
  return origin.kept ? origin.narInfo.narSize : origin.narInfo.fileSize;
}

/** Whether downloads are verified before they are saved: costs the whole NAR, and is remembered. */
export function VerifyChoice({ size }: { readonly size: number | undefined }) {
  const { settingsStore } = useStores();
  const isOn = useSettings((settings) => settings.verifyDownloads);
  const isBusy = useDownload(({ state }) => isRunning(state));
  return (
    <label className={styles.choice}>
      <input
        type="checkbox"
        checked={isOn}
        disabled={isBusy}
        onChange={({ target }) => settingsStore.getState().setVerifyDownloads(target.checked)}
      />
      <span>
        verify before it is saved
        <span className={styles.cost}>
          {size === undefined ? ' (reads the whole NAR)' : ` (reads the whole NAR, ${formatIec(size)})`}
        </span>
      </span>
    </label>
  );
}

import { useEffect } from 'react';
import type { KeptReport } from '../../archive/service';
import { formatIec, groupDigits } from '../../nix/format';
import { useKept, useSettings, useStores } from '../../store/hooks';
import { QUOTAS } from '../../store/settings-store';
import buttons from '../shared/buttons.module.css';
import styles from './Dialogs.module.css';
import { MIB, quotaOf } from './drafts';

interface Props {
  /** What is typed, in MiB. */
  readonly quota: string;
  readonly onQuota: (text: string) => void;
  /** All of it is to go when the settings are saved. */
  readonly isRemoved: boolean;
  readonly onRemoved: (isRemoved: boolean) => void;
  readonly isTried: boolean;
}

/** What is kept between visits: how much there may be, how much there is, and a way to be rid of it. */
export function KeptNars({ quota, onQuota, isRemoved, onRemoved, isTried }: Props) {
  const { keptStore } = useStores();
  const state = useKept((kept) => kept.state);
  const saved = useSettings((settings) => settings.keptQuota);
  useEffect(() => void keptStore.getState().look(), [keptStore]);
  const report = state.status === 'known' ? state.report : undefined;
  const isFaulty = quotaOf(quota) === undefined;
  return (
    <>
      <h3 className={styles.heading}>Kept on this computer</h3>
      {report?.isPossible === false ? (
        <p className={styles.hint}>
          Nothing: this browser, or this window, gives the page no place where it could keep anything.
        </p>
      ) : (
        <>
          <p className={styles.hint}>
            A NAR that was read whole, and is the one that its narinfo describes, stays here. Opening its path
            again asks for the narinfo only, and works when no cache can be reached.
          </p>
          <label className={styles.check}>
            Keep up to
            <input
              type="number"
              inputMode="numeric"
              className={styles.number}
              min={QUOTAS.least}
              max={QUOTAS.most / MIB}
              step="any"
              value={quota}
              aria-invalid={isFaulty}
              onChange={({ target }) => onQuota(target.value)}
            />
            MiB; the least recently used go first
          </label>
          {isTried && isFaulty && (
            <p className={styles.problem}>
              A number of MiB, from {QUOTAS.least} to {groupDigits(QUOTAS.most / MIB)}; 0 keeps nothing.
            </p>
          )}
          <p className={styles.check} data-kept-used>
            <span>{isRemoved ? 'All of it is removed when you save.' : usedWords(report, saved)}</span>
            {(isRemoved || (report !== undefined && report.nars > 0)) && (
              <button type="button" className={buttons.button} onClick={() => onRemoved(!isRemoved)}>
                {isRemoved ? 'Undo' : 'Remove all'}
              </button>
            )}
          </p>
        </>
      )}
    </>
  );
}

/** `312 MiB of 1 GiB used, by 7 NARs` */
function usedWords(report: (KeptReport & { readonly isPossible: true }) | undefined, quota: number): string {
  if (!report) return 'Looking …';
  const { nars, bytes } = report;
  const used = nars === 0 ? 'None of' : `${formatIec(bytes)} of`;
  const by = nars === 0 ? '' : `, by ${groupDigits(nars)} ${nars === 1 ? 'NAR' : 'NARs'}`;
  return `${used} ${formatIec(quota)} used${by}`;
}

import type { Verdict } from '../../../archive/verdict';
import { formatIec, groupDigits } from '../../../nix/format';
import { displayText } from '../../../nix/text';
import { headOf } from '../../../store/archive-store';
import { shortCacheUrl } from '../../../store/cache-url';
import { useArchive, useDownload, useStores } from '../../../store/hooks';
import buttons from '../../shared/buttons.module.css';
import { Dialog } from '../../shared/Dialog';
import { CHECK_STATES, summaryOf } from './checks';
import styles from './Entry.module.css';
import { FactRow } from './FactRow';

/** What an address with `?dl` asks before anything is saved. Saving needs the click. */
export function DownloadDialog() {
  const { downloadStore, addressStore } = useStores();
  const state = useDownload((download) => download.state);
  const head = useArchive((archive) => headOf(archive.state));
  if (state.status !== 'asking') return null;
  const { wanted } = state;
  const origin = head?.origin;
  const summary = head && summaryOf(head.verdicts);
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
      <dl className={styles.facts}>
        <FactRow label="Name">
          <code>{wanted.fileName}</code>
        </FactRow>
        <FactRow label="Size">
          {groupDigits(wanted.size)} bytes{wanted.size >= 1024 && ` · ${formatIec(wanted.size)}`}
          {wanted.executable && ' · executable'}
        </FactRow>
        {origin?.kind === 'cache' && <FactRow label="From">{shortCacheUrl(origin.cacheUrl)}</FactRow>}
        {head && <FactRow label="Signature">{markOf(head.verdicts.signature)}</FactRow>}
        <FactRow label="Checked">{summary && `${CHECK_STATES[summary.state].mark} ${summary.words}`}</FactRow>
      </dl>
    </Dialog>
  );
}

function markOf({ state, detail }: Verdict): string {
  return `${CHECK_STATES[state].mark} ${CHECK_STATES[state].word}: ${displayText(detail)}`;
}

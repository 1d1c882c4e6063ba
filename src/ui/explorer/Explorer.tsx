import { useEffect, useState } from 'react';
import { groupDigits } from '../../nix/format';
import { NodeCode, splitNarPath } from '../../nix/nar/listing';
import { displayBytes } from '../../nix/text';
import type { Address } from '../../store/address';
import { useAddress } from '../../store/hooks';
import { classes } from '../shared/classes';
import { EntryPane } from './EntryPane';
import styles from './Explorer.module.css';
import { DownloadDialog } from './entry/DownloadDialog';
import { PathHeader } from './PathHeader';
import { TreePane } from './tree/TreePane';
import { type Shown, useShown } from './use-shown';

type Pane = 'files' | 'page';

/** An archive: its head, its tree, and what is selected. On a phone the latter two take turns. */
export function Explorer() {
  const shown = useShown();
  const [pane, setPane] = usePane();
  const { listing } = shown;
  const onOpen = (row: number) => {
    // A directory opens where it stands.
    if (listing?.kind[row] !== NodeCode.directory) setPane('page');
  };
  return (
    <main className={styles.explorer} data-pane={pane}>
      <PathHeader shown={shown} />
      <PaneSwitch shown={shown} pane={pane} onSwitch={setPane} />
      <div className={styles.panes}>
        <TreePane shown={shown} onOpen={onOpen} />
        {/* What scrolls holds links and buttons, so that the keyboard gets there. */}
        <div className={styles.page}>
          <EntryPane shown={shown} />
        </div>
      </div>
      <DownloadDialog />
    </main>
  );
}

interface SwitchProps {
  readonly shown: Shown;
  readonly pane: Pane;
  readonly onSwitch: (pane: Pane) => void;
}

/** The way between the two views of a phone. */
function PaneSwitch({ shown: { listing }, pane, onSwitch }: SwitchProps) {
  const label = useAddress(({ address }) => pageLabel(address));
  const count = listing ? ` (${groupDigits(Math.max(1, listing.length - 1))})` : '';
  const button = (name: Pane, text: string) => (
    <button
      type="button"
      aria-pressed={pane === name}
      className={classes(styles.switch, pane === name && styles.current)}
      onClick={() => onSwitch(name)}
    >
      {text}
    </button>
  );
  return (
    <div className={styles.switches}>
      {button('files', `Files${count}`)}
      {button('page', label)}
    </div>
  );
}

function pageLabel({ place, view }: Address): string {
  if (view === 'info') return 'narinfo';
  const name = 'narPath' in place ? splitNarPath(place.narPath).at(-1) : undefined;
  return name ? displayBytes(name) : 'Overview';
}

/** Follows the address: a permalink to an entry shows it, the path itself its files. */
function usePane(): [Pane, (pane: Pane) => void] {
  const isEntry = useAddress(
    ({ address: { place, view } }) => view === 'info' || ('narPath' in place && place.narPath.length > 0),
  );
  const [pane, setPane] = useState<Pane>(isEntry ? 'page' : 'files');
  useEffect(() => {
    if (!isEntry) setPane('files');
  }, [isEntry]);
  return [pane, setPane];
}

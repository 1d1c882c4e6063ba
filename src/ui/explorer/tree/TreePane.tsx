import { groupDigits } from '../../../nix/format';
import { useTree } from '../../../store/hooks';
import buttons from '../../shared/buttons.module.css';
import type { Shown } from '../use-shown';
import { Tree } from './Tree';
import styles from './TreePane.module.css';

interface Props {
  readonly shown: Shown;
  readonly onOpen: (row: number) => void;
}

/** The tree with its own head line, or why there is none. */
export function TreePane({ shown: { listing, identity, isGrowing }, onOpen }: Props) {
  const expandAll = useTree((tree) => tree.expandAll);
  const collapseAll = useTree((tree) => tree.collapseAll);
  const isEmpty = listing?.length === 1 && listing.kind[0] === 0;
  return (
    <nav className={styles.pane} aria-label="Entries">
      <div className={styles.head}>
        <span>{listing && `${countText(listing.length)}${isGrowing ? ' so far' : ''}`}</span>
        {listing && (
          <span className={styles.actions}>
            <button type="button" className={buttons.quiet} onClick={() => expandAll(listing)}>
              Expand all
            </button>
            <button type="button" className={buttons.quiet} onClick={collapseAll}>
              Collapse all
            </button>
          </span>
        )}
      </div>
      {listing && !isEmpty && <Tree listing={listing} identity={identity} onOpen={onOpen} />}
      {isEmpty && !isGrowing && (
        <p className={styles.note}>An empty directory: this store path holds nothing.</p>
      )}
      {!listing && isGrowing && <p className={styles.note}>Waiting for the first entries …</p>}
    </nav>
  );
}

/** The root is the path itself, and counts only where it is all there is. */
function countText(rows: number): string {
  const entries = Math.max(1, rows - 1);
  return `${groupDigits(entries)} ${entries === 1 ? 'entry' : 'entries'}`;
}

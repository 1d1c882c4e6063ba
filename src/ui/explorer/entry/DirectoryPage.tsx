import { formatIec, groupDigits } from '../../../nix/format';
import { childRows, type NarListing, NodeCode, nameOf } from '../../../nix/nar/listing';
import type { Shown } from '../use-shown';
import { Commands } from './Commands';
import { CopyLink } from './CopyLink';
import { Crumbs } from './Crumbs';
import styles from './Entry.module.css';
import { EntryList } from './EntryList';

interface Props {
  readonly shown: Shown;
  readonly listing: NarListing;
  readonly row: number;
}

/** Entries that the page lists; the tree has them all. */
const LISTED = 500;

export function DirectoryPage({ shown: { identity, head }, listing, row }: Props) {
  const children = [...childRows(listing, row)];
  const size = listing.size[row] ?? 0;
  return (
    <section aria-label="Directory" className={styles.page}>
      <div className={styles.top}>
        <Crumbs listing={listing} row={row} rootName={identity.name} />
        <div className={styles.actions}>
          <CopyLink origin={head?.origin} />
        </div>
        <p className={styles.size}>
          {countText(children.length, 'entry', 'entries')} ·{' '}
          {countText(filesBelow(listing, row), 'file', 'files')} below · <strong>{groupDigits(size)}</strong>{' '}
          bytes{size >= 1024 && ` · ${formatIec(size)}`}
        </p>
      </div>
      <Commands head={head} identity={identity} listing={listing} row={row} />
      {children.length === 0 ? (
        <p className={styles.dim}>An empty directory.</p>
      ) : (
        <EntryList
          listing={listing}
          rows={children.slice(0, LISTED)}
          nameOfRow={(child) => nameOf(listing, child)}
        />
      )}
      {children.length > LISTED && (
        <p className={styles.dim}>and {groupDigits(children.length - LISTED)} more, all in the tree</p>
      )}
    </section>
  );
}

function countText(count: number, one: string, many: string): string {
  return `${groupDigits(count)} ${count === 1 ? one : many}`;
}

function filesBelow(listing: NarListing, directory: number): number {
  let count = 0;
  const end = listing.subtreeEnd[directory] ?? directory;
  for (let row = directory + 1; row < end; row++) {
    const kind = listing.kind[row];
    if (kind === NodeCode.regular || kind === NodeCode.executable) count++;
  }
  return count;
}

import { formatIec, groupDigits } from '../../../nix/format';
import { type NarListing, nodeAt } from '../../../nix/nar/listing';
import { displayBytes } from '../../../nix/text';
import { useAddress } from '../../../store/hooks';
import { AddressLink } from '../../shared/AddressLink';
import { addressOfRow } from '../entry-address';
import styles from './Entry.module.css';

interface Props {
  readonly listing: NarListing;
  readonly rows: readonly number[];
  /** What an entry is called here: its name, or its path. */
  readonly nameOfRow: (row: number) => Uint8Array;
}

/** Entries with their sizes, each a link. */
export function EntryList({ listing, rows, nameOfRow }: Props) {
  const address = useAddress((state) => state.address);
  return (
    <ul className={styles.list}>
      {rows.map((row) => {
        const node = nodeAt(listing, row);
        const isDirectory = node?.kind === 'directory';
        return (
          <li key={row}>
            <AddressLink to={addressOfRow(address, listing, row)} className={styles.entryName}>
              <bdi>{displayBytes(nameOfRow(row))}</bdi>
              {isDirectory && '/'}
            </AddressLink>
            {node?.kind === 'regular' && node.executable && <span className={styles.mark}>*</span>}
            {node?.kind === 'symlink' && (
              <span className={styles.mark}>
                → <bdi>{displayBytes(node.target)}</bdi>
              </span>
            )}
            {node && node.kind !== 'symlink' && (
              <>
                <span className={styles.iec}>{node.size < 1024 ? '' : formatIec(node.size)}</span>
                <span className={styles.bytes}>{groupDigits(node.size)}</span>
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

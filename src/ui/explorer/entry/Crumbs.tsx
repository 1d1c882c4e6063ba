import { type NarListing, nameOf } from '../../../nix/nar/listing';
import { displayBytes } from '../../../nix/text';
import { useAddress } from '../../../store/hooks';
import { AddressLink } from '../../shared/AddressLink';
import { addressOfRow } from '../entry-address';
import styles from './Entry.module.css';

interface Props {
  readonly listing: NarListing;
  readonly row: number;
  /** What the archive itself is called, where it is one file. */
  readonly rootName: string;
}

/** Where an entry stands: every directory above is a link. */
export function Crumbs({ listing, row, rootName }: Props) {
  const address = useAddress((state) => state.address);
  const above = directoriesAbove(listing, row);
  return (
    <h2 className={styles.crumbs}>
      {above.map((directory) => (
        <span key={directory}>
          <AddressLink to={addressOfRow(address, listing, directory)}>
            <bdi>{displayBytes(nameOf(listing, directory))}</bdi>
          </AddressLink>
          <span className={styles.slash}> / </span>
        </span>
      ))}
      <bdi className={styles.last}>{row === 0 ? rootName : displayBytes(nameOf(listing, row))}</bdi>
    </h2>
  );
}

/** From the top; without the root. */
function directoriesAbove(listing: NarListing, row: number): number[] {
  const above: number[] = [];
  for (let at = listing.parent[row] ?? -1; at > 0; at = listing.parent[at] ?? -1) above.unshift(at);
  return above;
}

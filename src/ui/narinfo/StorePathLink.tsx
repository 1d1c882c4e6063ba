import type { StorePath } from '../../nix/store-path';
import { useAddress } from '../../store/hooks';
import { addressOfStorePath } from '../explorer/entry-address';
import { AddressLink } from '../shared/AddressLink';
import styles from './NarInfoPanel.module.css';

/** A store path as a link that opens it: what repeats is set back. */
export function StorePathLink({ storePath }: { readonly storePath: StorePath }) {
  const address = useAddress((state) => state.address);
  return (
    <AddressLink to={addressOfStorePath(address, storePath)} className={styles.path}>
      <span className={styles.faint}>{storePath.hashPart}-</span>
      {storePath.name}
    </AddressLink>
  );
}

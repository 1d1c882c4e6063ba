import type { Address } from '../../store/address';
import { useAddress } from '../../store/hooks';
import { AddressLink } from '../shared/AddressLink';
import { atRoot } from './entry-address';
import { Facts } from './Facts';
import styles from './PathHeader.module.css';
import type { Shown } from './use-shown';

/** Which path this is, and what is known of it in one line. */
export function PathHeader({ shown }: { readonly shown: Shown }) {
  const { identity, head } = shown;
  const address: Address = useAddress((state) => state.address);
  const quirks = head?.quirks ?? [];
  return (
    <div className={styles.head}>
      <div className={styles.title}>
        <h1 className={styles.name}>
          <AddressLink to={atRoot(address)}>{identity.name}</AddressLink>
        </h1>
        {identity.hashPart !== undefined && identity.hashPart !== identity.name && (
          <span className={styles.hash}>{identity.hashPart}</span>
        )}
      </div>
      <Facts shown={shown} />
      {quirks.length > 0 && (
        <ul className={styles.quirks} aria-label="Notes">
          {quirks.map(({ name, detail }) => (
            <li key={name + detail} data-quirk={name}>
              {detail}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

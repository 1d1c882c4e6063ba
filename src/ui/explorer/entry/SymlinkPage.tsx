import { type NarListing, type NarNode, narPathOf, nodeAt } from '../../../nix/nar/listing';
import { type Followed, followSymlink } from '../../../nix/nar/symlinks';
import { formatStorePath } from '../../../nix/store-path';
import { displayBytes } from '../../../nix/text';
import { useAddress } from '../../../store/hooks';
import { AddressLink } from '../../shared/AddressLink';
import { addressOfFollowed } from '../use-navigation';
import type { Shown } from '../use-shown';
import { Commands } from './Commands';
import { CopyLink } from './CopyLink';
import { Crumbs } from './Crumbs';
import styles from './Entry.module.css';
import { FactRow } from './FactRow';

interface Props {
  readonly shown: Shown;
  readonly listing: NarListing;
  readonly node: NarNode & { readonly kind: 'symlink' };
}

/** A symlink itself: what it says, and where that leads. */
export function SymlinkPage({ shown: { identity, head, isGrowing }, listing, node }: Props) {
  const address = useAddress((state) => state.address);
  const followed = followSymlink(listing, node.row, identity.storePath);
  const to = addressOfFollowed(address, listing, followed);
  const text = leadsTo(listing, followed);
  return (
    <section aria-label="Symlink" className={styles.page}>
      <div className={styles.top}>
        <Crumbs listing={listing} row={node.row} rootName={identity.name} />
        <div className={styles.actions}>
          <CopyLink origin={head?.origin} />
        </div>
        <p className={styles.size}>symlink</p>
      </div>
      <dl className={styles.facts}>
        <FactRow label="Target">
          <code>
            <bdi>{displayBytes(node.target)}</bdi>
          </code>
        </FactRow>
        <FactRow label="Leads to">
          {followed.kind === 'missing' && isGrowing ? (
            'not known yet: the tree still grows'
          ) : to ? (
            <AddressLink to={to} className={styles.entryName}>
              {text}
            </AddressLink>
          ) : (
            text
          )}
        </FactRow>
      </dl>
      <Commands head={head} identity={identity} listing={listing} row={node.row} />
    </section>
  );
}

function leadsTo(listing: NarListing, followed: Followed): string {
  switch (followed.kind) {
    case 'row': {
      const kind = nodeAt(listing, followed.row)?.kind === 'directory' ? 'directory' : 'file';
      const path = displayBytes(narPathOf(listing, followed.row));
      return path === '' ? 'the store path itself' : `${path}, a ${kind} of this store path`;
    }
    case 'store-path': {
      const inside = followed.narPath.length > 0 ? `/${displayBytes(followed.narPath)}` : '';
      return formatStorePath(followed.storePath) + inside;
    }
    case 'outside':
      return `${displayBytes(followed.target)}, outside of every store path`;
    case 'missing':
      return 'nothing: there is no such entry in this store path';
    case 'loop':
      return 'nothing: it goes round in circles';
  }
}

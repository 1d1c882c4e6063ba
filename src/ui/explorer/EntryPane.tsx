import { useEffect } from 'react';
import { type NarListing, nodeAt } from '../../nix/nar/listing';
import { followNarPath } from '../../nix/nar/symlinks';
import { formatStorePath } from '../../nix/store-path';
import { displayBytes } from '../../nix/text';
import { useAddress, useSelectedRow, useStores } from '../../store/hooks';
import { FailureView } from '../failure/FailureView';
import { NarInfoPanel } from '../narinfo/NarInfoPanel';
import { AddressLink } from '../shared/AddressLink';
import { DirectoryPage } from './entry/DirectoryPage';
import styles from './entry/Entry.module.css';
import { FilePage } from './entry/FilePage';
import { PathPage } from './entry/PathPage';
import { SymlinkPage } from './entry/SymlinkPage';
import { addressOfRow, addressOfStorePath, atRoot } from './entry-address';
import type { Shown } from './use-shown';

interface Props {
  readonly shown: Shown;
}

/** What is selected: by the address, so that Back and links show the same. */
export function EntryPane({ shown }: Props) {
  const row = useSelectedRow();
  const view = useAddress(({ address }) => address.view);
  const { listing, head } = shown;
  if (view === 'info' && head?.origin.kind === 'cache') {
    const { narInfo, narInfoText, kept } = head.origin;
    return (
      <div className={styles.page}>
        <BackToEntry />
        <NarInfoPanel narInfo={narInfo} text={narInfoText} kept={kept} />
      </div>
    );
  }
  if (!listing) return <p className={styles.waiting}>Opening …</p>;
  if (row === undefined) return <Unlocated shown={shown} listing={listing} />;
  const node = nodeAt(listing, row);
  switch (node?.kind) {
    case 'regular':
      return <FilePage key={row} shown={shown} listing={listing} node={node} />;
    case 'symlink':
      return <SymlinkPage shown={shown} listing={listing} node={node} />;
    case 'directory':
      return row === 0 ? (
        <PathPage shown={shown} listing={listing} />
      ) : (
        <DirectoryPage shown={shown} listing={listing} row={row} />
      );
    case undefined:
      return <p className={styles.waiting}>Opening …</p>;
  }
}

function BackToEntry() {
  const address = useAddress((state) => state.address);
  const { place } = address;
  const narPath = 'narPath' in place ? displayBytes(place.narPath) : '';
  return (
    <p>
      <AddressLink to={{ ...address, view: undefined }}>
        Back to {narPath || 'the path’s own page'}
      </AddressLink>
    </p>
  );
}

interface UnlocatedProps extends Props {
  readonly listing: NarListing;
}

/** No entry has the address's path; but it may lead through symlinks, as paths do. */
function Unlocated({ shown: { identity, isGrowing }, listing }: UnlocatedProps) {
  const { addressStore } = useStores();
  const address = useAddress((state) => state.address);
  const { place } = address;
  const narPath = 'narPath' in place ? place.narPath : new Uint8Array(0);
  const followed = followNarPath(listing, narPath, identity.storePath);
  const row = followed.kind === 'row' ? followed.row : undefined;

  useEffect(() => {
    if (row === undefined) return;
    const { address: now, rewrite } = addressStore.getState();
    const { view, position, download } = now;
    rewrite({ ...addressOfRow(now, listing, row, view), position, download });
  }, [row, listing, addressStore]);

  if (row !== undefined) return null;
  if (followed.kind === 'store-path') {
    const to = addressOfStorePath(address, followed.storePath, followed.narPath);
    const inside = followed.narPath.length > 0 ? `/${displayBytes(followed.narPath)}` : '';
    return (
      <div className={styles.page}>
        <p>
          {displayBytes(narPath)} leads into another store path:{' '}
          <AddressLink to={to}>{formatStorePath(followed.storePath) + inside}</AddressLink>
        </p>
      </div>
    );
  }
  if (isGrowing) return <p className={styles.waiting}>Looking for {displayBytes(narPath)} …</p>;
  return (
    <div className={styles.page}>
      <FailureView failure={{ kind: 'not-found', reason: 'no-such-entry', narPath }} remedies={{}} />
      <p>
        <AddressLink to={atRoot(address)}>Go to the path’s own page</AddressLink>
      </p>
    </div>
  );
}

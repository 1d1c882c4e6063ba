import { useMemo } from 'react';
import type { ArchiveOrigin } from '../../../archive/service';
import { type NarListing, narPathOf, nodeAt } from '../../../nix/nar/listing';
import { formatBaseName, type StorePath } from '../../../nix/store-path';
import { NarInfoPanel } from '../../narinfo/NarInfoPanel';
import { StorePathLink } from '../../narinfo/StorePathLink';
import { Preview } from '../../viewers/Preview';
import type { Shown } from '../use-shown';
import { Checks } from './Checks';
import { Commands } from './Commands';
import { CopyLink } from './CopyLink';
import styles from './Entry.module.css';
import { EntryList } from './EntryList';
import { FactRow } from './FactRow';
import { NarHashes } from './NarHashes';
import { Programs } from './Programs';
import { largestFiles, readmeOf } from './programs';

interface Props {
  readonly shown: Shown;
  readonly listing: NarListing;
}

const LARGEST = 8;

/** The path's own page: what can be run, what there is to read or what is large, what it refers to, what is known of it. */
export function PathPage({ shown, listing }: Props) {
  const { head, identity, archive, isGrowing } = shown;
  const readme = useMemo(() => readmeOf(listing), [listing]);
  const readmeNode = readme === undefined ? undefined : nodeAt(listing, readme);
  return (
    <div className={styles.page}>
      <Programs shown={shown} listing={listing} />
      {readmeNode?.kind === 'regular' && !isGrowing ? (
        <section aria-label="README" className={styles.section}>
          <Preview key={readmeNode.row} archive={archive} node={readmeNode} isEmbedded />
        </section>
      ) : (
        <Largest listing={listing} />
      )}
      <References origin={head?.origin} own={identity.storePath} />
      <section aria-label="The whole path" className={styles.section}>
        <div className={styles.top}>
          <h2>The whole path</h2>
          <div className={styles.actions}>
            <CopyLink origin={head?.origin} />
          </div>
        </div>
        <dl className={styles.facts}>
          <FactRow label="Checked">
            <Checks shown={shown} />
          </FactRow>
        </dl>
        <NarHashes shown={shown} />
        <Commands head={head} identity={identity} listing={listing} row={0} />
      </section>
      {head?.origin.kind === 'cache' && (
        <NarInfoPanel narInfo={head.origin.narInfo} text={head.origin.narInfoText} kept={head.origin.kept} />
      )}
    </div>
  );
}

function Largest({ listing }: { readonly listing: NarListing }) {
  const rows = useMemo(() => largestFiles(listing, LARGEST), [listing]);
  if (rows.length === 0) return null;
  return (
    <section aria-label="Largest files" className={styles.section}>
      <h2>Largest files</h2>
      <EntryList listing={listing} rows={rows} nameOfRow={(row) => narPathOf(listing, row)} />
    </section>
  );
}

interface ReferencesProps {
  readonly origin: ArchiveOrigin | undefined;
  readonly own: StorePath | undefined;
}

function References({ origin, own }: ReferencesProps) {
  const references = origin ? referencesOf(origin) : [];
  if (references.length === 0) return null;
  return (
    <section aria-label="References" className={styles.section}>
      <h2>References</h2>
      <ul className={styles.list}>
        {references.map((reference) => (
          <li key={formatBaseName(reference)}>
            <StorePathLink storePath={reference} />
            {reference.hashPart === own?.hashPart && <span className={styles.mark}>itself</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

function referencesOf(origin: ArchiveOrigin): readonly StorePath[] {
  if (origin.kind === 'cache') return origin.narInfo.references;
  return origin.kind === 'exported' ? origin.references : [];
}

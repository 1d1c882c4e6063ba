import { useMemo, useState } from 'react';
import { formatIec, groupDigits } from '../../../nix/format';
import { type NarListing, nameOf, nodeAt, targetOf } from '../../../nix/nar/listing';
import { displayBytes } from '../../../nix/text';
import { isRunning } from '../../../store/download-store';
import { useAddress, useDownload, useStores } from '../../../store/hooks';
import { AddressLink } from '../../shared/AddressLink';
import buttons from '../../shared/buttons.module.css';
import { addressOfRow } from '../entry-address';
import type { Shown } from '../use-shown';
import styles from './Entry.module.css';
import { type Program, programsOf } from './programs';
import { wantedOf } from './wanted';

/** Programs that stand there without asking. */
const SHOWN = 12;

/** What can be run, each to be taken with one click. */
export function Programs({ shown, listing }: { readonly shown: Shown; readonly listing: NarListing }) {
  const { storePath } = shown.identity;
  const programs = useMemo(() => programsOf(listing, storePath), [listing, storePath]);
  const [isAll, setAll] = useState(false);
  if (programs.length === 0) return null;
  return (
    <section aria-label="Programs" className={styles.section}>
      <h2>Programs</h2>
      <ul className={styles.list}>
        {(isAll ? programs : programs.slice(0, SHOWN)).map((program) => (
          <ProgramRow key={program.row} program={program} shown={shown} listing={listing} />
        ))}
      </ul>
      {!isAll && programs.length > SHOWN && (
        <div>
          <button type="button" className={buttons.quiet} onClick={() => setAll(true)}>
            Show all {groupDigits(programs.length)}
          </button>
        </div>
      )}
    </section>
  );
}

interface RowProps {
  readonly program: Program;
  readonly shown: Shown;
  readonly listing: NarListing;
}

function ProgramRow({ program: { row, fileRow }, shown: { archive, identity }, listing }: RowProps) {
  const { downloadStore } = useStores();
  const address = useAddress((state) => state.address);
  const isSaving = useDownload(({ state }) => isRunning(state));
  const name = displayBytes(nameOf(listing, row));
  const file = fileRow === undefined ? undefined : nodeAt(listing, fileRow);
  const target = targetOf(listing, row);
  const save = () => {
    // Under the name of the link: that is the program somebody asked for.
    if (!archive || file?.kind !== 'regular') return;
    const wanted = wantedOf(archive, { ...file, name: nameOf(listing, row) }, identity);
    void downloadStore.getState().save(wanted);
  };
  return (
    <li>
      <AddressLink to={addressOfRow(address, listing, row)} className={styles.entryName}>
        <bdi>{name}</bdi>
      </AddressLink>
      {target.length > 0 && (
        <span className={styles.mark}>
          → <bdi>{displayBytes(target)}</bdi>
        </span>
      )}
      {file?.kind === 'regular' && (
        <>
          <span className={styles.iec}>{file.size < 1024 ? '' : formatIec(file.size)}</span>
          <span className={styles.bytes}>{groupDigits(file.size)}</span>
          <button
            type="button"
            className={buttons.quiet}
            aria-label={`Download ${name}`}
            disabled={!archive || isSaving}
            onClick={save}
          >
            Download
          </button>
        </>
      )}
    </li>
  );
}

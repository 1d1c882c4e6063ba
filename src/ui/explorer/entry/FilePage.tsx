import { useEffect } from 'react';
import { formatIec, groupDigits } from '../../../nix/format';
import type { NarListing, NarNode } from '../../../nix/nar/listing';
import { isRunning } from '../../../store/download-store';
import { fileCheckOf, mayStartByItself } from '../../../store/file-check';
import { useAddress, useDownload, useStores } from '../../../store/hooks';
import buttons from '../../shared/buttons.module.css';
import { CopyButton } from '../../shared/CopyButton';
import { Preview } from '../../viewers/Preview';
import type { Shown } from '../use-shown';
import { Checks } from './Checks';
import { Commands } from './Commands';
import { CopyLink } from './CopyLink';
import { Crumbs } from './Crumbs';
import { chmodLine } from './command-lines';
import styles from './Entry.module.css';
import { FactRow } from './FactRow';
import { FileState } from './FileState';
import { RunsOn } from './RunsOn';
import { fileNameOf, wantedOf } from './wanted';

interface Props {
  readonly shown: Shown;
  readonly listing: NarListing;
  readonly node: NarNode & { readonly kind: 'regular' };
}

/** A regular file: where it is, what it is, how to take it, and what is in it. */
export function FilePage({ shown, listing, node }: Props) {
  const { identity, head, archive } = shown;
  const { name, changed } = fileNameOf(node, identity);
  useDownloadDialog(shown, node);
  return (
    <section aria-label="File" className={styles.page}>
      <div className={styles.top}>
        <Crumbs listing={listing} row={node.row} rootName={identity.name} />
        <div className={styles.actions}>
          <CopyLink origin={head?.origin} />
          <DownloadButton shown={shown} node={node} />
        </div>
        <div className={styles.about}>
          <p className={styles.size}>
            <strong>{groupDigits(node.size)}</strong> bytes
            {node.size >= 1024 && ` · ${formatIec(node.size)}`}
            {node.executable ? (
              ' · executable'
            ) : (
              <span data-portability="not-a-program"> · not executable</span>
            )}
          </p>
          <FileState shown={shown} fileEnd={node.narOffset + node.size} />
        </div>
      </div>
      <dl className={styles.facts}>
        {(changed || name.startsWith('.')) && (
          <FactRow label="Saved as">
            <code>{name}</code>{' '}
            <span className={styles.dim}>
              {changed
                ? 'because its own name is not allowed everywhere'
                : 'but some browsers leave out the dot'}
            </span>
          </FactRow>
        )}
        {node.executable && (
          <FactRow label="Runs on">
            <RunsOn row={node.row} size={node.size} />
          </FactRow>
        )}
        {node.executable && (
          <FactRow label="To run it">
            <code>{chmodLine(name)}</code> <CopyButton text={chmodLine(name)} what={chmodLine(name)} />{' '}
            <span className={styles.dim}>because a browser saves no file as executable</span>
          </FactRow>
        )}
        <FactRow label="Checked">
          <Checks shown={shown} />
        </FactRow>
      </dl>
      <Commands head={head} identity={identity} listing={listing} row={node.row} />
      <Preview key={node.row} archive={archive} node={node} />
    </section>
  );
}

function DownloadButton({ shown: { archive, identity, isGrowing }, node }: Omit<Props, 'listing'>) {
  const { downloadStore } = useStores();
  const isSaving = useDownload(({ state }) => isRunning(state));
  const isWrong = archive !== undefined && fileCheckOf(archive.verdicts) === 'mismatch';
  const { name } = fileNameOf(node, identity);
  const why = isGrowing ? 'As soon as the archive is open' : 'Only the tree is there, not the bytes';
  return (
    <button
      type="button"
      className={isWrong ? buttons.warning : buttons.primary}
      disabled={!archive || isSaving}
      title={archive ? undefined : why}
      onClick={() => archive && void downloadStore.getState().save(wantedOf(archive, node, identity))}
    >
      Download{isWrong && ' anyway'}
      {/* The button is called "Download" wherever it is; the name is for the eye. */}
      <span aria-hidden="true" className={styles.fileName}>
        {name}
      </span>
    </button>
  );
}

/** An address with `?dl`, once the bytes can be had: asks, or starts by itself where there is nobody to ask about. */
function useDownloadDialog({ archive, identity }: Shown, node: NarNode & { readonly kind: 'regular' }) {
  const { downloadStore, addressStore } = useStores();
  const isWanted = useAddress(({ address }) => address.download);
  const archiveId = archive?.id;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each archive and entry
  useEffect(() => {
    if (!isWanted || !archive) return;
    const { ask, startByAddress } = downloadStore.getState();
    if (mayStartByItself(archive.verdicts)) {
      void startByAddress(wantedOf(archive, node, identity));
      const { address, rewrite } = addressStore.getState();
      rewrite({ ...address, download: false });
      return;
    }
    ask(wantedOf(archive, node, identity));
    return () => {
      const { state, dismiss } = downloadStore.getState();
      if (state.status === 'asking') dismiss();
    };
  }, [isWanted, archiveId, node.row, downloadStore, addressStore]);
}

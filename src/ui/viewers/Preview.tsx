import { useEffect, useState } from 'react';
import type { OpenedArchive } from '../../archive/service';
import { formatIec } from '../../nix/format';
import type { NarNode } from '../../nix/nar/listing';
import { displayBytes } from '../../nix/text';
import { useAddress, useArchive, usePreview, useStores } from '../../store/hooks';
import { progressText } from '../explorer/progress-text';
import { FailureView } from '../failure/FailureView';
import { useReadRemedies } from '../failure/use-remedies';
import buttons from '../shared/buttons.module.css';
import { FileViews } from './FileViews';
import styles from './Preview.module.css';
import { ASK_ABOVE, decodeCost, partAt } from './preview-plan';

interface Props {
  readonly archive: OpenedArchive | undefined;
  readonly node: NarNode & { readonly kind: 'regular' };
  /** Part of another page, under its name. */
  readonly isEmbedded?: boolean;
}

/** What is in a file. It is read unasked as long as that is cheap. To be keyed by the row. */
export function Preview({ archive, node, isEmbedded = false }: Props) {
  return (
    <div className={styles.preview}>
      {isEmbedded && <h2 className={styles.title}>{displayBytes(node.name)}</h2>}
      {archive ? (
        <Reader archive={archive} node={node} />
      ) : (
        <p className={styles.note}>The contents can be shown as soon as the archive is open.</p>
      )}
    </div>
  );
}

function Reader({ archive, node }: { readonly archive: OpenedArchive; readonly node: Props['node'] }) {
  const { previewStore } = useStores();
  const position = useAddress(({ address }) => address.position);
  const reached = useArchive(({ state }) => (state.status === 'open' ? state.reached : 0));
  const state = usePreview((preview) => preview.state);
  const [isAgreed, setAgreed] = useState(false);
  const { fileOffset, length } = partAt(position, node.size);
  const cost = decodeCost(archive, reached, { narOffset: node.narOffset, part: { fileOffset, length } });
  const mayRead = isAgreed || cost <= ASK_ABOVE;
  const remedies = useReadRemedies(
    () => {
      if (state.status === 'failed') void previewStore.getState().show(state.range);
    },
    state.status === 'failed' ? state.failure : undefined,
  );
  const { id } = archive;
  const { row, size } = node;

  useEffect(() => {
    if (mayRead && size > 0) void previewStore.getState().show({ archiveId: id, row, fileOffset, length });
  }, [mayRead, id, row, size, fileOffset, length, previewStore]);
  // Nobody looks at it any more: what is being read for it stops.
  useEffect(() => () => previewStore.getState().clear(), [previewStore]);

  if (size === 0) return <p className={styles.note}>An empty file.</p>;
  if (!mayRead) return <Ask cost={cost} onAgree={() => setAgreed(true)} />;
  if (state.status === 'none' || state.range.row !== row || state.range.fileOffset !== fileOffset) {
    return <p className={styles.reading}>Reading …</p>;
  }
  switch (state.status) {
    case 'ready':
      return <FileViews bytes={state.bytes} fileOffset={fileOffset} fileSize={size} />;
    case 'reading':
      return (
        <p className={styles.reading} aria-busy="true">
          Reading … {state.progress && progressText(state.progress)}{' '}
          <button type="button" className={buttons.quiet} onClick={previewStore.getState().cancel}>
            Stop
          </button>
        </p>
      );
    case 'failed':
      return (
        <div className={styles.failure}>
          <FailureView failure={state.failure} remedies={remedies} />
        </div>
      );
  }
}

function Ask({ cost, onAgree }: { readonly cost: number; readonly onAgree: () => void }) {
  return (
    <div className={styles.ask}>
      <button type="button" className={buttons.button} onClick={onAgree}>
        Show preview (reads about {formatIec(cost)})
      </button>
      <p className={styles.note}>
        A compressed NAR is read from its first byte: so much has to be decoded to get to this file.
      </p>
    </div>
  );
}

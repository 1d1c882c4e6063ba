import type { ReactNode } from 'react';
import { shortCacheUrl } from '../../archive/input';
import type { ArchiveHead, ArchiveOrigin } from '../../archive/service';
import { formatIec, groupDigits } from '../../nix/format';
import { displayText } from '../../nix/text';
import { useAddress, useInput, useStores } from '../../store/hooks';
import { AddressLink } from '../shared/AddressLink';
import buttons from '../shared/buttons.module.css';
import styles from './PathHeader.module.css';
import type { Shown } from './use-shown';

/** The facts of a path, in one line that keeps its place until they are there. */
export function Facts({ shown: { head, archive } }: { readonly shown: Shown }) {
  const narSize =
    archive?.narSize ?? (head?.origin.kind === 'cache' ? head.origin.narInfo.narSize : undefined);
  return (
    <ul className={styles.facts} aria-label="Facts">
      {narSize !== undefined && (
        <Fact value={formatIec(narSize)} unit="NAR" title={`${groupDigits(narSize)} bytes`} />
      )}
      {head && <Download head={head} />}
      {head && <Origin origin={head.origin} />}
      {head?.origin.kind === 'cache' && (
        <>
          <li className={styles.unchecked}>○ signature not checked</li>
          <li className={styles.unchecked}>○ NAR hash not checked</li>
          <li>
            <InfoLink />
          </li>
        </>
      )}
    </ul>
  );
}

function Fact({
  value,
  unit,
  title,
}: {
  readonly value: ReactNode;
  readonly unit: string;
  readonly title?: string;
}) {
  return (
    <li title={title}>
      {value} <span className={styles.unit}>{unit}</span>
    </li>
  );
}

function Download({ head: { origin, compression } }: { readonly head: ArchiveHead }) {
  const method = compression === 'none' ? 'uncompressed' : displayText(compression);
  const fileSize =
    origin.kind === 'cache' ? origin.narInfo.fileSize : origin.kind === 'file' ? origin.fileSize : undefined;
  if (fileSize === undefined) return <li className={styles.unit}>{method}</li>;
  return (
    <Fact value={formatIec(fileSize)} unit={method} title={`${groupDigits(fileSize)} bytes to download`} />
  );
}

function Origin({ origin }: { readonly origin: ArchiveOrigin }) {
  switch (origin.kind) {
    case 'cache': {
      const { length } = origin.narInfo.references;
      return (
        <>
          <Fact value={length} unit={length === 1 ? 'reference' : 'references'} />
          <From>{shortCacheUrl(origin.cacheUrl)}</From>
        </>
      );
    }
    case 'nar-url':
      return <From>{URL.canParse(origin.narUrl) ? new URL(origin.narUrl).host : origin.narUrl}</From>;
    case 'file':
      return <From>{displayText(origin.fileName)}, a local file</From>;
    case 'exported':
      return (
        <>
          <From>{displayText(origin.fileName)}, a local file</From>
          <li>
            <OtherPaths />
          </li>
        </>
      );
  }
}

function From({ children }: { readonly children: ReactNode }) {
  return (
    <li>
      <span className={styles.unit}>from</span> {children}
    </li>
  );
}

/** Back to the choice among the store paths of an export stream. */
function OtherPaths() {
  const { archiveStore } = useStores();
  const file = useInput((input) => input.file);
  if (!file) return null;
  return (
    <button
      type="button"
      className={buttons.quiet}
      onClick={() => void archiveStore.getState().open({ kind: 'file', file })}
    >
      Other store paths in it
    </button>
  );
}

function InfoLink() {
  const address = useAddress((state) => state.address);
  const isShown = address.view === 'info';
  return <AddressLink to={{ ...address, view: isShown ? undefined : 'info' }}>narinfo</AddressLink>;
}

import type { ReactNode } from 'react';
import type { ArchiveHead, ArchiveOrigin } from '../../archive/service';
import type { CheckState, Verdict } from '../../archive/verdict';
import { formatIec, groupDigits } from '../../nix/format';
import type { NarInfo } from '../../nix/narinfo';
import { displayText } from '../../nix/text';
import { shortCacheUrl } from '../../store/cache-url';
import { useAddress } from '../../store/hooks';
import { AddressLink } from '../shared/AddressLink';
import { CHECK_STATES } from './entry/checks';
import { addressOfExported } from './entry-address';
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
          <Claim
            verdict={head.verdicts.signature}
            words={signatureWords(head.verdicts.signature, head.origin.narInfo)}
          />
          <Claim verdict={head.verdicts['nar-hash']} words={NAR_HASH[head.verdicts['nar-hash'].state]} />
          <li>
            <InfoLink />
          </li>
        </>
      )}
    </ul>
  );
}

const NAR_HASH: Readonly<Record<CheckState, string>> = {
  unchecked: 'NAR hash not checked yet',
  checking: 'checking the NAR hash',
  verified: 'NAR hash verified',
  mismatch: 'the NAR hash is wrong',
  impossible: 'NAR hash cannot be checked',
};

/** By whom the narinfo is signed, if by anybody who counts. */
function signatureWords({ state, by }: Verdict, { signatures }: NarInfo): string {
  switch (state) {
    case 'verified':
      return `verified by ${displayText(by ?? '')}`;
    case 'mismatch':
      return 'the signature is wrong';
    case 'impossible':
      return signatures.length === 0 ? 'not signed' : 'signed by a key you do not trust';
    default:
      return 'signature not checked';
  }
}

function Claim({ verdict: { state }, words }: { readonly verdict: Verdict; readonly words: string }) {
  return (
    <li className={styles[state]}>
      {CHECK_STATES[state].mark} {words}
    </li>
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
          {origin.kept && <li data-kept>kept on this computer</li>}
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
  const address = useAddress((state) => state.address);
  return <AddressLink to={addressOfExported(address, undefined)}>Other store paths in it</AddressLink>;
}

function InfoLink() {
  const address = useAddress((state) => state.address);
  const isShown = address.view === 'info';
  return <AddressLink to={{ ...address, view: isShown ? undefined : 'info' }}>narinfo</AddressLink>;
}

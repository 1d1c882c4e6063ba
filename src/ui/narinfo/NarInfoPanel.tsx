import type { ReactNode } from 'react';
import type { KeptSince } from '../../archive/service';
import { formatIec, groupDigits } from '../../nix/format';
import { formatHash } from '../../nix/hash';
import type { NarInfo } from '../../nix/narinfo';
import { formatStorePath } from '../../nix/store-path';
import { displayText } from '../../nix/text';
import { CopyButton } from '../shared/CopyButton';
import styles from './NarInfoPanel.module.css';
import { StorePathLink } from './StorePathLink';

interface Props {
  readonly narInfo: NarInfo;
  /** As the cache wrote it. */
  readonly text: string;
  /** Its NAR is read from this computer. */
  readonly kept?: KeptSince | undefined;
}

/** A narinfo, grouped by who vouches for what. */
export function NarInfoPanel({ narInfo, text, kept }: Props) {
  const storePath = formatStorePath(narInfo.storePath);
  return (
    <section aria-label="narinfo" className={styles.panel}>
      <h2>narinfo</h2>
      {kept && <p>{keptWords(kept)}</p>}
      <Group title="What the signature covers">
        <Field name="StorePath">
          {storePath} <CopyButton text={storePath} what="the store path" />
        </Field>
        <Field name="NarHash">{formatHash(narInfo.narHash, 'nix32')}</Field>
        <Field name="NarSize">{bytesText(narInfo.narSize)}</Field>
        <Field name="References">
          {narInfo.references.length === 0
            ? 'none'
            : narInfo.references.map((reference) => (
                <div key={reference.hashPart}>
                  <StorePathLink storePath={reference} />
                </div>
              ))}
        </Field>
      </Group>
      <Group title="Signatures">
        {narInfo.signatures.length === 0 ? (
          <Field name="Sig">none: nobody vouches for it</Field>
        ) : (
          narInfo.signatures.map((signature) => <Signature key={signature} signature={signature} />)
        )}
      </Group>
      <Group title="How it was built">
        <Field name="Deriver">
          {narInfo.deriver ? <StorePathLink storePath={narInfo.deriver} /> : 'not stated'}
        </Field>
        <Field name="System">{displayText(narInfo.system ?? 'not stated')}</Field>
        <Field name="CA">{displayText(narInfo.contentAddress ?? 'not content-addressed')}</Field>
      </Group>
      <Group title="What the cache merely claims">
        <Field name="URL">{displayText(narInfo.url)}</Field>
        <Field name="Compression">{displayText(narInfo.compression)}</Field>
        <Field name="FileHash">
          {narInfo.fileHash ? formatHash(narInfo.fileHash, 'nix32') : 'not stated'}
        </Field>
        <Field name="FileSize">
          {narInfo.fileSize === undefined ? 'not stated' : bytesText(narInfo.fileSize)}
        </Field>
        {narInfo.unknownFields.map(({ name, value }) => (
          <Field key={name + value} name={displayText(name)}>
            {displayText(value)}
          </Field>
        ))}
      </Group>
      <details className={styles.raw}>
        <summary>Raw text</summary>
        <pre>{text.split('\n').map(displayText).join('\n')}</pre>
      </details>
    </section>
  );
}

function keptWords({ fetchedAt, isUnasked }: KeptSince): string {
  const day = new Date(fetchedAt).toISOString().slice(0, 10);
  return isUnasked
    ? `No cache answered: this is the narinfo of ${day}, and the NAR that was kept on this computer.`
    : 'The NAR is read from this computer, where it was kept. It was not fetched.';
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <div className={styles.group}>
      <h3 className={styles.title}>{title}</h3>
      <dl>{children}</dl>
    </div>
  );
}

function Field({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles.field}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Signature({ signature }: { readonly signature: string }) {
  const [keyName = '', ...value] = signature.split(':');
  return <Field name={displayText(keyName)}>{displayText(value.join(':'))}</Field>;
}

function bytesText(bytes: number): string {
  return `${groupDigits(bytes)} bytes${bytes < 1024 ? '' : ` · ${formatIec(bytes)}`}`;
}

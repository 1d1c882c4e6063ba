import { useEffect, useId, useRef, useState } from 'react';
import { contentAddressedPath } from '../../../nix/content-address';
import { formatHash, type NixHash } from '../../../nix/hash';
import { formatStorePath } from '../../../nix/store-path';
import { CopyButton } from '../../shared/CopyButton';
import { useInputEvent } from '../../shared/use-input-event';
import type { Shown } from '../use-shown';
import styles from './NarHashes.module.css';
import { isStoreName, storeNameFrom } from './store-name';

/** The hash that was found, in the forms that Nix writes it in; and where nobody states one, the path it would make. */
export function NarHashes({ shown: { archive, identity } }: { readonly shown: Shown }) {
  const hash = archive?.narHash;
  if (!archive || !hash) return null;
  const suggested = identity.storePath?.name ?? storeNameFrom(identity.name);
  return (
    <dl aria-label="NAR hash as found" className={styles.hashes}>
      <HashRow label="NAR hash" text={formatHash(hash, 'nix32')} what="the NAR hash" />
      <HashRow label="SRI" text={formatHash(hash, 'sri')} what="the NAR hash as SRI" />
      <HashRow
        label="hex"
        text={formatHash(hash, 'base16').replace(/^.*:/, '')}
        what="the NAR hash in hexadecimal"
      />
      {archive.origin.kind !== 'cache' && <AddressedPath hash={hash} suggested={suggested} />}
    </dl>
  );
}

interface RowProps {
  readonly label: string;
  readonly text: string;
  readonly what: string;
}

function HashRow({ label, text, what }: RowProps) {
  return (
    <div className={styles.row}>
      <dt>{label}</dt>
      <dd>
        <code>{text}</code>
      </dd>
      <dd>
        <CopyButton text={text} what={what} />
      </dd>
    </div>
  );
}

/** What `nix-store --add-fixed --recursive sha256` and `nix store add-path` make of the same files under a name. */
function AddressedPath({ hash, suggested }: { readonly hash: NixHash; readonly suggested: string }) {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const [name, setName] = useState(suggested);
  const storePath = useAddressedPath(hash, name);
  useInputEvent(field, setName);
  return (
    <>
      <div className={styles.row}>
        <dt>
          <label htmlFor={id}>Added as</label>
        </dt>
        <dd>
          <input
            id={id}
            ref={field}
            className={styles.name}
            defaultValue={suggested}
            spellCheck={false}
            autoCapitalize="none"
            aria-invalid={!isStoreName(name)}
          />{' '}
          <span className={styles.dim}>by its contents, as nix store add-path does</span>
        </dd>
      </div>
      <div className={styles.row}>
        <dt>Store path</dt>
        <dd>
          {isStoreName(name) ? (
            <code data-addressed-path>{storePath}</code>
          ) : (
            <span className={styles.dim}>
              A store path’s name has letters, digits and +-._?= only, and no dot in front.
            </span>
          )}
        </dd>
        <dd>
          {storePath !== undefined && <CopyButton text={storePath} what="the content-addressed path" />}
        </dd>
      </div>
    </>
  );
}

/** Undefined while it is computed, and for what is no name. */
function useAddressedPath(hash: NixHash, name: string): string | undefined {
  const [found, setFound] = useState<{ readonly name: string; readonly storePath: string }>();
  useEffect(() => {
    let isLate = false;
    if (!isStoreName(name)) return;
    void contentAddressedPath(name, { method: 'nar', hash }, { others: [], self: false }).then(
      (storePath) => {
        if (storePath && !isLate) setFound({ name, storePath: formatStorePath(storePath) });
      },
    );
    return () => {
      isLate = true;
    };
  }, [hash, name]);
  return found?.name === name ? found.storePath : undefined;
}

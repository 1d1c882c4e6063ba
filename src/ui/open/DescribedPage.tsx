import type { Opened } from '../../archive/service';
import { displayText } from '../../nix/text';
import { LANDING } from '../../store/address';
import { NarInfoPanel } from '../narinfo/NarInfoPanel';
import { AddressLink } from '../shared/AddressLink';
import styles from './ExportPage.module.css';

type Described = Opened & { readonly kind: 'narinfo' | 'derivation' };

/** A local file that tells of an archive without holding it. */
export function DescribedPage({ opened }: { readonly opened: Described }) {
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>{displayText(opened.fileName)}</h1>
      {opened.kind === 'narinfo' ? <LocalNarInfo opened={opened} /> : <Derivation text={opened.text} />}
    </main>
  );
}

function LocalNarInfo({
  opened: { narInfo, narInfoText },
}: {
  readonly opened: Described & { kind: 'narinfo' };
}) {
  const place = { kind: 'store-path', ...narInfo.storePath, narPath: new Uint8Array(0) } as const;
  return (
    <>
      <p className={styles.lead}>
        A narinfo: it tells of an archive, whose bytes are at a cache.{' '}
        <AddressLink to={{ ...LANDING, place }}>Ask the caches for this store path</AddressLink>
      </p>
      <NarInfoPanel narInfo={narInfo} text={narInfoText} />
    </>
  );
}

function Derivation({ text }: { readonly text: string }) {
  return (
    <>
      <p className={styles.lead}>A derivation: how a store path is built. This is its text.</p>
      <pre className={styles.text}>{text.split('\n').map(displayText).join('\n')}</pre>
    </>
  );
}

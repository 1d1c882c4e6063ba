import type { Opened } from '../../archive/service';
import { formatBaseName, formatStorePath } from '../../nix/store-path';
import { displayText } from '../../nix/text';
import { useStores } from '../../store/hooks';
import { addressOfExported } from '../explorer/entry-address';
import styles from './ExportPage.module.css';

type Export = Opened & { readonly kind: 'export' };

/** A `nix-store --export` stream holds several store paths: one is to be chosen. */
export function ExportPage({ opened: { fileName, storePaths } }: { readonly opened: Export }) {
  const { addressStore } = useStores();
  const choose = (hashPart: string) => {
    const { address, open } = addressStore.getState();
    open(addressOfExported(address, hashPart));
  };
  return (
    <main className={styles.page}>
      <h1 className={styles.title}>{displayText(fileName)}</h1>
      <p className={styles.lead}>
        An export stream of {storePaths.length} store {storePaths.length === 1 ? 'path' : 'paths'}. Which one?
      </p>
      <ul>
        {storePaths.map((storePath) => (
          <li key={formatBaseName(storePath)}>
            <button type="button" className={styles.option} onClick={() => choose(storePath.hashPart)}>
              {formatStorePath(storePath)}
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}

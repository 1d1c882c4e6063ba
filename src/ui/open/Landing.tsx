import { useEffect, useState } from 'react';
import { AddressLink } from '../shared/AddressLink';
import { type Example, PUBLIC_EXAMPLES, sampleExamples } from './examples';
import styles from './Landing.module.css';
import { SAMPLE_CACHE_URL } from './sample-cache';

/** What the page is, and something to try. Nothing is decoded, and no thread is started, before a choice is made. */
export function Landing() {
  const samples = useSamples();
  return (
    <main className={styles.landing}>
      <h1 className={styles.title}>Look inside a Nix binary cache, and take one file</h1>
      <p className={styles.lead}>
        Nix keeps every package below a store path, and a binary cache has it ready as one archive, a NAR.
        Paste a store path above, or drop a NAR: you see its files, and save the one you need. It all happens
        in this browser: nothing is installed, nothing is uploaded, and nobody but the cache is asked.
      </p>
      <Examples title="From cache.nixos.org" examples={PUBLIC_EXAMPLES} />
      {samples.length > 0 && (
        <Examples title="From the small cache that comes with this page" examples={samples} />
      )}
    </main>
  );
}

function Examples({ title, examples }: { readonly title: string; readonly examples: readonly Example[] }) {
  return (
    <section className={styles.section}>
      <h2 className={styles.heading}>{title}</h2>
      <ul className={styles.examples}>
        {examples.map(({ address, storePath, description }) => (
          <li key={storePath}>
            <AddressLink to={address} className={styles.path}>
              <StorePathText storePath={storePath} />
            </AddressLink>
            <span className={styles.description}>{description}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The part that repeats is set back. */
function StorePathText({ storePath }: { readonly storePath: string }) {
  const nameStart = '/nix/store/'.length + 33;
  return (
    <>
      <span className={styles.faint}>{storePath.slice(0, nameStart)}</span>
      {storePath.slice(nameStart)}
    </>
  );
}

/** The sample cache says itself what is in it; hosted without it, there is nothing to offer. */
function useSamples(): readonly Example[] {
  const [samples, setSamples] = useState<readonly Example[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    void fetchJson(`${SAMPLE_CACHE_URL}/sample.json`, abort.signal).then((json) => {
      if (!abort.signal.aborted) setSamples(sampleExamples(json, SAMPLE_CACHE_URL));
    });
    return () => abort.abort();
  }, []);
  return samples;
}

async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  try {
    const response = await fetch(url, { signal });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { type PageServer, startPageServer } from '../support/page-server';
import { BENCH_CACHE } from './inputs/inputs';

export interface Sites {
  readonly page: PageServer;
  readonly site: PageServer;
  /** Where the built page lies. */
  readonly pageFolder: string;
}

const ENTRY = 'e2e/bench/site/bench.ts';

/** Builds the page, and the bench's own page with the same settings; apart from `dist`, which others may be testing. */
export async function startSites(): Promise<Sites> {
  const pageFolder = join(BENCH_CACHE, 'page');
  const siteFolder = join(BENCH_CACHE, 'site');
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    build: { outDir: pageFolder, emptyOutDir: true },
  });
  await build({
    configFile: 'vite.config.ts',
    logLevel: 'error',
    publicDir: false,
    build: {
      outDir: siteFolder,
      emptyOutDir: true,
      rolldownOptions: { input: { bench: ENTRY }, output: { entryFileNames: 'bench.js' } },
    },
  });
  mkdirSync(siteFolder, { recursive: true });
  writeFileSync(join(siteFolder, 'index.html'), INDEX);
  sameWorkers(pageFolder, siteFolder);
  return {
    page: await startPageServer({ folder: pageFolder }),
    site: await startPageServer({ folder: siteFolder }),
    pageFolder,
  };
}

const INDEX =
  '<!doctype html><title>-</title><link rel="icon" href="data:,"><script type="module" src="/bench.js"></script>';

/** Names hold a hash of what is in the file: what is measured is what the page runs. */
function sameWorkers(pageFolder: string, siteFolder: string): void {
  const workers = (folder: string) =>
    readdirSync(join(folder, 'assets')).filter((name) => /^\w+\.worker/.test(name));
  const missing = workers(pageFolder).filter((name) => !workers(siteFolder).includes(name));
  if (workers(pageFolder).length === 0 || missing.length > 0)
    throw new Error(`the bench would measure other workers than the page's: ${missing.join(', ')}`);
}

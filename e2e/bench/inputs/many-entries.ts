import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatListing, parseListing } from '../../../src/nix/nar/listing-json';
import { type NixStore, nix } from '../../fixtures/nix';
import { runTool } from '../../fixtures/run-tool';
import type { EntriesPath } from './inputs';

/** Of trees that Nix makes: files in folders of a hundred. */
const NUMBERS = [1_000, 10_000, 100_000] as const;
export const MILLION = 1_000_000;
const MILLION_HASH = '1m1ll10n1m1ll10n1m1ll10n1m1ll10n';

interface Place {
  readonly trees: string;
  readonly store: NixStore;
  /** Folder of the binary cache. */
  readonly cache: string;
  /** Of Nix, for the cache. */
  readonly options: string;
}

/** Writes the trees to disk and has Nix make store paths, NARs and listings of them. */
export async function writeManyEntries({ trees, store, cache, options }: Place): Promise<EntriesPath[]> {
  const paths: EntriesPath[] = [];
  for (const entries of NUMBERS) {
    const tree = join(trees, `entries-${entries}`);
    await writeFolders(tree, entries);
    const storePath = await store.add(`entries-${entries}`, tree);
    paths.push({ entries, storePath, hashPart: storePath.slice(11, 43) });
  }
  const to = `file://${cache}?compression=zstd&${options}`;
  await nix('copy', '--quiet', '--store', store.folder, '--to', to, ...paths.map((one) => one.storePath));
  return paths;
}

async function writeFolders(tree: string, entries: number): Promise<void> {
  for (let made = 0; made < entries; ) {
    const folder = join(tree, `folder-${String(made).padStart(6, '0')}`);
    await mkdir(folder, { recursive: true });
    made++;
    const names = Array.from({ length: Math.min(99, entries - made) }, (_, index) => `file-${index}.txt`);
    await Promise.all(names.map((name, index) => writeFile(join(folder, name), 'x'.repeat(index))));
    made += names.length;
  }
}

/**
 * A listing of one folder with a million files, and a narinfo that fits. Making such a tree on disk takes Nix longer than
 * measuring all the rest; and here every row is in the tree at once. There is no NAR. The listing is compressed, for as it is it
 * would be larger than what is read.
 */
export async function writeMillionEntries(cache: string): Promise<EntriesPath> {
  const names = Array.from({ length: MILLION }, (_, index) => `file-${String(index).padStart(6, '0')}`);
  const entries = names.map((name, index) => `"${name}":{"type":"regular","size":${index % 1000}}`);
  const json = `{"version":1,"root":{"type":"directory","entries":{${entries.join(',')}}}}`;
  const { listing, narSize } = parseListing(json);
  const compressed = await runTool('zstd', ['-c', '-3'], { input: Buffer.from(formatListing(listing)) });
  const storePath = `/nix/store/${MILLION_HASH}-entries-${MILLION}`;
  await writeFile(join(cache, `${MILLION_HASH}.ls`), compressed);
  await writeFile(
    join(cache, `${MILLION_HASH}.narinfo`),
    [
      `StorePath: ${storePath}`,
      'URL: nar/million.nar',
      'Compression: none',
      `NarHash: sha256:${'0'.repeat(52)}`,
      `NarSize: ${narSize}`,
      'References: ',
      '',
    ].join('\n'),
  );
  return { entries: MILLION, storePath, hashPart: MILLION_HASH };
}

import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NixStore, nix } from '../fixtures/nix';
import { fieldOf } from '../fixtures/recompress';
import { runTool } from '../fixtures/run-tool';
import { BENCH_CACHE } from './inputs/inputs';

/** Of the one large file. */
const SIZE = 3_000_000_000;
const MIB = 1024 * 1024;
/** Nothing in it outlives a run. */
export const HUGE_FOLDER = join(BENCH_CACHE, 'huge');

/** The same tree, compressed in one way. */
export interface HugePath {
  readonly compression: 'none' | 'zstd' | 'xz';
  readonly storePath: string;
  readonly narSize: number;
}

export interface Huge {
  /** Of the binary caches, each named as its compression. */
  readonly folder: string;
  readonly paths: readonly HugePath[];
  /** In all of them, at the very end. */
  readonly lastFile: string;
  remove(): Promise<void>;
}

/** Bytes that making them takes on disk: the tree, its copy in a store, and a NAR of it. */
const NEEDED = 4 * SIZE;

/**
 * Store paths of 3 GB, made by Nix, with a small file behind one that is huge. Answers why not, where the disk has no room. Their
 * contents are cheap to make: one part in 32 is random, the rest is lines that say where they stand.
 */
export async function makeHuge(say: (line: string) => void): Promise<Huge | string> {
  const folder = join(process.cwd(), HUGE_FOLDER);
  await rm(folder, { recursive: true, force: true });
  const { bavail, bsize } = await statfs(BENCH_CACHE);
  if (bavail * bsize < NEEDED + 5_000_000_000)
    return `there are only ${Math.floor((bavail * bsize) / 1e9)} GB of disk left`;
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'share'), { recursive: true });
  say('  3 GB of files');
  await writeLarge(join(tree, 'share', 'large.bin'));
  await writeFile(join(tree, 'share', 'last.txt'), 'the last of all\n'.repeat(1000));
  const store = new NixStore(join(folder, 'store'));
  const storePath = await store.add('huge', tree);
  const paths: HugePath[] = [];
  for (const compression of ['none', 'zstd', 'xz'] as const) {
    say(`  ${compression}, by Nix`);
    const cache = join(folder, 'caches', compression);
    const to = `file://${cache}?compression=${compression}&write-nar-listing=1`;
    await nix('copy', '--quiet', '--store', store.folder, '--to', to, storePath);
    const narInfo = await readFile(join(cache, `${storePath.slice(11, 43)}.narinfo`), 'utf8');
    paths.push({ compression, storePath, narSize: Number(fieldOf(narInfo, 'NarSize')) });
  }
  await runTool('chmod', ['-R', 'u+w', store.folder]);
  for (const used of [tree, store.folder]) await rm(used, { recursive: true });
  return {
    folder: join(folder, 'caches'),
    paths,
    lastFile: 'share/last.txt',
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

async function writeLarge(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    const lines = Buffer.from(
      'these are the contents of a large file, again and again\n'.repeat(19_000),
    ).subarray(0, MIB);
    for (let at = 0; at < SIZE; at += MIB) {
      const block = Buffer.from(lines);
      block.write(`byte ${at}\n`);
      randomBytes(MIB / 32).copy(block, MIB / 2);
      await file.write(block);
    }
  } finally {
    await file.close();
  }
}

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { generateKey, NixStore, nix } from '../../fixtures/nix';
import { fieldOf, type Recompression, recompressCache, ZSTD_FRAMES } from '../../fixtures/recompress';
import { runTool } from '../../fixtures/run-tool';
import { elfPlan, findDebianFiles, mixedPlan, mixedPlanOf, type Plan, textPlan } from './debian-files';
import { writeManyEntries, writeMillionEntries } from './many-entries';

/** Everything the bench makes, and keeps for the next run. */
export const BENCH_CACHE = join('node_modules', '.cache', 'nar-explorer-bench');

/** How the NARs of a binary cache are compressed; the first three by Nix itself, in one block or frame. */
export const VARIANTS = ['none', 'xz', 'zstd', 'xz-blocks', 'zstd-frames'] as const;
export type Variant = (typeof VARIANTS)[number];

/** The three inputs that decoders are measured on. */
export const KINDS = ['mixed', 'elf', 'text'] as const;
export type Kind = (typeof KINDS)[number];

/** How large the NARs are that show how cost grows, in MB; the mixed one goes on from there. */
export const GROWTH_SIZES = [8, 32, 96] as const;

/** A NAR in one of the binary caches. */
export interface NarFile {
  /** Below the folder of all caches: `xz/nar/….nar.xz`. */
  readonly urlPath: string;
  /** On disk. */
  readonly path: string;
  readonly fileSize: number;
}

/** One store path, which all caches have. */
export interface InputPath {
  readonly name: string;
  readonly storePath: string;
  readonly hashPart: string;
  readonly narSize: number;
  /** Of the NAR, in base16. */
  readonly sha256: string;
  readonly nars: Readonly<Record<Variant, NarFile>>;
}

/** A tree of many entries, which has a listing; only those made by Nix have a NAR. */
export interface EntriesPath {
  readonly entries: number;
  readonly storePath: string;
  readonly hashPart: string;
}

export interface Inputs {
  /** Holds a binary cache for each variant, and `entries`. */
  readonly folder: string;
  /** `name:base64`; all but the million entries are signed with it. */
  readonly publicKey: string;
  readonly kinds: Readonly<Record<Kind, InputPath>>;
  /** By size. */
  readonly growth: readonly InputPath[];
  /** By number of entries. */
  readonly entries: readonly EntriesPath[];
}

/** As Nix writes it with `parallel-compression`: blocks of 24 MiB, whose sizes stand in their headers. */
const XZ_BLOCKS: Recompression = {
  compression: 'xz',
  extension: '.nar.xz',
  compress: (input) => runTool('xz', ['-c', '-6', '-T2', '--block-size=24MiB'], { input }),
};

/** The inputs: made with real Nix in some minutes, once, and again when their makers or Debian's files change. */
export async function makeInputs(say: (line: string) => void): Promise<Inputs> {
  const files = findDebianFiles();
  const plans = new Map<string, Plan>([
    ['mixed', mixedPlan(files)],
    ['elf', elfPlan(files)],
    ['text', textPlan(files)],
    ...GROWTH_SIZES.map((size) => [`mixed-${size}`, mixedPlanOf(size * 1e6, files)] as const),
  ]);
  const folder = join(BENCH_CACHE, `inputs-${await versionOf(plans)}`);
  if (!existsSync(folder)) {
    say('making the inputs; this takes some minutes, once');
    const unfinished = join(BENCH_CACHE, 'unfinished');
    await rm(unfinished, { recursive: true, force: true });
    await makeIn(unfinished, plans, say);
    await rename(unfinished, folder);
  }
  return readIndex(folder);
}

async function versionOf(plans: ReadonlyMap<string, Plan>): Promise<string> {
  const hash = createHash('sha256');
  const here = join('e2e', 'bench', 'inputs');
  for (const file of (await readdir(here)).sort()) hash.update(await readFile(join(here, file)));
  hash.update(JSON.stringify([...plans.values()].map((plan) => [...plan])));
  return hash.digest('hex').slice(0, 16);
}

async function makeIn(folder: string, plans: ReadonlyMap<string, Plan>, say: (line: string) => void) {
  const caches = join(process.cwd(), folder, 'caches');
  const trees = join(folder, 'trees');
  const { secretKey, publicKey } = await generateKey('nar-explorer-bench-1');
  const keyFile = join(process.cwd(), folder, 'secret-key');
  await mkdir(trees, { recursive: true });
  await writeFile(keyFile, secretKey);
  await writeFile(join(folder, 'public-key'), publicKey);

  const store = new NixStore(join(process.cwd(), folder, 'store'));
  const names = new Map<string, string>();
  for (const [name, plan] of plans) {
    say(`  files of ${name}`);
    await writeTree(join(trees, name), plan);
    names.set(name, await store.add(name, join(trees, name)));
  }
  const options = `write-nar-listing=1&secret-key=${keyFile}`;
  for (const compression of ['none', 'xz', 'zstd'] as const) {
    say(`  ${compression}, by Nix`);
    const to = `file://${join(caches, compression)}?compression=${compression}&${options}`;
    await nix('copy', '--quiet', '--store', store.folder, '--to', to, ...names.values());
  }
  say('  xz in blocks of 24 MiB');
  await recompressCache(XZ_BLOCKS, join(caches, 'none'), join(caches, 'xz-blocks'));
  say('  zstd in frames of 16 MiB');
  await recompressCache(ZSTD_FRAMES, join(caches, 'none'), join(caches, 'zstd-frames'));

  say('  many entries');
  const entries = join(caches, 'entries');
  const entriesPaths = await writeManyEntries({ trees, store, cache: entries, options });
  await writeMillionEntries(entries).then((path) => entriesPaths.push(path));

  await writeFile(join(folder, 'index.json'), JSON.stringify({ names: [...names], entries: entriesPaths }));
  await runTool('chmod', ['-R', 'u+w', store.folder]);
  for (const used of [trees, store.folder]) await rm(used, { recursive: true });
}

async function writeTree(folder: string, plan: Plan): Promise<void> {
  for (const [narPath, { path }] of plan) {
    const to = join(folder, narPath);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(path, to);
  }
}

async function readIndex(folder: string): Promise<Inputs> {
  // As written above.
  const index: { names: [string, string][]; entries: EntriesPath[] } = JSON.parse(
    await readFile(join(folder, 'index.json'), 'utf8'),
  );
  const paths = new Map<string, InputPath>();
  for (const [name, storePath] of index.names) paths.set(name, await readInput(folder, name, storePath));
  const path = (name: string) => {
    const found = paths.get(name);
    if (!found) throw new Error(`no input named ${name}`);
    return found;
  };
  return {
    folder: join(folder, 'caches'),
    publicKey: await readFile(join(folder, 'public-key'), 'utf8'),
    kinds: { mixed: path('mixed'), elf: path('elf'), text: path('text') },
    growth: [...GROWTH_SIZES.map((size) => path(`mixed-${size}`)), path('mixed')],
    entries: index.entries,
  };
}

async function readInput(folder: string, name: string, storePath: string): Promise<InputPath> {
  const hashPart = storePath.slice('/nix/store/'.length, '/nix/store/'.length + 32);
  const narInfos = await Promise.all(
    VARIANTS.map(async (variant) => {
      const text = await readFile(join(folder, 'caches', variant, `${hashPart}.narinfo`), 'utf8');
      return { variant, text };
    }),
  );
  const nars = Object.fromEntries(
    narInfos.map(({ variant, text }) => [variant, narFileOf(folder, variant, text)]),
    // One for each variant.
  ) as Record<Variant, NarFile>;
  const narSize = Number(fieldOf(narInfos[0]?.text ?? '', 'NarSize'));
  const sha256 = await digestOf(nars.none.path);
  return { name, storePath, hashPart, narSize, sha256, nars };
}

function narFileOf(folder: string, variant: Variant, narInfo: string): NarFile {
  const urlPath = `${variant}/${fieldOf(narInfo, 'URL')}`;
  return {
    urlPath,
    path: join(folder, 'caches', urlPath),
    fileSize: Number(fieldOf(narInfo, 'FileSize')),
  };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

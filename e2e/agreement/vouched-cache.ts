import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey, NixStore, nix } from '../fixtures/nix';
import { fieldOf } from '../fixtures/recompress';
import { runForText } from '../fixtures/run-tool';
import { sampleFile, samplePath } from '../support/sample';

/** A binary cache that real Nix made for these tests, and what its paths are. */
export interface VouchedCache {
  readonly folder: string;
  /** What it was made from. */
  readonly store: NixStore;
  /** By the names below. */
  readonly paths: Readonly<Record<string, string>>;
  /** Public halves, `name:base64`: that of the cache, another, and that of the sample cache. */
  readonly keys: Readonly<Record<'own' | 'other' | 'sample', string>>;
  readonly remove: () => Promise<void>;
}

/**
 * Input-addressed paths, signed by the sample key and by `own-1`; the same made content-addressed; and paths added by every
 * hash that Nix adds by. `/nix/store` of this machine is left alone.
 */
export async function makeVouchedCache(): Promise<VouchedCache> {
  const root = await mkdtemp(join(tmpdir(), 'vouched-'));
  const store = new NixStore(join(root, 'store'));
  const [own, other] = [await generateKey('own-1'), await generateKey('other-1')];
  await writeFile(join(root, 'own'), own.secretKey);
  await writeFile(join(root, 'other'), other.secretKey);
  const sample = (await readFile(sampleFile('public-key'), 'utf8')).trim();
  const greet = samplePath('greet-0.3').storePath;
  const trust = ['--option', 'trusted-public-keys', sample];
  const selfReferring = samplePath('odd-names-2.0').storePath;
  await nix(
    'copy',
    '--from',
    `file://${sampleFile('')}`,
    '--store',
    store.folder,
    ...trust,
    greet,
    selfReferring,
  );
  const addressed = (storePath: string) => makeAddressed(store, storePath);
  const paths = {
    ...(await addAll(root, store)),
    signed: greet,
    rewritten: await addressed(greet),
    'rewritten, with a reference to itself': await addressed(selfReferring),
  };
  const folder = join(root, 'cache');
  await store.give(`file://${folder}?compression=xz&write-nar-listing=1&secret-key=${join(root, 'own')}`);
  await nix('store', 'sign', '--store', `file://${folder}`, '--key-file', join(root, 'other'), greet);
  const remove = async () => {
    await runForText('chmod', ['-R', 'u+w', root]);
    await rm(root, { recursive: true });
  };
  const keys = { own: own.publicKey, other: other.publicKey, sample };
  return { folder, paths, store, keys, remove };
}

/** The same path under a name that follows from its contents. */
async function makeAddressed(store: NixStore, storePath: string): Promise<string> {
  const text = await nix('store', 'make-content-addressed', '--json', '--store', store.folder, storePath);
  const { rewrites }: { rewrites: Record<string, string> } = JSON.parse(text);
  return rewrites[storePath] ?? '';
}

/** Every way to add something by its contents. */
async function addAll(root: string, store: NixStore): Promise<Record<string, string>> {
  const tree = join(root, 'tree');
  await mkdir(tree);
  await writeFile(join(tree, 'program'), '#!/bin/sh\n', { mode: 0o755 });
  await writeFile(join(tree, 'text'), 'some text\n');
  const file = join(root, 'flat-file');
  await writeFile(file, 'one plain file\n');
  const add = (...args: string[]) => nixStore(store, '--add-fixed', ...args);
  const evaluate = (expression: string) =>
    nix('eval', '--store', store.folder, '--impure', '--raw', '--expr', expression);
  return {
    'flat sha256': await add('sha256', file),
    'flat sha1': await add('sha1', file),
    'flat md5': await add('md5', file),
    'flat sha512': await add('sha512', file),
    'recursive sha256': await add('--recursive', 'sha256', tree),
    'recursive sha1': await add('--recursive', 'sha1', tree),
    'add-path': await nix('store', 'add-path', '--store', store.folder, '--name', 'added', tree),
    'add-file': await nix('store', 'add-file', '--store', store.folder, '--name', 'added', file),
    text: await evaluate('builtins.toFile "text" "some text"'),
    'text with a reference': await evaluate(
      'builtins.toFile "referring" ("refers to " + builtins.toFile "text" "some text")',
    ),
  };
}

export function nixStore(store: NixStore, ...args: string[]): Promise<string> {
  const env = { NIX_CONFIG: 'build-users-group =\nsubstituters =' };
  return runForText('nix-store', ['--store', store.folder, ...args], { env });
}

/** What `nix store verify` says of a path: the sum of 1 (corrupt), 2 (nobody trusted) and 4 (something else is wrong). */
export async function nixVerify(folder: string, storePath: string, keys: readonly string[]): Promise<number> {
  const args = ['store', 'verify', '--store', `file://${folder}`, storePath];
  const config = ['experimental-features = nix-command', 'substituters ='];
  const child = spawn('nix', [...args, '--option', 'trusted-public-keys', keys.join(' ')], {
    // What it remembers of a cache is another's of the same folder.
    env: { ...process.env, NIX_CONFIG: config.join('\n'), XDG_CACHE_HOME: join(folder, '.cache') },
    stdio: 'ignore',
  });
  const [code] = await once(child, 'close');
  return Number(code);
}

/** A copy of the cache in which the narinfo of a path is rewritten, and its NAR and listing, if wanted. */
export async function tampered(
  from: string,
  storePath: string,
  change: (narInfo: string) => string,
  files: (folder: string, narInfo: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const folder = await mkdtemp(join(from, '..', 'tampered-'));
  await cp(from, folder, { recursive: true });
  const file = join(folder, `${storePath.slice(11, 43)}.narinfo`);
  const text = change(await readFile(file, 'utf8'));
  await writeFile(file, text);
  await files(folder, text);
  return folder;
}

/** Rewrites a field, or adds it where there is none; an empty value takes it away. */
export function withField(name: string, value: (before: string) => string) {
  return (narInfo: string): string => {
    const has = new RegExp(`^${name}: `, 'm').test(narInfo);
    const written = value(has ? fieldOf(narInfo, name) : '');
    const line = written === '' ? '' : `${name}: ${written}\n`;
    const rest = narInfo.replace(new RegExp(`^${name}: .*\n`, 'gm'), '');
    return rest + line;
  };
}

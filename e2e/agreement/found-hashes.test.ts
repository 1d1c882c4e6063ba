import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { createArchiveService } from '../../src/archive/create-service';
import { contentAddressedPath } from '../../src/nix/content-address';
import { formatHash, type NixHash } from '../../src/nix/hash';
import { formatStorePath } from '../../src/nix/store-path';
import { type Corpus, makeCorpus } from '../fixtures/corpus';
import { dump, NixStore, nix } from '../fixtures/nix';
import { runForText, runTool } from '../fixtures/run-tool';
import { recordFact } from '../support/facts';
import { never, unwrap, withArchive } from './ours';
import { nixStore } from './vouched-cache';

let corpus: Corpus;
let root: string;
beforeAll(async () => {
  corpus = await makeCorpus();
  root = await mkdtemp(join(tmpdir(), 'found-'));
  return async () => {
    await runTool('chmod', ['-R', 'u+w', root]);
    await rm(root, { recursive: true });
  };
});

const folder = new URL('../fixtures/sample', import.meta.url).pathname;

async function hashFound(file: File): Promise<NixHash> {
  let found: NixHash | undefined;
  await withArchive({ kind: 'file', file }, async (archive) => {
    found = archive.narHash;
  });
  if (!found) throw new Error('no hash was found');
  return found;
}

test.each(['plain', 'xz', 'gzip'])(
  'of a %s file, in the three forms of `nix-hash` and `nix hash path`',
  async (how) => {
    const nar = await dump(folder);
    const bytes = how === 'plain' ? nar : await runTool(how, ['-c'], { input: nar });
    const hash = await hashFound(new File([new Uint8Array(bytes)], 'whatever'));
    const nixHash = (...form: string[]) => runForText('nix-hash', ['--type', 'sha256', ...form, folder]);
    expect(formatHash(hash, 'nix32')).toBe(`sha256:${await nixHash('--base32')}`);
    expect(formatHash(hash, 'base16')).toBe(`sha256:${await nixHash()}`);
    expect(formatHash(hash, 'sri')).toBe(await nix('hash', 'path', folder));
  },
);

test('the path that it makes is that of `nix-store --add-fixed` and `nix store add-path`', async () => {
  const hash = await hashFound(new File([new Uint8Array(await dump(folder))], 'sample.nar'));
  const pathOf = async (name: string) => {
    const path = await contentAddressedPath(name, { method: 'nar', hash }, { others: [], self: false });
    return path && formatStorePath(path);
  };
  const store = new NixStore(join(root, 'store'));
  expect(await pathOf('sample')).toBe(await nixStore(store, '--add-fixed', '--recursive', 'sha256', folder));
  expect(await pathOf('other-1.0')).toBe(await store.add('other-1.0', folder));
});

test('of each path of an export stream; those added by their NAR show it by their names', async () => {
  const store = new NixStore(join(root, 'exported'));
  const plain = join(root, 'plain');
  await writeFile(plain, 'one plain file');
  const added = [await store.add('tree', folder), await nixStore(store, '--add-fixed', 'sha256', plain)];
  const streams = [await store.export(added), await readFile(corpus.exportFile)];
  const service = createArchiveService();
  for (const [number, stream] of streams.entries()) {
    const file = new File([new Uint8Array(stream)], 'some.export');
    const opened = unwrap(await service.open({ kind: 'file', file }, () => {}, never));
    if (opened.kind !== 'export') throw new Error(opened.kind);
    const found: Record<string, string> = {};
    for (const index of opened.storePaths.keys()) {
      const input = { kind: 'exported' as const, exportId: opened.exportId, index };
      const one = unwrap(await service.open(input, () => {}, never));
      if (one.kind !== 'archive' || one.archive.origin.kind !== 'exported') throw new Error(one.kind);
      const { archive } = one;
      const storePath = formatStorePath(one.archive.origin.storePath);
      const narFile = corpus.paths.find((path) => path.storePath === storePath)?.narFile;
      const path = narFile ?? join(store.folder, storePath);
      const command = narFile ? ['hash', 'file', '--sri', path] : ['hash', 'path', '--sri', path];
      expect(archive.narHash && formatHash(archive.narHash, 'sri')).toBe(await nix(...command));
      found[storePath] = archive.verdicts['content-address'].state;
    }
    const [tree = '', flat = ''] = added;
    if (number === 0) expect(found).toEqual({ [tree]: 'verified', [flat]: 'impossible' });
    else expect(new Set(Object.values(found))).toEqual(new Set(['impossible']));
  }
  recordFact({
    kind: 'fault',
    area: 'verdicts',
    fault: 'an export stream, which states neither hashes nor content addresses',
    outcome: 'each path’s NAR hash is found; a path added by its NAR hash is verified by its own name',
    where: 'node',
    command: 'npx vitest run --config e2e/vitest.config.ts --project agreement found-hashes',
  });
});

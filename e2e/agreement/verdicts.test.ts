import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createArchiveService } from '../../src/archive/create-service';
import { fileCheckOf, isVouched } from '../../src/store/file-check';
import { nix } from '../fixtures/nix';
import { fieldOf } from '../fixtures/recompress';
import { runTool } from '../fixtures/run-tool';
import { startCacheServer } from '../support/cache-server';
import { recordFact } from '../support/facts';
import { never } from './ours';
import { makeVouchedCache, nixVerify, tampered, type VouchedCache, withField } from './vouched-cache';

let made: VouchedCache;
beforeAll(async () => {
  made = await makeVouchedCache();
});
afterAll(() => made.remove());

type KeyName = keyof VouchedCache['keys'];

interface Ours {
  /** As the exit code of `nix store verify` is made: 1 corrupt, 2 nobody trusted, 4 could not be read. */
  readonly code: number;
  /** What the page says of a file: only `verified` lets somebody believe it. */
  readonly check: string;
  readonly signature: string;
}

async function verifyHere(folder: string, storePath: string, keys: readonly string[]): Promise<Ours> {
  const server = await startCacheServer({ folder });
  const service = createArchiveService();
  const input = {
    kind: 'store-path' as const,
    hashPart: storePath.slice(11, 43),
    cacheUrls: [server.url],
    trustedKeys: keys.map((key) => ({ key })),
  };
  try {
    const opened = await service.open(input, () => {}, never);
    if (!opened.ok) return { code: 4, check: 'unreadable', signature: opened.failure.kind };
    if (opened.value.kind !== 'archive') throw new Error(opened.value.kind);
    const { id, verdicts: atFirst } = opened.value.archive;
    const found = await service.verify(id, () => {}, never);
    if (!found.ok) return { code: 4, check: 'unreadable', signature: atFirst.signature.detail };
    const { verdicts } = found.value;
    const code = (verdicts['nar-hash'].state === 'mismatch' ? 1 : 0) + (isVouched(atFirst) ? 0 : 2);
    return { code, check: fileCheckOf(verdicts), signature: verdicts.signature.detail };
  } finally {
    await server.close();
  }
}

interface Case {
  /** As a noun. */
  readonly what: string;
  /** Of the cache's paths. */
  readonly path: string;
  readonly keys: readonly KeyName[];
  readonly change?: (narInfo: string) => string;
  readonly files?: (folder: string, narInfo: string) => Promise<void>;
  /** What `nix store verify` answers. */
  readonly nix: number;
  /** What the page says of every file of it. */
  readonly check: 'verified' | 'impossible' | 'mismatch' | 'unreadable';
}

const same = (narInfo: string) => narInfo;
const withoutSignature = (keyName: string) => (narInfo: string) =>
  narInfo.replace(new RegExp(`^Sig: ${keyName}:.*\n`, 'm'), '');
const unsigned = (narInfo: string) => narInfo.replace(/^Sig: .*\n/gm, '');
const otherDigit = (text: string) => text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
const compose =
  (...changes: ((text: string) => string)[]) =>
  (text: string) =>
    changes.reduce((changed, change) => change(changed), text);

/** Another NAR in place of the one that the narinfo has, of the same size and structure; its FileHash and FileSize are right. */
function withOtherNar(isClaimed: boolean) {
  return async (folder: string, narInfo: string) => {
    const url = join(folder, fieldOf(narInfo, 'URL'));
    const nar = await runTool('xz', ['-dc'], { input: await readFile(url) });
    const at = nar.indexOf('contents') + 16;
    nar[at] = (nar[at] ?? 0) ^ 1;
    const file = await runTool('xz', ['-c'], { input: nar });
    await writeFile(url, file);
    const plain = join(folder, 'plain');
    await writeFile(plain, nar);
    const hashOf = (path: string) => nix('hash', 'file', '--type', 'sha256', '--base32', path);
    const changed = compose(
      withField('FileSize', () => `${file.length}`),
      withField('FileHash', () => ''),
      ...(isClaimed ? [withField('NarHash', () => `sha256:${narHash}`)] : []),
    );
    const narHash = await hashOf(plain);
    const path = join(folder, `${fieldOf(narInfo, 'StorePath').slice(11, 43)}.narinfo`);
    await writeFile(path, changed(narInfo));
  };
}

async function flipNarByte(folder: string, narInfo: string): Promise<void> {
  const url = join(folder, fieldOf(narInfo, 'URL'));
  const bytes = await readFile(url);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0x10;
  await writeFile(url, bytes);
}

const signed = { path: 'signed', keys: ['own'] as const };

const SIGNED: readonly Case[] = [
  { ...signed, what: 'a path that a trusted key signed', nix: 0, check: 'verified' },
  {
    ...signed,
    what: 'a path signed by three keys, the last of which is trusted',
    keys: ['sample'],
    nix: 0,
    check: 'verified',
  },
  { ...signed, what: 'a path signed by two trusted keys', keys: ['own', 'other'], nix: 0, check: 'verified' },
  { ...signed, what: 'a path whose keys are not trusted', keys: [], nix: 2, check: 'impossible' },
  {
    ...signed,
    what: 'a path re-signed by a key that is not trusted',
    change: compose(withoutSignature('own-1'), withoutSignature('nar-explorer-sample-1')),
    nix: 2,
    check: 'impossible',
  },
  { ...signed, what: 'a path that nobody signed', change: unsigned, nix: 2, check: 'impossible' },
  {
    ...signed,
    what: 'a signature under the name of a trusted key, by another',
    change: (text) => withoutSignature('own-1')(text).replace('Sig: other-1:', 'Sig: own-1:'),
    nix: 2,
    check: 'mismatch',
  },
  { ...signed, what: 'another NarHash', change: withField('NarHash', otherDigit), nix: 3, check: 'mismatch' },
  {
    ...signed,
    what: 'another NarSize',
    change: withField('NarSize', (size) => `${Number(size) + 8}`),
    nix: 2,
    check: 'mismatch',
  },
  {
    ...signed,
    what: 'a reference less',
    change: withField('References', (list) => list.split(' ').slice(1).join(' ')),
    nix: 2,
    check: 'mismatch',
  },
  {
    ...signed,
    what: 'the references in another order',
    change: withField('References', (list) => list.split(' ').reverse().join(' ')),
    nix: 0,
    check: 'verified',
  },
  {
    ...signed,
    what: 'another Deriver, which no signature covers',
    change: withField('Deriver', () => `${'0'.repeat(32)}-other.drv`),
    nix: 0,
    check: 'verified',
  },
  {
    ...signed,
    what: 'no FileHash and FileSize, which no signature covers',
    change: compose(
      withField('FileHash', () => ''),
      withField('FileSize', () => ''),
    ),
    nix: 0,
    check: 'verified',
  },
  {
    ...signed,
    what: 'another FileHash, which no signature covers',
    change: withField('FileHash', otherDigit),
    nix: 0,
    check: 'mismatch',
  },
  { ...signed, what: 'another NAR of the same size', files: withOtherNar(false), nix: 1, check: 'mismatch' },
  {
    ...signed,
    what: 'another NAR, and the NarHash of it',
    files: withOtherNar(true),
    nix: 2,
    check: 'mismatch',
  },
  {
    ...signed,
    what: 'a NAR file with one bit that is another',
    files: flipNarByte,
    nix: 4,
    check: 'unreadable',
  },
];

/**
 * The last of them passes `nix store verify`, which looks at the store path and the NarHash alone; Nix refuses to take it
 * (below). Here it is a mismatch at once.
 */
const addressed = (path: string): Case[] => [
  {
    path,
    keys: [],
    what: `${path}: nobody signed it, and its name follows from its contents`,
    change: unsigned,
    nix: 0,
    check: 'verified',
  },
  {
    path,
    keys: [],
    what: `${path}: another CA`,
    change: compose(unsigned, withField('CA', otherDigit)),
    nix: 2,
    check: 'mismatch',
  },
  {
    path,
    keys: [],
    what: `${path}: no CA`,
    change: compose(
      unsigned,
      withField('CA', () => ''),
    ),
    nix: 2,
    check: 'impossible',
  },
  {
    path,
    keys: [],
    what: `${path}: another NAR`,
    change: unsigned,
    files: withOtherNar(false),
    nix: 1,
    check: 'mismatch',
  },
  {
    path,
    keys: [],
    what: `${path}: another NAR, and the NarHash of it`,
    change: unsigned,
    files: withOtherNar(true),
    nix: 0,
    check: 'mismatch',
  },
];

const ADDED = [
  'flat sha256',
  'flat sha1',
  'flat md5',
  'flat sha512',
  'recursive sha256',
  'recursive sha1',
  'add-path',
  'add-file',
  'text',
  'text with a reference',
  'rewritten',
  'rewritten, with a reference to itself',
];

describe.each([...SIGNED, ...ADDED.flatMap(addressed)])(
  '$what',
  ({ what, path, keys, change = same, files, nix: code, check }) => {
    test('is to us what it is to `nix store verify`', async () => {
      const storePath = made.paths[path] ?? '';
      const folder = await tampered(made.folder, storePath, change, files);
      const trusted = keys.map((key) => made.keys[key]);
      const ours = await verifyHere(folder, storePath, trusted);
      const theirs = await nixVerify(folder, storePath, trusted);
      expect({ theirs, ours: { code: ours.code, check: ours.check } }).toEqual({
        theirs: code,
        ours: { code, check },
      });
      recordFact({
        kind: 'fault',
        area: 'verdicts',
        fault: what,
        outcome: `${NIX_SAYS[code] ?? code}, here as by nix store verify; files: ${FILES_ARE[check]}`,
        where: 'node',
        command: COMMAND,
      });
    });
  },
);

const COMMAND = 'npx vitest run --config e2e/vitest.config.ts --project agreement verdicts';
const NIX_SAYS: Readonly<Record<number, string>> = {
  0: 'sound and trusted',
  1: 'corrupt',
  2: 'trusted by nobody',
  3: 'corrupt, and trusted by nobody',
  4: 'cannot be read',
};
const FILES_ARE = {
  verified: 'verified',
  impossible: 'not verified, nobody vouches for them',
  mismatch: 'not to be trusted',
  unreadable: 'none is called verified',
};

test('a narinfo that states another StorePath is of no use, to Nix and here', async () => {
  const storePath = made.paths.signed ?? '';
  const folder = await tampered(
    made.folder,
    storePath,
    withField('StorePath', (path) => `${path.slice(0, 11)}${'0'.repeat(32)}${path.slice(43)}`),
  );
  expect(await nixVerify(folder, storePath, [made.keys.own])).toBe(4);
  expect(await verifyHere(folder, storePath, [made.keys.own])).toMatchObject({
    code: 4,
    check: 'unreadable',
  });
});

test.each(ADDED)('Nix itself refuses to take other contents for the CA of %s', async (path) => {
  const storePath = made.paths[path] ?? '';
  const folder = await tampered(made.folder, storePath, unsigned, withOtherNar(true));
  const taken = nix(
    'copy',
    '--from',
    `file://${folder}`,
    '--no-check-sigs',
    '--store',
    join(folder, 'store'),
    storePath,
  );
  await expect(taken).rejects.toThrow(/ca hash mismatch|hash mismatch/);
});

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatHash, parseHash } from '../../src/nix/hash';
import { parseListing } from '../../src/nix/nar/listing-json';
import { formatNarInfo, parseNarInfo } from '../../src/nix/narinfo';
import { formatBaseName } from '../../src/nix/store-path';
import { nix } from '../fixtures/nix';
import { fieldOf } from '../fixtures/recompress';
import { runTool } from '../fixtures/run-tool';

const folder = fileURLToPath(new URL('../../public/sample-cache', import.meta.url));

async function narInfos(): Promise<{ hashPart: string; text: string }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.narinfo'));
  return Promise.all(
    files.map(async (file) => ({
      hashPart: file.slice(0, 32),
      text: await readFile(join(folder, file), 'utf8'),
    })),
  );
}

async function decompressed(url: string, compression: string): Promise<Buffer> {
  const bytes = await readFile(join(folder, url));
  return compression === 'none' ? bytes : runTool(compression, ['-dc'], { input: bytes });
}

test('real Nix finds every path sound and signed by the sample key', async () => {
  const publicKey = await readFile(join(folder, 'public-key'), 'utf8');
  const trust = ['--option', 'trusted-public-keys', publicKey, '--sigs-needed', '1'];
  await nix('store', 'verify', '--store', `file://${folder}`, '--all', ...trust);
});

test('hashes and sizes are what the narinfos say, by our reading and another', async () => {
  for (const { text } of await narInfos()) {
    const narInfo = parseNarInfo(text);
    expect([formatNarInfo(narInfo), narInfo.quirks]).toEqual([text, []]);
    const file = await readFile(join(folder, fieldOf(text, 'URL')));
    const nar = await decompressed(narInfo.url, narInfo.compression);
    expect([file.length, nar.length]).toEqual([narInfo.fileSize, narInfo.narSize]);
    const ours = [narInfo.fileHash, narInfo.narHash].map((hash) => hash && formatHash(hash, 'base16'));
    expect(ours).toEqual(
      [file, nar].map((bytes) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`),
    );
  }
});

test('listings are as cache.nixos.org writes them: zstd, no narOffset, executable always stated; and end where the NAR ends', async () => {
  for (const { hashPart, text } of await narInfos()) {
    const json = await runTool('zstd', ['-dc'], { input: await readFile(join(folder, `${hashPart}.ls`)) });
    expect(json.includes('narOffset')).toBe(false);
    expect(count(json, '"executable":')).toBe(count(json, '"size":'));
    expect(parseListing(json).narSize).toBe(Number(fieldOf(text, 'NarSize')));
  }
});

test('every reference is in the cache, and every offered path', async () => {
  const sample: { storePath: string; description: string }[] = JSON.parse(
    await readFile(join(folder, 'sample.json'), 'utf8'),
  );
  const infos = (await narInfos()).map(({ text }) => parseNarInfo(text));
  const known = new Set(infos.map(({ storePath }) => formatBaseName(storePath)));
  for (const { references } of infos) {
    for (const reference of references) expect(known).toContain(formatBaseName(reference));
  }
  for (const { storePath } of sample) expect(known).toContain(storePath.slice('/nix/store/'.length));
  expect(new Set(infos.map(({ compression }) => compression))).toEqual(new Set(['none', 'xz', 'zstd']));
});

test('it stays under 2 MB, with a log of the build that said something', async () => {
  const files = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2_000_000);
  expect(existsSync(join(folder, 'log'))).toBe(true);
});

test('our hash formats are those of `nix hash`', async () => {
  const [info] = await narInfos();
  const hash = parseHash(fieldOf(info?.text ?? '', 'NarHash'));
  const plain = formatHash(hash, 'base16').slice('sha256:'.length);
  const convert = (to: string) => nix('hash', to, '--type', 'sha256', plain);
  expect(formatHash(hash, 'nix32')).toBe(`sha256:${await convert('to-base32')}`);
  expect(formatHash(hash, 'base64')).toBe(`sha256:${await convert('to-base64')}`);
  expect(formatHash(hash, 'sri')).toBe(await convert('to-sri'));
});

function count(json: Buffer, part: string): number {
  return json.toString('latin1').split(part).length - 1;
}

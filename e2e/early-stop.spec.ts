import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatListing } from '../src/nix/nar/listing-json';
import { dir, exe, file, listingOf, nar } from '../src/nix/nar/testing';
import { formatNarInfo } from '../src/nix/narinfo';
import { startCacheServer } from './support/cache-server';
import { expect, test } from './support/explorer';

const hashPart = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const PROGRAM = '#!/bin/sh\necho first\n';

const sha256 = (bytes: Uint8Array) => ({
  algorithm: 'sha256' as const,
  digest: new Uint8Array(createHash('sha256').update(bytes).digest()),
});

/** A cache of one store path: a small program in front of 24 MB that do not compress. */
function writeCache(folder: string): void {
  const archive = nar(dir({ a: exe(PROGRAM), b: file(new Uint8Array(randomBytes(24_000_000))) }));
  const compressed = execFileSync('xz', ['-0', '-c'], { input: archive, maxBuffer: 2 ** 26 });
  mkdirSync(join(folder, 'nar'));
  writeFileSync(join(folder, 'nar', 'x.nar.xz'), compressed);
  writeFileSync(join(folder, `${hashPart}.ls`), formatListing(listingOf(archive)));
  const narInfo = formatNarInfo({
    storePath: { hashPart, name: 'large-1.0' },
    url: 'nar/x.nar.xz',
    compression: 'xz',
    fileHash: sha256(compressed),
    fileSize: compressed.length,
    narHash: sha256(archive),
    narSize: archive.length,
    references: [],
    deriver: undefined,
    system: undefined,
    signatures: [],
    contentAddress: undefined,
    unknownFields: [],
    quirks: [],
  });
  writeFileSync(join(folder, `${hashPart}.narinfo`), narInfo);
}

test('a file at the front of a large NAR costs what stands before its end, on a cold page', async ({
  explorer,
  folder,
}) => {
  writeCache(folder);
  const server = await startCacheServer({ folder });
  await explorer.visit(`/nix/store/${hashPart}/a?cache=${server.url}`);
  await explorer.fileIs('a');
  const saved = await explorer.download();
  expect(new TextDecoder().decode(saved.bytes)).toBe(PROGRAM);
  const fetched = server.requests.filter(({ path }) => path.startsWith('/nar/'));
  expect(fetched.map(({ range }) => range)).toEqual(['bytes=0-262143']);
  // Fewer when the file was there before the window's end was sent: the rest is aborted.
  expect(fetched[0]?.writtenBytes).toBeLessThanOrEqual(262_144);
  await server.close();
});

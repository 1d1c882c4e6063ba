import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { brotliCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createArchiveService } from '../../src/archive/create-service';
import type { ArchiveInput } from '../../src/archive/service';
import {
  archiveOf,
  asking,
  cacheWith,
  fileOf,
  signal,
  unwrap,
} from '../../src/archive/testing/one-path-cache';
import { file, nar } from '../../src/nix/nar/testing';
import { recordFact } from '../support/facts';

const MIB = 2 ** 20;
/** A NAR of 32 MiB that every codec makes next to nothing of. */
const LARGE = nar(file(new Uint8Array(32 * MIB)));

const through = (command: string, ...args: string[]) =>
  new Uint8Array(execFileSync(command, args, { input: LARGE, maxBuffer: 2 ** 30 }));

const BOMBS = {
  xz: through('xz', '-0', '-c'),
  zstd: through('zstd', '-c'),
  bzip2: through('bzip2', '-c'),
  gzip: through('gzip', '-c'),
  br: new Uint8Array(brotliCompressSync(LARGE)),
};

/** Opens it; answers what came of it, and how many bytes were decoded for that. */
async function open(input: ArchiveInput) {
  let decoded = 0;
  const service = createArchiveService();
  const outcome = await service.open(
    input,
    (update) => {
      if (update.type === 'progress') decoded = Math.max(decoded, update.progress.decodedBytes);
    },
    signal(),
  );
  return { outcome, decoded };
}

test.each(Object.entries(BOMBS))('%s: more than NarSize is stopped at once', async (compression, bomb) => {
  const cache = await cacheWith({ compression, nar: bomb, narSize: 100_000 });
  const { outcome, decoded } = await open(asking(cache.cacheUrl));
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: 'limit', reason: 'too-large', limit: 100_000 },
  });
  expect(decoded).toBeLessThanOrEqual(100_000);
  recordFact({
    kind: 'fault',
    area: 'hostile input',
    fault: `${compression} that decodes to more than NarSize`,
    outcome: 'stopped at NarSize; nothing past it is looked at or kept',
    where: 'node',
    command: 'npx vitest run --config e2e/vitest.config.ts --project agreement bombs',
  });
});

test.each(Object.entries(BOMBS))(
  '%s: a NarSize that nobody signed is not believed',
  async (compression, bomb) => {
    const cache = await cacheWith({ compression, nar: bomb, narSize: LARGE.length });
    const input = { ...asking(cache.cacheUrl), mostDecoded: 8 * MIB } as ArchiveInput;
    const { outcome } = await open(input);
    expect(outcome).toMatchObject({
      ok: false,
      failure: { kind: 'limit', reason: 'unvouched', limit: 8 * MIB },
    });
  },
);

test.each(Object.entries(BOMBS))('%s: a local file goes as far as a person lets it', async (_, bomb) => {
  const local = fileOf(new Uint8Array(bomb), 'x.nar.br');
  const { outcome } = await open({ kind: 'file', file: local, mostDecoded: 8 * MIB });
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: 'limit', reason: 'unvouched', limit: 8 * MIB },
  });
  const raised = await open({ kind: 'file', file: local, mostDecoded: 32 * MIB + 1000 });
  expect(archiveOf(raised.outcome).narSize).toBe(LARGE.length);
});

test('a local file that is not compressed is as large as it is', async () => {
  const { outcome } = await open({ kind: 'file', file: fileOf(LARGE, 'x.nar'), mostDecoded: MIB });
  const opened = archiveOf(outcome);
  expect(opened.narSize).toBe(LARGE.length);
  const service = createArchiveService();
  const again = archiveOf(
    await service.open(
      { kind: 'file', file: fileOf(LARGE, 'x'), mostDecoded: MIB },
      () => undefined,
      signal(),
    ),
  );
  const hash = createHash('sha256');
  unwrap(
    await service.stream(
      again.id,
      { row: 0, fileOffset: 0 },
      async (chunk) => void hash.update(chunk),
      () => undefined,
      signal(),
    ),
  );
  expect(hash.digest('hex')).toBe(
    createHash('sha256')
      .update(new Uint8Array(32 * MIB))
      .digest('hex'),
  );
});

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { noise, shell } from '../codecs/testing/language';
import { formatListing } from '../nix/nar/listing-json';
import { dir, file, listingOf, nar } from '../nix/nar/testing';
import { createArchiveService } from './create-service';
import type { ArchiveService, OpenedArchive } from './service';
import { archiveOf, asking, cacheWith, rowOf, signal, unwrap } from './testing/one-path-cache';

const sh = shell(spawnSync);
const MIB = 1024 * 1024;
/** Files of noise, each as long compressed: what was fetched shows what was read. */
const FILES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const contents = new Map(FILES.map((name, i) => [name, noise(MIB + 1000 * i, i + 1)]));
const NAR = nar(dir(Object.fromEntries([...contents].map(([name, bytes]) => [name, file(bytes)]))));
const BLOCKS = sh('xz -c -0 --block-size=1MiB', NAR);
const STREAMS = new Uint8Array(
  Buffer.concat([sh('xz -c -0', NAR.subarray(0, 5 * MIB)), sh('xz -c -0', NAR.subarray(5 * MIB))]),
);

async function opened(xz: Uint8Array, facts: { fileSize?: number } = {}) {
  const cache = await cacheWith({
    compression: 'xz',
    nar: xz,
    ls: formatListing(listingOf(NAR)),
    narSize: NAR.length,
    claimed: NAR,
    ...facts,
  });
  const service = createArchiveService();
  const archive = archiveOf(await service.open(asking(cache.cacheUrl), () => undefined, signal()));
  const ranges = () => cache.requests.filter((one) => one.includes('/nar/')).map((one) => one.split(' ')[2]);
  return { service, archive, ranges };
}

async function streamed(service: ArchiveService, archive: OpenedArchive, name: string) {
  const hash = createHash('sha256');
  const write = async (chunk: Uint8Array) => void hash.update(chunk);
  let seen = 0;
  const report = unwrap(
    await service.stream(
      archive.id,
      { row: rowOf(archive, name), fileOffset: 0 },
      write,
      ({ wantedBytes = 0 }) => {
        seen = wantedBytes;
      },
      signal(),
    ),
  );
  const expected = createHash('sha256')
    .update(contents.get(name) ?? '')
    .digest('hex');
  expect(hash.digest('hex')).toBe(expected);
  return { report, seen };
}

describe.each([
  ['blocks', BLOCKS, 1 * MIB],
  ['streams', STREAMS, 5 * MIB],
])('a NAR in %s', (_, xz, blockSize) => {
  test('a file costs the index and the blocks that hold it', async () => {
    const { service, archive, ranges } = await opened(xz);
    const { report, seen } = await streamed(service, archive, 'h');
    expect(report.cost.receivedBytes).toBeLessThan(Math.min(blockSize, 3 * MIB) + 2 * MIB + 300_000);
    expect(ranges().every((range) => Number(/bytes=(\d+)/.exec(range ?? '')?.[1]) > 4 * MIB)).toBe(true);
    // What was read by itself is not what passed the checks.
    expect(report.isApart).toBe(true);
    expect(seen).toBeLessThan(blockSize + 2 * MIB);
  });

  test('the index is asked for once, and what is at the beginning without it', async () => {
    const { service, archive, ranges } = await opened(xz);
    await streamed(service, archive, 'a');
    const before = ranges().length;
    await streamed(service, archive, 'g');
    const withIndex = ranges().length;
    await streamed(service, archive, 'h');
    expect(before).toBeLessThanOrEqual(2);
    expect(ranges().length - withIndex).toBeLessThan(withIndex - before);
  });

  test('a beginning that was looked at is not fetched again with the rest', async () => {
    const { service, archive, ranges } = await opened(xz);
    const range = { row: rowOf(archive, 'g'), fileOffset: 0, length: 1000 };
    unwrap(await service.read(archive.id, range, () => undefined, signal()));
    const looked = ranges();
    await streamed(service, archive, 'g');
    const starts = ranges()
      .slice(looked.length)
      .map((one) => /bytes=(\d+)/.exec(one ?? '')?.[1]);
    const before = looked.map((one) => /bytes=(\d+)/.exec(one ?? '')?.[1]);
    expect(starts.filter((start) => before.includes(start))).toEqual([]);
  });

  test('once it was verified its files are what was checked', async () => {
    const { service, archive, ranges } = await opened(xz);
    await streamed(service, archive, 'h');
    const { verdicts } = unwrap(await service.verify(archive.id, () => undefined, signal()));
    expect(verdicts['nar-hash'].state).toBe('verified');
    const { length } = ranges();
    const { report } = await streamed(service, archive, 'h');
    expect(report.isApart).toBeUndefined();
    expect(ranges()).toHaveLength(length);
  });
});

test.each([
  ['one block', sh('xz -c -0', NAR), {}],
  ['a FileSize that is wrong', BLOCKS, { fileSize: BLOCKS.length - 4 }],
])('%s: it is read in order', async (_, xz, facts) => {
  const { service, archive, ranges } = await opened(xz, facts);
  const { report } = await streamed(service, archive, 'g');
  expect(report.isApart).toBeUndefined();
  expect(report.cost.receivedBytes).toBeGreaterThan(7 * MIB);
  expect(ranges().some((range) => range?.startsWith('bytes=0-') || range === undefined)).toBe(true);
});

test('blocks of another NAR are not taken for this one’s', async () => {
  const other = NAR.slice();
  // With the length in front of the last file.
  other.fill(7, NAR.length - (contents.get('h')?.length ?? 0) - 200);
  const { service, archive } = await opened(sh('xz -c -0 --block-size=1MiB', other));
  const range = { row: rowOf(archive, 'h'), fileOffset: 0 };
  const outcome = await service.stream(
    archive.id,
    range,
    async () => undefined,
    () => undefined,
    signal(),
  );
  expect(outcome).toMatchObject({ ok: false, failure: { kind: 'source', reason: 'wrong-range' } });
});

test('one that is stopped while the index comes does not stop another', async () => {
  const { service, archive } = await opened(BLOCKS);
  const leaving = new AbortController();
  const range = { row: rowOf(archive, 'h'), fileOffset: 0 };
  const left = service.stream(
    archive.id,
    range,
    async () => undefined,
    () => undefined,
    leaving.signal,
  );
  const right = streamed(service, archive, 'h');
  leaving.abort();
  expect(await left).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
  await right;
});

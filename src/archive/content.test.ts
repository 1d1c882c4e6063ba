import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { LIMITS } from '../limits';
import { dir, file, join, link, nar, str, u64 } from '../nix/nar/testing';
import { type ExportedNar, exportTap } from './content';
import { createArchiveService } from './create-service';
import { startHashingHere } from './local-hashing';
import { fileOf, HASH, signal } from './testing/one-path-cache';

const pathOf = (tree: Uint8Array) =>
  join(u64(1), nar(tree), u64(0x4558494e), str(`/nix/store/${HASH}-x`), u64(0), str(''), u64(0));

const openFile = (bytes: Uint8Array<ArrayBuffer>, name: string) =>
  createArchiveService().open({ kind: 'file', file: fileOf(bytes, name) }, () => undefined, signal());

test('100 000 paths in some KiB of xz are not held', async () => {
  const paths = Buffer.concat(new Array(100_000).fill(pathOf(file())));
  const packed = new Uint8Array(execFileSync('xz', ['-0', '-c'], { input: paths, maxBuffer: 2 ** 30 }));
  expect(packed.length).toBeLessThan(20_000);
  expect(await openFile(packed, 'closure.nar.xz')).toMatchObject({
    ok: false,
    failure: { kind: 'limit', what: 'store paths in an export stream', limit: LIMITS.exportedPaths.most },
  });
});

test('the trees of an export stream have room for as much as one tree', async () => {
  const tree = dir({ a: link('b'), c: file() });
  const room = { entries: 3 * 5, textBytes: 3 * 5 };
  const paths: ExportedNar[] = [];
  const tap = exportTap(paths, await startHashingHere('sha256'), room);
  for (let i = 0; i < 5; i++) await tap.bytes(pathOf(tree));
  expect(room).toEqual({ entries: 0, textBytes: 0 });
  await expect(async () => tap.bytes(pathOf(tree))).rejects.toMatchObject({
    kind: 'limit',
    what: 'entries of an archive',
  });
});

const NARINFO = 'StorePath: /nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-x\n';

test.each([
  ['narinfo', NARINFO, LIMITS.metadata.most],
  ['derivation', 'Derive(', LIMITS.derivation.most],
])('a local %s is as large as one of a cache may be, and no larger', async (format, beginning, most) => {
  const sized = (size: number) => {
    const bytes = new Uint8Array(size).fill(0x20);
    bytes.set(new TextEncoder().encode(beginning));
    return openFile(bytes, 'x');
  };
  expect(await sized(most)).toMatchObject({ ok: false, failure: { kind: 'metadata-format', format } });
  expect(await sized(most + 1)).toMatchObject({
    ok: false,
    failure: { kind: 'limit', what: `bytes of a ${format}`, limit: most },
  });
});

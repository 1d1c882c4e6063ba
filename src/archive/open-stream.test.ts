import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createArchiveService } from './create-service';
import {
  archiveOf,
  exportOf,
  fileOf,
  LS,
  NAR,
  openAndRead,
  rowOf,
  signal,
  text,
  unwrap,
  utf8,
  xz,
} from './testing/one-path-cache';

test.each([
  ['a.nar', NAR],
  ['compressed, with a name that says nothing', xz(NAR)],
])('a local NAR, %s', async (name, bytes) => {
  const { archive, read } = await openAndRead({ kind: 'file', file: fileOf(new Uint8Array(bytes), name) });
  expect(archive.origin).toEqual({ kind: 'file', fileName: name, fileSize: bytes.length });
  expect(await read('bin/nix')).toBe('#!/bin/sh\nnix');
  expect(await read('z-last')).toBe('the end');
});

test.each([
  ['x.narinfo', 'StorePath: /nix/store/', 'metadata-format'],
  ['x.jpg', '\xff\xd8\xff and so on', 'metadata-format'],
  ['empty', '', 'metadata-format'],
])('a local file that is nothing of ours: %s', async (name, contents, kind) => {
  const outcome = await createArchiveService().open(
    { kind: 'file', file: fileOf(contents, name) },
    () => undefined,
    signal(),
  );
  expect(outcome).toMatchObject({ ok: false, failure: { kind } });
});

test('local metadata: a listing, a derivation', async () => {
  const open = async (contents: string) =>
    unwrap(
      await createArchiveService().open(
        { kind: 'file', file: fileOf(contents, 'x') },
        () => undefined,
        signal(),
      ),
    );
  expect(await open(LS)).toMatchObject({ kind: 'listing' });
  expect(await open('Derive([],[],[],"x","y",[],[])')).toMatchObject({ kind: 'derivation' });
});

test('a derivation that was cut is a failure, with its text to look at', async () => {
  const file = fileOf('Derive([],[],[],"x","y",["-e', 'x.drv');
  const outcome = await createArchiveService().open({ kind: 'file', file }, () => undefined, signal());
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: 'metadata-format', format: 'derivation', text: 'Derive([],[],[],"x","y",["-e' },
  });
});

test.each([
  ['lz4', [0x04, 0x22, 0x4d, 0x18], 'lz4 -dc'],
  ['lzip', [...utf8('LZIP'), 1], 'lzip -dc'],
  ['lzop', [0x89, ...utf8('LZO'), 0], 'lzop -dc'],
])('a local file of %s is named, with the command that reads it', async (codec, magic, detail) => {
  const file = fileOf(new Uint8Array([...magic, ...new Uint8Array(100)]), 'a.nar');
  const outcome = await createArchiveService().open({ kind: 'file', file }, () => undefined, signal());
  expect(outcome).toMatchObject({
    ok: false,
    failure: { kind: 'codec', reason: 'unsupported', codec, detail },
  });
});

test('a brotli file, which nothing but its name tells', async () => {
  const bytes = new Uint8Array(execFileSync('brotli', ['-c'], { input: NAR }));
  const { archive, read } = await openAndRead({ kind: 'file', file: fileOf(bytes, 'a.nar.br') });
  expect(archive.compression).toBe('br');
  expect(await read('z-last')).toBe('the end');
});

test('an export stream: its paths, each with its tree and its bytes', async () => {
  const stream = new Uint8Array([...exportOf('a', NAR), ...exportOf('b', NAR), ...new Uint8Array(8)]);
  const service = createArchiveService();
  const opened = unwrap(
    await service.open({ kind: 'file', file: fileOf(stream, 'two.export') }, () => undefined, signal()),
  );
  if (opened.kind !== 'export') throw new Error(opened.kind);
  expect(opened.storePaths.map(({ name }) => name)).toEqual(['a', 'b']);
  const input = { kind: 'exported' as const, exportId: opened.exportId, index: 1 };
  const archive = archiveOf(await service.open(input, () => undefined, signal()));
  expect(archive.origin).toMatchObject({ kind: 'exported', storePath: { name: 'b' } });
  const range = { row: rowOf(archive, 'z-last'), fileOffset: 0 };
  expect(text(unwrap(await service.read(archive.id, range, () => undefined, signal())).bytes)).toBe(
    'the end',
  );
  await service.close(opened.exportId);
  expect((await service.read(archive.id, range, () => undefined, signal())).ok).toBe(true);
  expect(await service.open(input, () => undefined, signal())).toMatchObject({
    failure: { reason: 'archive-closed' },
  });
});

test('an export of nothing, and one of a version that is not read', async () => {
  const open = (bytes: Uint8Array<ArrayBuffer>) =>
    createArchiveService().open({ kind: 'file', file: fileOf(bytes, 'x') }, () => undefined, signal());
  expect(await open(new Uint8Array(8))).toMatchObject({ value: { kind: 'export', storePaths: [] } });
  expect(await open(new Uint8Array([...utf8('NARIO2'), 0, 0, ...new Uint8Array(40)]))).toMatchObject({
    failure: { kind: 'metadata-format', format: 'export-stream', reason: 'unsupported-version' },
  });
});

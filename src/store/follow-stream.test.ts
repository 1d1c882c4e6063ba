import { expect, test } from 'vitest';
import type { Failure } from '../archive/failure';
import type { Opened, OpenedArchive } from '../archive/service';
import { LANDING } from './address';
import { HASH, OTHER_HASH, openedArchive } from './testing/fake-service';
import { setUp } from './testing/set-up';

const utf8 = (text: string) => new TextEncoder().encode(text);

const A = { hashPart: HASH, name: 'a' };
const B = { hashPart: OTHER_HASH, name: 'b' };

const CLOSED: Failure = {
  kind: 'internal',
  reason: 'archive-closed',
  message: 'archive 7 is not open',
  stack: undefined,
};

const exportOf = (exportId: number): Opened => ({
  kind: 'export',
  exportId,
  fileName: 'e',
  storePaths: [A, B],
});

const exportedArchive = (id: number): Opened => {
  const archive: OpenedArchive = {
    ...openedArchive(id),
    origin: { kind: 'exported', fileName: 'e', storePath: B, references: [], deriver: undefined },
  };
  return { kind: 'archive', archive };
};

/** An export stream stands open at `/local`, and one of its store paths was chosen. */
async function setUpExport() {
  const set = setUp();
  const file = new File(['e'], 'e');
  set.input().openFile(file);
  await set.answer(exportOf(7));
  const choose = (exported: string | undefined) => {
    const { address, open } = set.address();
    const { place } = address;
    if (place.kind === 'local') open({ ...address, place: { ...place, exported, narPath: utf8('') } });
  };
  choose(OTHER_HASH);
  await set.answer(exportedArchive(8));
  const inputs = () => set.service.opens.map(({ input }) => input);
  return { ...set, file, choose, inputs };
}

test('a store path of an export is a step of its own; files inside keep it', async () => {
  const { bar, address, inputs, file, service } = await setUpExport();
  const { address: now, open } = address();
  if (now.place.kind === 'local') open({ ...now, place: { ...now.place, narPath: utf8('bin/x') } });
  expect(bar.history).toEqual([
    '/',
    '/local',
    `/local?exported=${OTHER_HASH}`,
    `/local/bin/x?exported=${OTHER_HASH}`,
  ]);
  expect(inputs()).toEqual([
    { kind: 'file', file },
    { kind: 'exported', exportId: 7, index: 1 },
  ]);
  expect(service.closed).toEqual([]);
});

test('Back from a store path of an export leads to the choice, Forward to the store path; nothing is read again', async () => {
  const { bar, answer, archive, inputs, service } = await setUpExport();
  bar.go(-1);
  expect(archive()).toMatchObject({ status: 'choosing', opened: { exportId: 7 } });
  expect(service.closed).toEqual([8]);
  bar.go(1);
  await answer(exportedArchive(10));
  expect(archive()).toMatchObject({ status: 'open', archive: { id: 10 } });
  expect(inputs().slice(2)).toEqual([{ kind: 'exported', exportId: 7, index: 1 }]);
});

test('from one store path of an export to another nothing is read again', async () => {
  const { choose, inputs, service } = await setUpExport();
  choose(HASH);
  expect(inputs().slice(2)).toEqual([{ kind: 'exported', exportId: 7, index: 0 }]);
  expect(service.closed).toEqual([8]);
});

test('an export that was closed meanwhile is read again, and the store path opened out of it', async () => {
  const { bar, answer, inputs, input, file, archive, service } = await setUpExport();
  input().openText(HASH);
  expect(service.closed).toEqual([7, 8]);
  bar.go(-1);
  await answer(exportOf(11));
  await answer(exportedArchive(12));
  expect(inputs().slice(3)).toEqual([
    { kind: 'file', file },
    { kind: 'exported', exportId: 11, index: 1 },
  ]);
  expect(archive()).toMatchObject({ status: 'open', archive: { id: 12 } });
});

test('an export that died with its thread is read again', async () => {
  const { stores, failed, inputs, file } = await setUpExport();
  void stores.archiveStore.getState().retry();
  await failed(CLOSED);
  expect(inputs().slice(2)).toEqual([
    { kind: 'exported', exportId: 7, index: 1 },
    { kind: 'file', file },
  ]);
});

test('a store path that is not in the export is a failure', async () => {
  const { choose, archive } = await setUpExport();
  choose('0'.repeat(32));
  expect(archive()).toMatchObject({ status: 'failed', failure: { format: 'address', field: 'exported' } });
});

test('an export by its URL has the same steps', async () => {
  const { address, answer, bar, service } = setUp('/?nar=https://a.org/e');
  await answer(exportOf(7));
  const { address: now, open } = address();
  if (now.place.kind === 'nar-url') open({ ...now, place: { ...now.place, exported: HASH } });
  expect(bar.current).toBe(`/?nar=https://a.org/e&exported=${HASH}`);
  expect(service.opens.at(-1)?.input).toEqual({ kind: 'exported', exportId: 7, index: 0 });
  open(LANDING);
  expect(service.closed).toEqual([7]);
});

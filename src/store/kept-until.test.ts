import { expect, test } from 'vitest';
import type { OpenedArchive, ReadReport } from '../archive/service';
import { UNCLAIMED, type Verdicts } from '../archive/verdict';
import { LIMITS } from '../limits';
import { ListingBuilder } from '../nix/nar/listing-builder';
import { HASH, openedArchive } from './testing/fake-service';
import { setUp } from './testing/set-up';

const LIMIT = LIMITS.spoolWithoutStorage.most;
const utf8 = (text: string) => new TextEncoder().encode(text);
const verdict = (state: 'verified' | 'unchecked') => ({ state, detail: '' });
const UNREAD: Verdicts = { ...UNCLAIMED, 'nar-hash': verdict('unchecked') };
const WHOLE: Verdicts = { ...UNCLAIMED, 'nar-hash': verdict('verified') };

/** `early` ends at 105, `late` 10 bytes behind what every browser keeps; `none` has no bytes, and stands behind both. */
function listing() {
  const builder = new ListingBuilder();
  builder.enterDirectory(utf8(''));
  builder.addRegular(utf8('early'), { executable: false, size: 5, narOffset: 100 });
  builder.addRegular(utf8('late'), { executable: false, size: 20, narOffset: LIMIT - 10 });
  builder.addRegular(utf8('none'), { executable: false, size: 0, narOffset: LIMIT + 100 });
  builder.leaveDirectory();
  return builder.snapshot();
}

const [EARLY, LATE, NONE] = [1, 2, 3];

async function opened(more: Partial<OpenedArchive> = {}) {
  const page = setUp(`/nix/store/${HASH}`);
  await page.answer({ kind: 'archive', archive: { ...openedArchive(1), listing: listing(), ...more } });
  const keptUntil = () => {
    const state = page.archive();
    return state.status === 'open' ? state.keptUntil : undefined;
  };
  const read = (row: number, more: Pick<ReadReport, 'verdicts' | 'isApart'>) => {
    const { noteRead } = page.stores.archiveStore.getState();
    noteRead(1, { row, fileOffset: 0 }, { ...openedArchive(1), ...more });
  };
  return { ...page, keptUntil, read };
}

test('before anything is seen, so much is kept as every browser keeps', async () => {
  expect((await opened()).keptUntil()).toBe(LIMIT);
  expect((await opened({ keptIn: 'nowhere' })).keptUntil()).toBe(LIMIT);
});

test('private files keep everything, and so does a file of the person’s own', async () => {
  expect((await opened({ keptIn: 'opfs' })).keptUntil()).toBe(Number.POSITIVE_INFINITY);
  const origin = { kind: 'file', fileName: 'x.nar', fileSize: 1 } as const;
  expect((await opened({ keptIn: 'nowhere', origin })).keptUntil()).toBe(Number.POSITIVE_INFINITY);
});

test('a read that was handed out as it was kept shows that there is room for all', async () => {
  const { keptUntil, read } = await opened();
  read(EARLY, { verdicts: WHOLE });
  expect(keptUntil()).toBe(LIMIT);
  read(NONE, { verdicts: WHOLE });
  expect(keptUntil(), 'nothing was read').toBe(LIMIT);
  read(LATE, { verdicts: WHOLE });
  expect(keptUntil()).toBe(Number.POSITIVE_INFINITY);
});

test('a read that was apart shows that there is not', async () => {
  const { keptUntil, read } = await opened({ keptIn: 'opfs' });
  read(LATE, { verdicts: WHOLE, isApart: true });
  expect(keptUntil()).toBe(LIMIT + 9);
  read(EARLY, { verdicts: WHOLE, isApart: true });
  expect(keptUntil()).toBe(104);
});

test('a range of a NAR that is not compressed says nothing before that is read whole', async () => {
  const { keptUntil, read } = await opened({ keptIn: 'nowhere' });
  read(EARLY, { verdicts: UNREAD, isApart: true });
  expect(keptUntil()).toBe(LIMIT);
  read(EARLY, { verdicts: WHOLE, isApart: true });
  expect(keptUntil()).toBe(104);
});

import { expect, test } from 'vitest';
import { opfsKeptFiles } from '../bytes/kept-files';
import { memorySource } from '../bytes/memory-source';
import { collect } from '../bytes/stream';
import { pattern } from '../bytes/testing';
import { FakeBrowser } from '../bytes/testing/fake-opfs';
import { LIMITS } from '../limits';
import { dir, file, listingOf, nar } from '../nix/nar/testing';
import { formatNarInfo, parseNarInfo } from '../nix/narinfo';
import { KeptNars } from './kept-nars';
import { narHashOf } from './kept-records';
import { sha256, signal, utf8 } from './testing/one-path-cache';

const FOLDER = 'nar-explorer-kept';
const QUOTA = 10_000;

/** A path of its own, with a NAR of about this size. */
function pathOf(letter: string, size = 1000, contents = letter) {
  const bytes = nar(dir({ [contents]: file(pattern(size)) }));
  const hashPart = letter.repeat(32);
  const narInfoText = formatNarInfo({
    storePath: { hashPart, name: 'x' },
    url: 'nar/x.nar',
    compression: 'xz',
    fileHash: undefined,
    fileSize: undefined,
    narHash: sha256(bytes),
    narSize: bytes.length,
    references: [],
    deriver: undefined,
    system: undefined,
    signatures: [],
    contentAddress: undefined,
    unknownFields: [],
    quirks: [],
  });
  const path = {
    cacheUrl: 'https://cache.example',
    narInfo: parseNarInfo(narInfoText),
    narInfoText,
    fetchedAt: 1000,
  };
  const whole = {
    listing: () => listingOf(bytes),
    read: () => memorySource(bytes).read({ start: 0 }, signal()),
  };
  return { hashPart, narHash: narHashOf(path.narInfo) ?? '', bytes, path, whole };
}

const [A, B, C] = [pathOf('a'), pathOf('b'), pathOf('c')];
type Path = typeof A;

/** A visit: each has a worker of its own. The clock goes on by one with each look at it. */
function setUp(browser = new FakeBrowser()) {
  let time = 0;
  const visit = () => {
    const nars = new KeptNars(opfsKeptFiles(browser.navigator()), () => ++time);
    const keep = ({ path, whole }: Path, quota = QUOTA) => nars.keep(path, whole, quota);
    const use = async ({ hashPart }: Path) => {
      const kept = await nars.open(hashPart);
      await kept?.release();
      return kept !== undefined;
    };
    const has = () => Promise.all([A, B, C].map(({ hashPart }) => nars.has(hashPart)));
    return { nars, keep, use, has };
  };
  return { browser, files: browser.files(FOLDER), visit };
}

/** Lets what nobody waits for be done. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

test('what was kept is there on the next visit: bytes, listing, and what described it', async () => {
  const { files, visit } = setUp();
  await visit().keep(A);
  expect([...files.keys()].sort()).toEqual(
    [`${A.narHash}.nar`, `${A.narHash}.ls`, `${A.hashPart}.${A.narHash}.json`].sort(),
  );
  const { nars } = visit();
  expect(await nars.has(A.hashPart)).toBe(true);
  expect(await nars.open(A.hashPart, B.narHash)).toBeUndefined();
  const kept = await nars.open(A.hashPart, A.narHash);
  expect(kept?.path).toMatchObject(A.path);
  expect(await collect(kept?.source.read({ start: 0 }, signal()) ?? none(), 1e6)).toEqual(A.bytes);
  expect(await kept?.listing()).toMatch(/^\{"version":1/);
  const { nars: count, bytes } = { bytes: 0, nars: 0, ...(await nars.report()) };
  const onDisk = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  expect(count).toBe(1);
  expect(Math.abs(bytes - onDisk)).toBeLessThan(20);
});

async function* none() {}

test('a NAR is kept for the path that it was read for, and for another one as soon as that was', async () => {
  const same = pathOf('d', 1000, 'a');
  expect(same.narHash).toBe(A.narHash);
  const { files, visit } = setUp();
  const { nars, keep } = visit();
  await keep(A);
  expect(await nars.has(same.hashPart)).toBe(false);
  await keep(same);
  expect(files.size).toBe(4);
  for (const { hashPart } of [A, same]) expect(await nars.open(hashPart)).toBeDefined();
});

test('the least recently used goes first, and opening uses', async () => {
  const { visit } = setUp();
  const { keep, use, has } = visit();
  await keep(A, 4400);
  await keep(B, 4400);
  expect(await use(A)).toBe(true);
  await keep(C, 4400);
  expect(await has()).toEqual([true, false, true]);
});

test('what stands open is not removed for another, in this tab or the next; what is too large removes nothing', async () => {
  const { visit } = setUp();
  const [one, other] = [visit(), visit()];
  await one.keep(A, 4400);
  await one.keep(B, 4400);
  const open = await other.nars.open(A.hashPart);
  await one.keep(C, 4400);
  expect(await one.has()).toEqual([true, false, true]);
  await one.keep(pathOf('f', 4300), 4400);
  expect(await one.has()).toEqual([true, false, true]);
  const alsoOpen = await one.nars.open(C.hashPart);
  await one.keep(B, 4400);
  expect(await one.has()).toEqual([true, false, true]);
  await open?.release();
  await alsoOpen?.release();
  await one.keep(B, 4400);
  expect(await one.has()).toEqual([false, true, true]);
});

test('no more NARs than the limit are kept, however small', async () => {
  const { browser, visit } = setUp();
  const { nars, keep, has } = visit();
  const others = LIMITS.keptNars.most - 1;
  for (let i = 0; i < others; i++) {
    const narHash = String(i).padStart(52, '0');
    browser.files(FOLDER).set(`${narHash}.nar`, utf8('x'));
    browser.files(FOLDER).set(`${'z'.repeat(32)}.${narHash}.json`, utf8('not JSON'));
  }
  await keep(A, 2 ** 30);
  expect(await nars.report()).toMatchObject({ nars: others + 1 });
  await keep(B, 2 ** 30);
  expect(await nars.report()).toMatchObject({ nars: others + 1 });
  expect(await has()).toEqual([true, true, false]);
});

test('a quota of 0 keeps nothing, and writes nothing', async () => {
  const { browser, visit } = setUp();
  await visit().keep(A, 0);
  expect(browser.writes).toEqual([]);
});

test('a lower quota is kept to at once; all can be removed, what is open when it is closed', async () => {
  const { files, visit } = setUp();
  const { nars, keep, has } = visit();
  for (const path of [A, B, C]) await keep(path);
  await nars.trim(2500);
  expect(await has()).toEqual([false, false, true]);
  await keep(A);
  const open = await visit().nars.open(C.hashPart);
  await nars.removeAll();
  expect(await has()).toEqual([false, false, false]);
  expect([...files.keys()].sort()).toEqual([`${C.narHash}.ls`, `${C.narHash}.nar`]);
  expect(await collect(open?.source.read({ start: 0 }, signal()) ?? none(), 1e6)).toEqual(C.bytes);
  await open?.release();
  expect(files.size).toBe(0);
});

test('the browser has less room than the quota: older ones go, and else nothing is kept and nobody hears of it', async () => {
  const { browser, files, visit } = setUp();
  const { keep, has } = visit();
  await keep(A);
  browser.room = 2500;
  await keep(B);
  expect(await has()).toEqual([false, true, false]);
  browser.room = 1000;
  await keep(C);
  expect(files.size).toBe(0);
});

test('what a dead session left half-written is removed by the next one, and nothing else', async () => {
  const { files, visit } = setUp();
  await visit().keep(A);
  files.set(`${B.narHash}.nar`, new Uint8Array(9));
  files.set(`${C.narHash}.ls`, new Uint8Array(9));
  files.set('of somebody else', new Uint8Array(9));
  const { nars } = visit();
  await nars.has(B.hashPart);
  await turn();
  expect([...files.keys()].sort()).toEqual(
    [`${A.narHash}.nar`, `${A.narHash}.ls`, `${A.hashPart}.${A.narHash}.json`, 'of somebody else'].sort(),
  );
});

test.each<[string, (files: Map<string, Uint8Array<ArrayBuffer>>) => void]>([
  ['the NAR was cut', (files) => files.set(`${A.narHash}.nar`, A.bytes.slice(0, -8))],
  ['the NAR is gone', (files) => files.delete(`${A.narHash}.nar`)],
  ['the record was cut', (files) => cutRecord(files)],
  [
    'the record is that of another path',
    (files) => files.set(recordOf(A), files.get(recordOf(B)) ?? A.bytes),
  ],
  ['the record says nothing', (files) => files.set(recordOf(A), utf8('{}'))],
])('where %s, it is removed and not opened', async (_, damage) => {
  const { files, visit } = setUp();
  const { keep } = visit();
  await keep(A);
  await keep(B);
  damage(files);
  const { nars, use, has } = visit();
  expect(await nars.open(A.hashPart)).toBeUndefined();
  expect(await has()).toEqual([false, true, false]);
  expect([...files.keys()].filter((name) => name.includes(A.narHash))).toEqual([]);
  expect(await use(B)).toBe(true);
});

const recordOf = ({ hashPart, narHash }: Path) => `${hashPart}.${narHash}.json`;
const cutRecord = (files: Map<string, Uint8Array<ArrayBuffer>>) =>
  files.set(recordOf(A), (files.get(recordOf(A)) ?? A.bytes).slice(0, 40));

test('where nothing can be kept, nothing fails', async () => {
  const refusing = new FakeBrowser();
  refusing.refuses = 'directory';
  for (const nars of [new KeptNars(opfsKeptFiles({})), new KeptNars(opfsKeptFiles(refusing.navigator()))]) {
    await nars.keep(A.path, A.whole, QUOTA);
    expect(await nars.has(A.hashPart)).toBe(false);
    expect(await nars.open(A.hashPart)).toBeUndefined();
    expect(await nars.report()).toEqual({ isPossible: false });
    await nars.trim(0);
    await nars.removeAll();
  }
});

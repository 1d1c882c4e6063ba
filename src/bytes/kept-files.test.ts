import { expect, test } from 'vitest';
import { isQuotaError, opfsKeptFiles } from './kept-files';
import type { ByteStream } from './source';
import { gate, lend, pattern } from './testing';
import { FakeBrowser } from './testing/fake-opfs';

const FOLDER = 'nar-explorer-kept';

function filesOf(browser: FakeBrowser) {
  const files = opfsKeptFiles(browser.navigator());
  if (!files) throw new Error('there is a private file system');
  return files;
}

const readOf = async (file: File | undefined) => file && new Uint8Array(await file.arrayBuffer());

test('a file is written chunk by chunk, stays, and is removed', async () => {
  const browser = new FakeBrowser();
  const bytes = pattern(2500);
  const files = filesOf(browser);
  expect(await files.names()).toEqual([]);
  expect(await files.file('a')).toBeUndefined();
  await files.write(
    'a',
    lend(bytes.subarray(0, 1000), bytes.subarray(1000, 2000), bytes.subarray(2000)).stream,
  );
  expect(browser.writes).toEqual([1000, 1000, 500]);
  // As the next visit has it.
  const later = filesOf(browser);
  expect(await later.names()).toEqual(['a']);
  expect(await readOf(await later.file('a'))).toEqual(bytes);
  await later.write('a', lend(bytes.subarray(0, 10)).stream);
  expect(await readOf(await later.file('a'))).toEqual(bytes.slice(0, 10));
  await later.remove('a');
  await later.remove('a');
  expect(await later.names()).toEqual([]);
});

test('who only looks leaves no folder behind', async () => {
  const browser = new FakeBrowser();
  const files = filesOf(browser);
  await files.names();
  await files.readText('a');
  await expect(browser.navigator().storage.getDirectory()).resolves.toBeDefined();
  expect(await files.file('a')).toBeUndefined();
});

test('what cannot be written whole is not there', async () => {
  const browser = new FakeBrowser();
  const files = filesOf(browser);
  browser.room = 1500;
  const full = await files.write('a', lend(pattern(1000), pattern(1000)).stream).catch((error) => error);
  expect(isQuotaError(full)).toBe(true);
  const broken = async function* (): ByteStream {
    yield pattern(10);
    throw new Error('broken');
  };
  await expect(files.write('b', broken())).rejects.toThrow('broken');
  browser.refuses = 'handle';
  await expect(files.write('c', lend(pattern(1)).stream)).rejects.toMatchObject({ name: 'UnknownError' });
  expect(browser.files(FOLDER).size).toBe(0);
});

test('a text is read before or after it is written anew, not in between', async () => {
  const files = filesOf(new FakeBrowser());
  await files.writeText('a', 'old');
  const [, read] = await Promise.all([files.writeText('a', 'new and longer'), files.readText('a')]);
  expect(read).toBe('new and longer');
  expect(await files.readText('none')).toBeUndefined();
});

test('what somebody uses is not changed by anybody, in any tab; what is changed is used by nobody', async () => {
  const browser = new FakeBrowser();
  const [one, other] = [filesOf(browser), filesOf(browser)];
  const releases = [await one.share('k'), await other.share('k')];
  expect(await one.alone('k', async () => 'done')).toBeUndefined();
  expect(await one.alone('another', async () => 'done')).toBe('done');
  for (const release of releases) await release?.();
  const { opened, open } = gate();
  const working = one.alone('k', async () => opened);
  expect(await other.share('k')).toBeUndefined();
  open();
  await working;
  expect(await other.share('k')).toBeInstanceOf(Function);
});

test('work in turn waits for that of other tabs', async () => {
  const browser = new FakeBrowser();
  const { opened, open } = gate();
  const log: string[] = [];
  const first = filesOf(browser).inTurn(async () => {
    await opened;
    log.push('first');
  });
  const second = filesOf(browser).inTurn(async () => log.push('second'));
  open();
  await Promise.all([first, second]);
  expect(log).toEqual(['first', 'second']);
});

test('where there is no private file system, or no Web Locks, nothing is kept', async () => {
  expect(opfsKeptFiles(undefined)).toBeUndefined();
  expect(opfsKeptFiles({})).toBeUndefined();
  const browser = new FakeBrowser();
  expect(opfsKeptFiles(browser.navigator(false))).toBeUndefined();
  browser.refuses = 'directory';
  await expect(filesOf(browser).names()).rejects.toMatchObject({ name: 'SecurityError' });
});

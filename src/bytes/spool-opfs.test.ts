import { expect, test } from 'vitest';
import type { OpfsNavigator } from './opfs';
import { opfsStorage } from './spool-opfs';
import { FakeBrowser } from './testing/fake-opfs';

const FOLDER = 'nar-explorer-spool';

test('a file is written, read, cut and removed', async () => {
  const browser = new FakeBrowser();
  const file = await opfsStorage(browser.navigator()).open();
  expect(file.write(0, Uint8Array.of(1, 2, 3))).toBe(3);
  expect(file.write(3, Uint8Array.of(4))).toBe(1);
  file.truncate(3);
  const into = new Uint8Array(4);
  expect(file.read(1, into)).toBe(2);
  expect(into).toEqual(Uint8Array.of(2, 3, 0, 0));
  expect(browser.files(FOLDER).size).toBe(1);
  file.close();
  await file.remove();
  expect(browser.files(FOLDER).size).toBe(0);
});

test('each file is its own, and belongs to a session that holds its lock', async () => {
  const browser = new FakeBrowser();
  const storage = opfsStorage(browser.navigator());
  await storage.open();
  await storage.open();
  const names = [...browser.files(FOLDER).keys()];
  expect(new Set(names).size).toBe(2);
  const sessions = new Set(names.map((name) => `nar-explorer-spool/${name.split('.')[0]}`));
  expect(sessions).toEqual(browser.locks.held);
});

test('files of sessions that are gone are removed at the start, those of living ones are not', async () => {
  const browser = new FakeBrowser();
  await opfsStorage(browser.navigator()).open();
  const [living] = browser.files(FOLDER).keys();
  browser.files(FOLDER).set('gone.1', new Uint8Array(9));
  browser.files(FOLDER).set('gone.2', new Uint8Array(9));
  browser.files(FOLDER).set('other', new Uint8Array(9));
  await opfsStorage(browser.navigator()).open();
  const left = [...browser.files(FOLDER).keys()];
  expect(left).toHaveLength(2);
  expect(left).toContain(living);
  expect(browser.locks.held.size).toBe(2);
});

test('without Web Locks nobody can tell, and nothing is removed', async () => {
  const browser = new FakeBrowser();
  browser.files(FOLDER).set('gone.1', new Uint8Array(9));
  await opfsStorage(browser.navigator(false)).open();
  expect(browser.files(FOLDER).has('gone.1')).toBe(true);
});

test('a stale file that cannot be removed stops nobody', async () => {
  const browser = new FakeBrowser();
  browser.files(FOLDER).set('gone.1', new Uint8Array(9));
  browser.files(FOLDER).set('gone.2', new Uint8Array(9));
  browser.inUse = 'gone.1';
  const file = await opfsStorage(browser.navigator()).open();
  expect(file.write(0, Uint8Array.of(1))).toBe(1);
  expect([...browser.files(FOLDER).keys()]).toEqual(['gone.1', expect.any(String)]);
});

test('where there is no private file system, or it refuses, open rejects and leaves no file', async () => {
  // What a navigator without it has.
  await expect(opfsStorage({} as OpfsNavigator).open()).rejects.toThrow(TypeError);
  const browser = new FakeBrowser();
  browser.refuses = 'directory';
  await expect(opfsStorage(browser.navigator()).open()).rejects.toMatchObject({ name: 'SecurityError' });
  browser.refuses = 'handle';
  await expect(opfsStorage(browser.navigator()).open()).rejects.toMatchObject({ name: 'UnknownError' });
  expect(browser.files(FOLDER).size).toBe(0);
});

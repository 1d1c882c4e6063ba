import { expect, test } from 'vitest';
import { type OpfsNavigator, opfsStorage } from './spool-opfs';

/**
 * The origin private file system as far as the spool uses it; its files are shared by all who were given it,
 * as those of two tabs are. What the browsers themselves do is tested in the page.
 */
class FakeBrowser {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly held = new Set<string>();
  inUse: string | undefined;
  refuses: 'nothing' | 'directory' | 'handle' = 'nothing';

  navigator(withLocks = true): OpfsNavigator {
    const storage = { getDirectory: async () => this.root() };
    const locks = { request: this.request.bind(this) };
    // Only the members that the spool uses stand in the fakes.
    return (withLocks ? { storage, locks } : { storage }) as unknown as OpfsNavigator;
  }

  private root() {
    if (this.refuses === 'directory') throw new DOMException('private window', 'SecurityError');
    return { getDirectoryHandle: async () => this.directory() };
  }

  private directory() {
    return {
      keys: async function* (this: { files: FakeBrowser['files'] }) {
        yield* [...this.files.keys()];
      }.bind(this),
      removeEntry: async (name: string) => {
        if (name === this.inUse) throw new DOMException('in use', 'NoModificationAllowedError');
        if (!this.files.delete(name)) throw new DOMException('none', 'NotFoundError');
      },
      getFileHandle: async (name: string) => {
        this.files.set(name, new Uint8Array(0));
        return { createSyncAccessHandle: async () => this.handle(name) };
      },
    };
  }

  private handle(name: string) {
    if (this.refuses === 'handle') throw new DOMException('no', 'UnknownError');
    const bytes = () => this.files.get(name) ?? new Uint8Array(0);
    return {
      write: (from: Uint8Array, { at }: { at: number }) => {
        const longer = new Uint8Array(Math.max(bytes().length, at + from.length));
        longer.set(bytes());
        longer.set(from, at);
        this.files.set(name, longer);
        return from.length;
      },
      read: (into: Uint8Array, { at }: { at: number }) => {
        const part = bytes().subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      truncate: (size: number) => this.files.set(name, bytes().slice(0, size)),
      close: () => {},
    };
  }

  private async request(name: string, ...rest: [LockCallback] | [{ ifAvailable: boolean }, LockCallback]) {
    const callback = rest.length === 1 ? rest[0] : rest[1];
    const isFree = !this.held.has(name);
    // A session's own lock is never waited for.
    expect(isFree || rest.length === 2).toBe(true);
    this.held.add(name);
    await callback(isFree ? { name } : undefined);
    if (isFree) this.held.delete(name);
  }
}

type LockCallback = (lock: { name: string } | undefined) => Promise<unknown>;

test('a file is written, read, cut and removed', async () => {
  const browser = new FakeBrowser();
  const file = await opfsStorage(browser.navigator()).open();
  expect(file.write(0, Uint8Array.of(1, 2, 3))).toBe(3);
  expect(file.write(3, Uint8Array.of(4))).toBe(1);
  file.truncate(3);
  const into = new Uint8Array(4);
  expect(file.read(1, into)).toBe(2);
  expect(into).toEqual(Uint8Array.of(2, 3, 0, 0));
  expect(browser.files.size).toBe(1);
  file.close();
  await file.remove();
  expect(browser.files.size).toBe(0);
});

test('each file is its own, and belongs to a session that holds its lock', async () => {
  const browser = new FakeBrowser();
  const storage = opfsStorage(browser.navigator());
  await storage.open();
  await storage.open();
  const names = [...browser.files.keys()];
  expect(new Set(names).size).toBe(2);
  const sessions = new Set(names.map((name) => `nar-explorer-spool/${name.split('.')[0]}`));
  expect(sessions).toEqual(browser.held);
});

test('files of sessions that are gone are removed at the start, those of living ones are not', async () => {
  const browser = new FakeBrowser();
  await opfsStorage(browser.navigator()).open();
  const [living] = browser.files.keys();
  browser.files.set('gone.1', new Uint8Array(9));
  browser.files.set('gone.2', new Uint8Array(9));
  browser.files.set('other', new Uint8Array(9));
  await opfsStorage(browser.navigator()).open();
  const left = [...browser.files.keys()];
  expect(left).toHaveLength(2);
  expect(left).toContain(living);
  expect(browser.held.size).toBe(2);
});

test('without Web Locks nobody can tell, and nothing is removed', async () => {
  const browser = new FakeBrowser();
  browser.files.set('gone.1', new Uint8Array(9));
  await opfsStorage(browser.navigator(false)).open();
  expect(browser.files.has('gone.1')).toBe(true);
});

test('a stale file that cannot be removed stops nobody', async () => {
  const browser = new FakeBrowser();
  browser.files.set('gone.1', new Uint8Array(9));
  browser.files.set('gone.2', new Uint8Array(9));
  browser.inUse = 'gone.1';
  const file = await opfsStorage(browser.navigator()).open();
  expect(file.write(0, Uint8Array.of(1))).toBe(1);
  expect([...browser.files.keys()]).toEqual(['gone.1', expect.any(String)]);
});

test('where there is no private file system, or it refuses, open rejects and leaves no file', async () => {
  // What a navigator without it has.
  await expect(opfsStorage({} as OpfsNavigator).open()).rejects.toThrow(TypeError);
  const browser = new FakeBrowser();
  browser.refuses = 'directory';
  await expect(opfsStorage(browser.navigator()).open()).rejects.toMatchObject({ name: 'SecurityError' });
  browser.refuses = 'handle';
  await expect(opfsStorage(browser.navigator()).open()).rejects.toMatchObject({ name: 'UnknownError' });
  expect(browser.files.size).toBe(0);
});

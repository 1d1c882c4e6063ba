import { type OpfsNavigator, openSyncAccess, privateFolder } from './opfs';
import type { ByteStream } from './source';
import { eventTurn } from './stream';

/**
 * Files that stay when the page is left, and a way for the tabs of one origin not to get into each other's. What the files
 * mean is for others to say. Whoever uses them says so under a key: `share` and `alone` never wait, `inTurn` does.
 */
export interface KeptFiles {
  /** Names of all files; none before the first was written. Rejects where files cannot be kept. */
  names(): Promise<readonly string[]>;
  /** A file as it stands now, to be read in pieces; undefined when there is none. */
  file(name: string): Promise<File | undefined>;
  /**
   * Writes a file from its beginning, chunk by chunk: storage is fast with large ones, of 1 MiB and more. When this resolves
   * the file is whole; when it rejects there is none. No more room is a DOMException named QuotaExceededError.
   */
  write(name: string, bytes: ByteStream): Promise<void>;
  /** The text of a file, never in the middle of being written by another tab; undefined when there is none. */
  readText(name: string): Promise<string | undefined>;
  /** As `write`, for what is small and is written again while others read it. */
  writeText(name: string, text: string): Promise<void>;
  /** Whatever keeps it from being removed is nobody's concern: later sessions try again. */
  remove(name: string): Promise<void>;
  /** Uses what the key stands for, beside others, until the answer is called; undefined while somebody changes it. */
  share(key: string): Promise<(() => Promise<void>) | undefined>;
  /** Runs the work when nobody uses what the key stands for, in any tab; undefined when somebody does. */
  alone<T>(key: string, work: () => Promise<T>): Promise<T | undefined>;
  /** Runs the work when all work that any tab began before is done. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

/** The private file system's folder. */
const DIRECTORY = 'nar-explorer-kept';

/**
 * Kept files in the origin private file system; undefined where there is none, or no Web Locks: then nobody could tell what
 * another tab uses, or what was left half-written by one that is gone. Only workers can write.
 */
export function opfsKeptFiles(
  navigator: Partial<OpfsNavigator> | undefined = globalThis.navigator,
): KeptFiles | undefined {
  const { storage, locks } = navigator ?? {};
  if (typeof storage?.getDirectory !== 'function' || !locks) return undefined;
  // It is asked for each time: it goes when a person clears the site's data.
  const folder = () => privateFolder(storage, DIRECTORY, { create: false });
  const file = async (name: string) => {
    const handle = await folder()
      .then((directory) => directory.getFileHandle(name))
      .catch(unlessMissing);
    return handle?.getFile().catch(unlessMissing);
  };
  const write = async (name: string, bytes: ByteStream) => {
    try {
      const directory = await privateFolder(storage, DIRECTORY, { create: true });
      await writeWhole(await directory.getFileHandle(name, { create: true }), bytes);
    } catch (error) {
      await remove(name);
      throw error;
    }
  };
  const remove = async (name: string) => {
    await folder()
      .then((directory) => directory.removeEntry(name))
      .catch(() => {});
  };
  return {
    names: async () => {
      const directory = await folder().catch(unlessMissing);
      const names: string[] = [];
      if (directory) for await (const name of directory.keys()) names.push(name);
      return names;
    },
    file,
    write,
    readText: (name) =>
      locks.request(lockName(name), { mode: 'shared' }, async () => (await file(name))?.text()),
    writeText: (name, text) => locks.request(lockName(name), () => write(name, utf8(text))),
    remove,
    share: (key) => share(locks, lockName(key)),
    alone: (key, work) =>
      // `ifAvailable`: who waits here may be waited for elsewhere.
      locks.request(lockName(key), { ifAvailable: true }, async (lock) => (lock ? work() : undefined)),
    inTurn: (work) => locks.request(DIRECTORY, work),
  };
}

function lockName(key: string): string {
  return `${DIRECTORY}/${key}`;
}

async function* utf8(text: string): ByteStream {
  yield new TextEncoder().encode(text);
}

function unlessMissing(error: unknown): undefined {
  if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
  throw error;
}

async function writeWhole(handle: FileSystemFileHandle, bytes: ByteStream): Promise<void> {
  const file = await openSyncAccess(handle);
  try {
    file.truncate(0);
    let at = 0;
    for await (const chunk of bytes) {
      if (file.write(chunk, { at }) !== chunk.length)
        throw new DOMException(`no room behind byte ${at}`, 'QuotaExceededError');
      at += chunk.length;
      // Whatever a person waits for goes first.
      await eventTurn();
    }
    file.flush();
  } finally {
    file.close();
  }
}

/** Who asks for the lock as soon as the promise has resolved finds it free. */
function share(locks: LockManager, name: string): Promise<(() => Promise<void>) | undefined> {
  return new Promise((held, failed) => {
    const over: Promise<void> = locks.request(name, { mode: 'shared', ifAvailable: true }, (lock) => {
      if (!lock) return held(undefined);
      return new Promise<void>((letGo) => {
        held(() => {
          letGo();
          return over;
        });
      });
    });
    over.catch(failed);
  });
}

/** No more room: what else is kept can make some. */
export function isQuotaError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

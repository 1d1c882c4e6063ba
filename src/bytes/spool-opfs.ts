import { type OpfsNavigator, openSyncAccess, privateFolder } from './opfs';
import type { SpoolFile, SpoolStorage } from './spool-storage';

/** The private file system's folder that holds every session's spool files. */
const DIRECTORY = 'nar-explorer-spool';

/**
 * Spool files in the origin private file system. `open` rejects where there is none, or where it refuses:
 * private windows, WebKitGTK, plain http.
 *
 * A session is this one worker's life. It holds a Web Lock named after itself from before its first file on,
 * so a file whose session's lock is free was left by a worker that is gone: those are removed here, at the
 * start. Without Web Locks nobody can tell, and nothing is removed.
 */
export function opfsStorage(navigator: OpfsNavigator = globalThis.navigator): SpoolStorage {
  const begun = begin(navigator);
  // Whoever opens a file hears of it.
  begun.catch(() => {});
  // The folder is asked for each time: it goes when a person clears the site's data.
  return { open: async () => openFile(await begun, await openFolder(navigator)) };
}

function openFolder({ storage }: OpfsNavigator): Promise<FileSystemDirectoryHandle> {
  return privateFolder(storage, DIRECTORY, { create: true });
}

/** Answers the session's name. */
async function begin(navigator: OpfsNavigator): Promise<string> {
  const directory = await openFolder(navigator);
  const { locks } = navigator;
  const name = randomName();
  if (locks) {
    await hold(locks, name);
    await removeStale(directory, locks, name).catch(() => {});
  }
  return name;
}

/** Resolves when the lock is held; it is let go when the worker ends. */
function hold(locks: LockManager, session: string): Promise<void> {
  return new Promise((held, failed) => {
    const forever = () => {
      held();
      return new Promise<never>(() => {});
    };
    locks.request(lockName(session), forever).catch(failed);
  });
}

async function removeStale(
  directory: FileSystemDirectoryHandle,
  locks: LockManager,
  own: string,
): Promise<void> {
  const files: string[] = [];
  for await (const file of directory.keys()) files.push(file);
  for (const file of files) {
    const session = file.split('.')[0] ?? '';
    if (session === own) continue;
    await locks.request(lockName(session), { ifAvailable: true }, async (lock) => {
      if (lock) await directory.removeEntry(file).catch(() => {});
    });
  }
}

async function openFile(session: string, directory: FileSystemDirectoryHandle): Promise<SpoolFile> {
  const fileName = `${session}.${randomName()}`;
  const remove = () => directory.removeEntry(fileName);
  const handle = await directory.getFileHandle(fileName, { create: true });
  try {
    const file = await openSyncAccess(handle);
    return {
      write: (at, bytes) => file.write(bytes, { at }),
      read: (at, into) => file.read(into, { at }),
      truncate: (size) => file.truncate(size),
      close: () => file.close(),
      remove,
    };
  } catch (error) {
    await remove().catch(() => {});
    throw error;
  }
}

function lockName(session: string): string {
  return `${DIRECTORY}/${session}`;
}

/** `crypto.randomUUID` does not exist on pages without https. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (word) => word.toString(36)).join('');
}

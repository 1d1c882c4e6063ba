import type { OpfsNavigator } from '../opfs';

type Bytes = Uint8Array<ArrayBuffer>;
type Callback = (lock: { readonly name: string } | null) => unknown;
type Mode = 'shared' | 'exclusive';

/**
 * For tests: the origin private file system and Web Locks as far as this folder uses them. They are shared by all who were given
 * them, as those of two tabs are. What the browsers themselves do is tested in the page.
 */
export class FakeBrowser {
  refuses: 'nothing' | 'directory' | 'handle' = 'nothing';
  /** A file that cannot be removed. */
  inUse: string | undefined;
  /** Bytes of all files that there is room for. */
  room = Number.POSITIVE_INFINITY;
  /** Sizes of all writes, in order. */
  readonly writes: number[] = [];
  readonly locks = new FakeLocks();
  private readonly folders = new Map<string, Map<string, Bytes>>();

  files(folder: string): Map<string, Bytes> {
    const files = this.folders.get(folder) ?? new Map<string, Bytes>();
    this.folders.set(folder, files);
    return files;
  }

  navigator(withLocks = true): OpfsNavigator {
    const storage = { getDirectory: async () => this.root() };
    const locks = { request: this.locks.request.bind(this.locks) };
    // Only the members that are used stand in the fakes.
    return (withLocks ? { storage, locks } : { storage }) as unknown as OpfsNavigator;
  }

  private root() {
    if (this.refuses === 'directory') throw new DOMException('private window', 'SecurityError');
    return {
      getDirectoryHandle: async (folder: string, { create }: { create: boolean }) => {
        if (!create && !this.folders.has(folder)) throw missing();
        return this.directory(this.files(folder));
      },
    };
  }

  private directory(files: Map<string, Bytes>) {
    return {
      keys: async function* () {
        yield* [...files.keys()];
      },
      removeEntry: async (name: string) => {
        if (name === this.inUse) throw new DOMException('in use', 'NoModificationAllowedError');
        if (!files.delete(name)) throw missing();
      },
      getFileHandle: async (name: string, { create = false } = {}) => {
        if (!files.has(name) && !create) throw missing();
        if (!files.has(name)) files.set(name, new Uint8Array(0));
        return {
          getFile: async () => {
            const bytes = files.get(name);
            if (!bytes) throw missing();
            return new File([bytes], name);
          },
          createSyncAccessHandle: async () => this.handle(files, name),
        };
      },
    };
  }

  private handle(files: Map<string, Bytes>, name: string) {
    if (this.refuses === 'handle') throw new DOMException('no', 'UnknownError');
    const bytes = () => files.get(name) ?? new Uint8Array(0);
    return {
      write: (from: Uint8Array, { at }: { at: number }) => {
        this.writes.push(from.length);
        const used = [...this.folders.values()].flatMap((folder) => [...folder.values()]);
        const free = this.room - used.reduce((sum, { length }) => sum + length, 0);
        const written = Math.min(from.length, Math.max(0, free));
        const longer = new Uint8Array(Math.max(bytes().length, at + written));
        longer.set(bytes());
        longer.set(from.subarray(0, written), at);
        files.set(name, longer);
        return written;
      },
      read: (into: Uint8Array, { at }: { at: number }) => {
        const part = bytes().subarray(at, at + into.length);
        into.set(part);
        return part.length;
      },
      truncate: (size: number) => files.set(name, bytes().slice(0, size)),
      flush: () => {},
      close: () => {},
    };
  }
}

/** Locks are given in the order in which they were asked for. */
class FakeLocks {
  private readonly granted = new Map<string, Mode[]>();
  private readonly waiting: { name: string; mode: Mode; grant: () => void }[] = [];

  /** Names of the locks that somebody holds. */
  get held(): Set<string> {
    return new Set([...this.granted].filter(([, modes]) => modes.length > 0).map(([name]) => name));
  }

  async request(
    name: string,
    ...rest: [Callback] | [{ mode?: Mode; ifAvailable?: boolean }, Callback]
  ): Promise<unknown> {
    const [{ mode = 'exclusive', ifAvailable = false }, callback] = rest.length === 1 ? [{}, rest[0]] : rest;
    if (!this.isFree(name, mode)) {
      if (ifAvailable) return callback(null);
      await new Promise<void>((grant) => this.waiting.push({ name, mode, grant }));
    }
    const modes = this.granted.get(name) ?? [];
    this.granted.set(name, modes);
    modes.push(mode);
    try {
      return await callback({ name });
    } finally {
      modes.splice(modes.indexOf(mode), 1);
      this.goOn(name);
    }
  }

  private isFree(name: string, mode: Mode): boolean {
    const modes = this.granted.get(name) ?? [];
    if (this.waiting.some((one) => one.name === name)) return false;
    return modes.length === 0 || (mode === 'shared' && modes.every((one) => one === 'shared'));
  }

  private goOn(name: string): void {
    if ((this.granted.get(name) ?? []).length > 0) return;
    const at = this.waiting.findIndex((one) => one.name === name);
    if (at >= 0) this.waiting.splice(at, 1)[0]?.grant();
  }
}

function missing(): DOMException {
  return new DOMException('none', 'NotFoundError');
}

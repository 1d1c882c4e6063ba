import { FailureError } from './failure';

/** Something that is freed when it is closed and nobody uses it any more. */
interface Closable {
  readonly close: () => Promise<void>;
}

interface Entry<T> {
  readonly value: T;
  users: number;
  closing: boolean;
}

/** What stands open, by number. A download that is under way keeps its archive until it ends, closed or not. */
export class OpenArchives<T extends Closable> {
  private readonly entries = new Map<number, Entry<T>>();
  // Numbers of a thread that died must not be those of the one after it.
  private nextId = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

  add(value: T): number {
    const id = this.nextId++;
    this.entries.set(id, { value, users: 0, closing: false });
    return id;
  }

  /** Keeps what stands open under the number until it is released. Throws `archive-closed` when nothing does. */
  hold(id: number): { readonly value: T; readonly release: () => Promise<void> } {
    const entry = this.entries.get(id);
    if (!entry || entry.closing) throw closed(id);
    entry.users++;
    const release = async () => {
      entry.users--;
      await this.freeIfUnused(id, entry);
    };
    return { value: entry.value, release };
  }

  /** Runs the work with what stands open under the number, which is kept meanwhile. */
  async use<R>(id: number, work: (value: T) => Promise<R>): Promise<R> {
    const { value, release } = this.hold(id);
    try {
      return await work(value);
    } finally {
      await release();
    }
  }

  /** Nothing new is begun; frees at once, or when the last one who uses it has ended. */
  async close(id: number): Promise<void> {
    const entry = this.entries.get(id);
    if (!entry) return;
    entry.closing = true;
    await this.freeIfUnused(id, entry);
  }

  private async freeIfUnused(id: number, entry: Entry<T>): Promise<void> {
    if (entry.users > 0 || !entry.closing || !this.entries.delete(id)) return;
    await entry.value.close();
  }
}

function closed(id: number): FailureError {
  return new FailureError({
    kind: 'internal',
    reason: 'archive-closed',
    message: `archive ${id} is not open`,
    stack: undefined,
  });
}

import type { Archive } from './archive';

/** Milliseconds that a transfer waits for somebody to want more of the file that was looked at. */
const PATIENCE = 30_000;

interface Place {
  readonly archive: Archive;
  readonly until: number;
  readonly signal: AbortSignal;
}

/**
 * Keeps one transfer at its place. Who looks at the beginning of a file may well take the rest: while he thinks, the
 * decoder stands still instead of being dropped, and going on costs nothing twice.
 */
export class Parking {
  private release: () => void = () => {};
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Runs the work, after which the archive's decoder waits to go on to byte `until` of the NAR; not when it was aborted. */
  async during<T>({ archive, until, signal }: Place, work: () => Promise<T>): Promise<T> {
    // Before the place that was kept is given up, for it may be on the way to this one.
    const release = archive.hold(until);
    this.leave();
    this.release = release;
    try {
      return await work();
    } finally {
      if (this.release === release) {
        if (signal.aborted) this.leave();
        else this.timer = setTimeout(() => this.leave(), PATIENCE);
      }
    }
  }

  /** Runs work of another kind: who stops it wants nothing to go on, whatever was waiting. */
  async leftOnAbort<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      if (signal.aborted) this.leave();
    }
  }

  leave(): void {
    clearTimeout(this.timer);
    this.release();
    this.release = () => {};
  }
}

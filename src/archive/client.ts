import { proxy, type Remote, wrap } from 'comlink';
import { lendThreads } from './lend-threads';
import { type Outcome, outcomeOf, succeed } from './outcome';
import type { ArchiveService } from './service';
import { startThread } from './start-thread';
import { failureOf, threadFailure } from './thread-failure';
import { registerTransferHandlers, withCrossingSignal } from './transfer-handlers';

/** The thread, as far as the client needs it. */
export type ArchiveThread = Pick<
  Worker,
  'addEventListener' | 'postMessage' | 'removeEventListener' | 'terminate'
>;

/**
 * The service in a thread of its own: in `first`, if there is one. Otherwise the thread is started by the first call, and again
 * by the first call after it died; what was waiting for a dead thread fails with `worker-died`, or `worker-not-loaded` where
 * it never ran. The caller cannot tell it from the service itself.
 */
export function connectArchiveService(
  start: () => ArchiveThread = startArchiveThread,
  first?: ArchiveThread,
): ArchiveService {
  registerTransferHandlers();
  const connect = (thread: ArchiveThread) =>
    new Connection(thread, (dead) => {
      if (connection === dead) connection = undefined;
    });
  let connection: Connection | undefined = first && connect(first);

  const call = async <T>(
    use: (remote: Remote<ArchiveService>) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    const answered = await outcomeOf(() => {
      connection ??= connect(started(start));
      return connection.answer(use);
    });
    return answered.ok ? answered.value : answered;
  };

  /** Browsers remember that a part of a thread's script could not be fetched: what is opened next has another thread. */
  const replaceIfSpoilt = () => {
    if (!connection?.isSpoilt) return;
    connection.retire();
    connection = undefined;
  };

  const callUntil = <T>(
    signal: AbortSignal,
    use: (remote: Remote<ArchiveService>, crossing: AbortSignal) => Promise<Outcome<T>>,
  ) => withCrossingSignal(signal, (crossing) => call((remote) => use(remote, crossing)));

  return {
    open: (input, onUpdate, signal) => {
      replaceIfSpoilt();
      return callUntil(signal, (remote, crossing) => remote.open(input, proxy(onUpdate), crossing));
    },
    read: (archiveId, range, onProgress, signal) =>
      callUntil(signal, (remote, crossing) => remote.read(archiveId, range, proxy(onProgress), crossing)),
    stream: (archiveId, range, write, onProgress, signal) =>
      callUntil(signal, (remote, crossing) =>
        remote.stream(archiveId, range, proxy(write), proxy(onProgress), crossing),
      ),
    verify: (archiveId, onProgress, signal) =>
      callUntil(signal, (remote, crossing) => remote.verify(archiveId, proxy(onProgress), crossing)),
    kept: () => call((remote) => remote.kept()),
    trimKept: (quota) => call((remote) => remote.trimKept(quota)),
    removeKept: () => call((remote) => remote.removeKept()),
    close: async (archiveId) => {
      if (connection) await call(async (remote) => succeed(await remote.close(archiveId)));
    },
  };
}

export const startArchiveThread = () => startThread('archive');

function started(start: () => ArchiveThread): ArchiveThread {
  try {
    return start();
  } catch (error) {
    throw threadFailure('worker-not-loaded', error instanceof Error ? error.message : String(error));
  }
}

/** A thread dies when its code cannot be loaded, when it throws outside of a call, or when memory runs out. */
class Connection {
  /** A part of its script could not be fetched. */
  isSpoilt = false;
  private isRetired = false;
  private readonly thread: ArchiveThread;
  private readonly endHelpers: () => void;
  private readonly remote: Remote<ArchiveService>;
  /** Not one promise that all calls race against: that would keep every answer for as long as the thread lives. */
  private readonly waiting = new Set<(reason: Error) => void>();

  constructor(thread: ArchiveThread, onDeath: (dead: Connection) => void) {
    const { port1, port2 } = new MessageChannel();
    thread.postMessage(null, [port2]);
    this.endHelpers = lendThreads(port1, startThread);
    this.thread = thread;
    this.remote = wrap<ArchiveService>(thread);
    const die = (event: Event) => {
      event.preventDefault();
      this.end();
      onDeath(this);
      const failure = failureOf(event);
      for (const reject of [...this.waiting]) reject(failure);
    };
    thread.addEventListener('error', die);
    thread.addEventListener('messageerror', die);
  }

  answer<T>(use: (remote: Remote<ArchiveService>) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    return new Promise((resolve, reject) => {
      this.waiting.add(reject);
      use(this.remote)
        .then(
          (outcome) => {
            this.isSpoilt ||= isNotLoaded(outcome);
            resolve(outcome);
          },
          (error: unknown) => reject(threadFailure('worker-died', String(error))),
        )
        .finally(() => {
          this.waiting.delete(reject);
          this.endIfDone();
        });
    });
  }

  /** Nothing new comes to it: it ends with the last call that is under way. */
  retire(): void {
    this.isRetired = true;
    this.endIfDone();
  }

  private endIfDone(): void {
    if (this.isRetired && this.waiting.size === 0) this.end();
  }

  private end(): void {
    this.thread.terminate();
    this.endHelpers();
  }
}

function isNotLoaded(outcome: Outcome<unknown>): boolean {
  return !outcome.ok && ['not-loaded', 'worker-not-loaded'].includes(outcome.failure.reason);
}

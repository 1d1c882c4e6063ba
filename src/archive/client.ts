import { proxy, type Remote, wrap } from 'comlink';
import type { Failure } from './failure';
import { fail, type Outcome } from './outcome';
import type { ArchiveService } from './service';
import { registerTransferHandlers } from './transfer-handlers';

/** The thread, as far as the client needs it. */
export type ArchiveThread = Pick<
  Worker,
  'addEventListener' | 'postMessage' | 'removeEventListener' | 'terminate'
>;

/**
 * The service in a thread of its own. The thread is started by the first call, and again by the first call after it
 * died; what was waiting for a dead thread fails with `worker-died`. The caller cannot tell it from the service itself.
 */
export function connectArchiveService(start: () => ArchiveThread = startWorker): ArchiveService {
  registerTransferHandlers();
  let connection: Connection | undefined;

  const call = async <T>(
    use: (remote: Remote<ArchiveService>) => Promise<Outcome<T>>,
  ): Promise<Outcome<T>> => {
    connection ??= connect(start(), () => {
      connection = undefined;
    });
    return Promise.race([use(connection.remote), connection.died]);
  };

  return {
    open: (input, onUpdate, signal) => call((remote) => remote.open(input, proxy(onUpdate), signal)),
    read: (archiveId, range, onProgress, signal) =>
      call((remote) => remote.read(archiveId, range, proxy(onProgress), signal)),
    stream: (archiveId, range, write, onProgress, signal) =>
      call((remote) => remote.stream(archiveId, range, proxy(write), proxy(onProgress), signal)),
    close: async (archiveId) => {
      await Promise.race([connection?.remote.close(archiveId), connection?.died]);
    },
  };
}

function startWorker(): Worker {
  return new Worker(new URL('../../workers/archive.worker.ts', import.meta.url), {
    type: 'module',
    name: 'archive',
  });
}

interface Connection {
  readonly remote: Remote<ArchiveService>;
  readonly died: Promise<Outcome<never>>;
}

/** A thread dies when its code cannot be loaded, when it throws outside of a call, or when memory runs out. */
function connect(thread: ArchiveThread, onDeath: () => void): Connection {
  const died = new Promise<Outcome<never>>((resolve) => {
    thread.addEventListener('error', (event) => {
      event.preventDefault();
      thread.terminate();
      onDeath();
      resolve(fail(workerDied('message' in event ? String(event.message) : '')));
    });
  });
  return { remote: wrap<ArchiveService>(thread), died };
}

function workerDied(message: string): Failure {
  return { kind: 'internal', reason: 'worker-died', message, stack: undefined };
}

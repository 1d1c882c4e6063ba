import { type ProxyMethods, releaseProxy, type TransferHandler, transfer, transferHandlers } from 'comlink';
import { buffersOf } from '../nix/nar/listing';
import type { ArchiveService } from './service';

/** What an AbortSignal becomes on its way: the port tells the far side's signal when to abort. */
type SignalParts = { readonly aborted: boolean; readonly port: MessagePort };

/** The near ends of signals that have crossed, until their call is over. */
const crossed = new WeakMap<AbortSignal, MessagePort>();

const abortSignalHandler: TransferHandler<AbortSignal, SignalParts> = {
  canHandle: (value): value is AbortSignal => value instanceof AbortSignal,
  serialize: (signal) => {
    const { port1, port2 } = new MessageChannel();
    signal.addEventListener('abort', () => port1.postMessage('abort'), { once: true });
    crossed.set(signal, port1);
    return [{ aborted: signal.aborted, port: port2 }, [port2]];
  },
  deserialize: ({ aborted, port }) => {
    const controller = new AbortController();
    if (aborted) controller.abort();
    port.onmessage = () => {
      controller.abort();
      port.close();
    };
    return controller.signal;
  },
};

/** To be called on both sides. comlink looks at root arguments only, so a signal is an argument of its own. */
export function registerTransferHandlers(): void {
  transferHandlers.set('AbortSignal', abortSignalHandler);
}

/**
 * Runs a call with a signal of its own, and lets go of both its ends afterwards. A port is kept for as long as its other
 * end is, so without this every call would leave a pair behind until both threads happen to collect garbage.
 */
export async function withCrossingSignal<T>(
  signal: AbortSignal,
  call: (crossing: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort);
  try {
    return await call(controller.signal);
  } finally {
    signal.removeEventListener('abort', abort);
    crossed.get(controller.signal)?.close();
  }
}

/**
 * The service as a thread gives it away: snapshots and file bytes are transferred, for nobody here needs them again. The
 * table of an opened archive is cloned: both sides keep one. Callbacks are let go of with the call that they came with.
 */
export function withTransfers(service: ArchiveService): ArchiveService {
  return {
    open: (input, onUpdate, signal) =>
      lending(onUpdate, (update) =>
        service.open(
          input,
          (news) => update(news.type === 'listing' ? transfer(news, buffersOf(news.listing)) : news),
          signal,
        ),
      ),
    read: (archiveId, range, onProgress, signal) =>
      lending(onProgress, async (progress) => {
        const outcome = await service.read(archiveId, range, progress, signal);
        return outcome.ok ? transfer(outcome, [outcome.value.bytes.buffer]) : outcome;
      }),
    stream: (archiveId, range, write, onProgress, signal) =>
      lending(onProgress, (progress) =>
        lending(write, (give) =>
          service.stream(
            archiveId,
            range,
            async (chunk) => give(transfer(chunk, [chunk.buffer])),
            progress,
            signal,
          ),
        ),
      ),
    verify: (archiveId, onProgress, signal) =>
      lending(onProgress, (progress) => service.verify(archiveId, progress, signal)),
    kept: () => service.kept(),
    trimKept: (quota) => service.trimKept(quota),
    removeKept: () => service.removeKept(),
    close: (archiveId) => service.close(archiveId),
  };
}

/**
 * Works with a callback of the other thread, which is given back when the work is done: what it holds there (the pieces of
 * a saved file) would otherwise wait for a collection here. What is told later goes nowhere.
 */
async function lending<Argument, Answer, T>(
  callback: ((argument: Argument) => Answer) & Partial<ProxyMethods>,
  work: (lent: (argument: Argument) => Answer | undefined) => Promise<T>,
): Promise<T> {
  let isOver = false;
  try {
    return await work((argument) => (isOver ? undefined : callback(argument)));
  } finally {
    isOver = true;
    callback[releaseProxy]?.();
  }
}

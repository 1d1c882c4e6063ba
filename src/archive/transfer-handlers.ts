import { type TransferHandler, transfer, transferHandlers } from 'comlink';
import { buffersOf } from '../nix/nar/listing';
import type { ArchiveService } from './service';

/** What an AbortSignal becomes on its way: the port tells the far side's signal when to abort. */
type SignalParts = { readonly aborted: boolean; readonly port: MessagePort };

const abortSignalHandler: TransferHandler<AbortSignal, SignalParts> = {
  canHandle: (value): value is AbortSignal => value instanceof AbortSignal,
  serialize: (signal) => {
    const { port1, port2 } = new MessageChannel();
    signal.addEventListener('abort', () => port1.postMessage('abort'), { once: true });
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
 * The service as a thread gives it away: snapshots and file bytes are transferred, for nobody here needs them again. The
 * table of an opened archive is cloned: both sides keep one.
 */
export function withTransfers(service: ArchiveService): ArchiveService {
  return {
    open: (input, onUpdate, signal) =>
      service.open(
        input,
        (update) =>
          onUpdate(update.type === 'listing' ? transfer(update, buffersOf(update.listing)) : update),
        signal,
      ),
    read: async (archiveId, range, onProgress, signal) => {
      const outcome = await service.read(archiveId, range, onProgress, signal);
      return outcome.ok ? transfer(outcome, [outcome.value.bytes.buffer]) : outcome;
    },
    stream: (archiveId, range, write, onProgress, signal) =>
      service.stream(archiveId, range, (chunk) => write(transfer(chunk, [chunk.buffer])), onProgress, signal),
    verify: (archiveId, onProgress, signal) => service.verify(archiveId, onProgress, signal),
    close: (archiveId) => service.close(archiveId),
  };
}

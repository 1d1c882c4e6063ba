import { throwIfAborted } from './errors';
import { isPastTheEnd } from './resuming-source';
import type { ByteRange, ByteSource, ByteStream } from './source';

/** Whether transfers are wanted just now. */
export class Pause {
  private readonly transfers = new Set<Transfer>();
  private isOn = false;
  private goOn: (() => void)[] = [];

  /** Transfers end, but for those that have brought everything; who reads them waits. */
  pause(): void {
    this.isOn = true;
    for (const transfer of this.transfers) if (!transfer.isComplete) transfer.end();
  }

  resume(): void {
    this.isOn = false;
    const { goOn } = this;
    this.goOn = [];
    for (const tell of goOn) tell();
  }

  /** A transfer that this pause ends, or the signal; not before it is wanted. */
  async begin(signal: AbortSignal): Promise<Transfer> {
    while (this.isOn) await this.nextResume(signal);
    throwIfAborted(signal);
    const controller = new AbortController();
    const end = () => controller.abort();
    signal.addEventListener('abort', end);
    const transfer: Transfer = {
      signal: controller.signal,
      isComplete: false,
      end,
      isEnded: () => controller.signal.aborted && !signal.aborted,
      forget: () => {
        signal.removeEventListener('abort', end);
        this.transfers.delete(transfer);
      },
    };
    this.transfers.add(transfer);
    return transfer;
  }

  private nextResume(signal: AbortSignal): Promise<void> {
    return new Promise<void>((resolve) => {
      const tell = () => {
        signal.removeEventListener('abort', tell);
        resolve();
      };
      signal.addEventListener('abort', tell, { once: true });
      this.goOn.push(tell);
    }).then(() => throwIfAborted(signal));
  }
}

interface Transfer {
  readonly signal: AbortSignal;
  isComplete: boolean;
  end(): void;
  /** By a pause. */
  isEnded(): boolean;
  forget(): void;
}

/**
 * The same source; what is read lets go of its transfer while it is paused, and goes on from the byte that it has reached. As
 * for `resumingSource`, the source has to know by itself when another file stands in the place of the first. `size` is what it
 * is said to hold.
 */
export function pausableSource(
  source: ByteSource,
  pause: Pause,
  size = Number.POSITIVE_INFINITY,
): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    for (let at = range.start; ; ) {
      const transfer = await pause.begin(signal);
      try {
        for await (const chunk of source.read({ start: at, end: range.end }, transfer.signal)) {
          at += chunk.length;
          transfer.isComplete = at >= size;
          yield chunk;
        }
        return;
      } catch (error) {
        // It was let go of when all had come.
        if (at > range.start && range.end === undefined && isPastTheEnd(error)) return;
        if (!transfer.isEnded()) throw error;
      } finally {
        transfer.forget();
      }
    }
  }
  return {
    get size() {
      return source.size;
    },
    read,
  };
}

import { LIMITS } from '../limits';
import { SourceError, throwIfAborted } from './errors';

/** A request that failed and is to be made again. */
export interface Retry {
  readonly error: SourceError;
  /** The first one is 1. */
  readonly attempt: number;
  readonly attempts: number;
  /** Milliseconds until then. */
  readonly wait: number;
}

export interface RetryOptions {
  /** Hears of each wait when it begins; of undefined when bytes came after all, or when it was given up. */
  readonly onRetry?: ((retry: Retry | undefined) => void) | undefined;
  /** For tests: waits, and is left by an abort with an AbortError. */
  readonly pause?: ((milliseconds: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** For tests: from 0 to 1. */
  readonly random?: (() => number) | undefined;
}

/** How often a request is made again before its failure is one. */
const ATTEMPTS = LIMITS.attempts.most;
/** A host that never answered is asked again once: most likely it does not allow pages to ask it (CORS). */
const ATTEMPTS_UNHEARD = 1;
/** The first wait in milliseconds; each after it is twice as long. */
const FIRST_WAIT = 400;
/** Who wants to be left alone for longer than this is: the person decides when to ask again. */
const LONGEST_WAIT = LIMITS.retryWait.most;
/** So many bytes without trouble, and the attempts begin anew. */
const RECOVERED = 2 ** 18;

/** A server that is there and cannot answer now: RFC 9110 §15, RFC 6585 §4. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * The patience of one read: which failures pass by themselves, how often it is asked again, and after how long. A wait is between
 * half of what it may be and all of it, so that many pages which lost one server do not come back at once.
 */
export class Retries {
  private readonly options: RetryOptions;
  /** Shared by the reads of one file: whether its host ever sent a byte. */
  private readonly host: { isHeard: boolean };
  private made = 0;
  private sinceTrouble = 0;
  private isWaitedFor = false;

  constructor(options: RetryOptions, host = { isHeard: false }) {
    this.options = options;
    this.host = host;
  }

  /** So many bytes came. */
  received(bytes: number): void {
    this.host.isHeard = true;
    this.sinceTrouble += bytes;
    if (this.sinceTrouble >= RECOVERED) this.made = 0;
    this.settle();
  }

  /** Waits until it is time to ask again. Throws the error itself when asking again would be of no use. */
  async after(error: unknown, signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    const wait = this.waitAfter(error);
    if (wait === undefined || !(error instanceof SourceError)) throw this.giveUp(error);
    this.made++;
    this.sinceTrouble = 0;
    this.isWaitedFor = true;
    this.options.onRetry?.({ error, attempt: this.made, attempts: this.attempts(error), wait });
    try {
      await (this.options.pause ?? pause)(wait, signal);
    } catch (aborted) {
      throw this.giveUp(aborted);
    }
  }

  /** Nobody waits any more; answers the error, to be thrown. */
  giveUp(error: unknown): unknown {
    this.settle();
    return error;
  }

  private waitAfter(error: unknown): number | undefined {
    if (!(error instanceof SourceError) || !isPassing(error)) return undefined;
    if (this.made >= this.attempts(error)) return undefined;
    const { random = Math.random } = this.options;
    const own = FIRST_WAIT * 2 ** this.made * (0.5 + random() / 2);
    const wait = Math.max(own, error.retryAfter ?? 0);
    return wait > LONGEST_WAIT ? undefined : wait;
  }

  private attempts({ reason }: SourceError): number {
    return reason === 'unreachable-or-cors' && !this.host.isHeard ? ATTEMPTS_UNHEARD : ATTEMPTS;
  }

  private settle(): void {
    if (!this.isWaitedFor) return;
    this.isWaitedFor = false;
    this.options.onRetry?.(undefined);
  }
}

function isPassing({ reason, status }: SourceError): boolean {
  if (reason === 'http-status') return status !== undefined && PASSING_STATUS.has(status);
  return (
    reason === 'short-read' ||
    reason === 'stalled' ||
    reason === 'offline' ||
    reason === 'unreachable-or-cors'
  );
}

/** Resolves after so long; an abort rejects at once. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(new DOMException('The operation was aborted.', 'AbortError'));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

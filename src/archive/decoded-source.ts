import { SourceError, throwIfAborted } from '../bytes/errors';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import type { Spool } from '../bytes/spool';
import { eventTurn } from '../bytes/stream';

/** Sees every decoded byte of one pass, from the first on. A throw ends the pass. */
export interface Tap {
  bytes(chunk: Uint8Array): void;
  /** The stream is complete. */
  end(): void;
}

/** Milliseconds after which events are let in: bytes that are in memory already would keep an abort waiting. */
const TURN = 40;

interface Parts {
  /** Names the source in failures. */
  readonly url: string;
  /** One pass over the decoded bytes, from the first. */
  readonly decode: (signal: AbortSignal) => ByteStream;
  /** Made anew for each pass. */
  readonly tap: () => Tap;
  readonly spool: Spool;
  /** False: nothing is kept, because the source itself can be read again for nothing. Asked when bytes have come. */
  readonly keeps?: () => boolean;
}

/**
 * The decoded bytes of a compressed source, as a ByteSource again. What was decoded once is kept in the spool; a read
 * past it runs the decoder just as far as somebody wants, then aborts the transfer. All reads share one pass, so a preview
 * and a download of the same file cost one transfer. When the spool can take no more, reads past it decode for
 * themselves, from the first byte, and nothing more is kept.
 */
export class DecodedSource implements ByteSource {
  /** Bytes that the current or the last pass decoded. */
  decodedBytes = 0;
  private readonly parts: Parts;
  private readonly readers = new Set<{ readonly until: number }>();
  private pass: Pass | undefined;
  /** The pass before has let go of the spool. */
  private stopped: Promise<void> = Promise.resolve();
  private completeSize: number | undefined;
  private spoolIsFull = false;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  get size(): number | undefined {
    return this.completeSize;
  }

  get keptIn(): 'memory' | 'opfs' {
    return this.parts.spool.keptIn;
  }

  /** Decodes everything once, and keeps what the spool takes. Answers the decoded size. */
  async readAll(signal: AbortSignal): Promise<number> {
    const reader = { until: Number.POSITIVE_INFINITY };
    this.readers.add(reader);
    try {
      while (this.completeSize === undefined) await this.advance(signal);
      return this.completeSize;
    } finally {
      this.leave(reader);
    }
  }

  async *read(range: ByteRange, signal: AbortSignal): ByteStream {
    const end = range.end ?? Number.POSITIVE_INFINITY;
    const reader = { until: end };
    this.readers.add(reader);
    try {
      let at = range.start;
      while (at < Math.min(end, this.completeSize ?? end)) {
        throwIfAborted(signal);
        const { spool } = this.parts;
        if (at < spool.size) {
          for await (const chunk of spool.read({ start: at, end: Math.min(end, spool.size) }, signal)) {
            at += chunk.length;
            yield chunk;
          }
        } else if (this.spoolIsFull) {
          yield* this.readPastSpool({ start: at, end }, signal);
          return;
        } else {
          await this.advance(signal);
        }
      }
      if (range.end !== undefined && at < range.end) throw this.endedEarly(range.end);
    } finally {
      this.leave(reader);
    }
  }

  async close(): Promise<void> {
    this.stopPass();
    await this.stopped;
    await this.parts.spool.close();
  }

  /** Waits until the pass, started if need be, kept more bytes or ended. */
  private async advance(signal: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    this.pass ??= this.startPass();
    const { pass } = this;
    await new Promise<void>((resolve, reject) => {
      const waiter = {
        resolve: () => settle(resolve),
        reject: (reason: unknown) => settle(() => reject(reason)),
      };
      const onAbort = () => waiter.reject(new DOMException('The operation was aborted.', 'AbortError'));
      const settle = (then: () => void) => {
        pass.waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        then();
      };
      signal.addEventListener('abort', onAbort);
      pass.waiters.add(waiter);
    });
  }

  private startPass(): Pass {
    const abort = new AbortController();
    const pass: Pass = { abort, waiters: new Set(), ended: Promise.resolve() };
    pass.ended = this.stopped
      .then(() => this.run(pass))
      .then(
        () => this.endPass(pass, (waiter) => waiter.resolve()),
        (error: unknown) => this.endPass(pass, (waiter) => waiter.reject(error)),
      );
    return pass;
  }

  /** Nobody wants more: the transfer is dropped. A reader that comes now gets a pass of its own. */
  private stopPass(): void {
    if (!this.pass) return;
    this.stopped = this.pass.ended;
    this.pass.abort.abort();
    this.pass = undefined;
  }

  private endPass(pass: Pass, tell: (waiter: Waiter) => void): void {
    if (this.pass === pass) this.pass = undefined;
    for (const waiter of [...pass.waiters]) tell(waiter);
  }

  private async run(pass: Pass): Promise<void> {
    const tap = this.parts.tap();
    this.decodedBytes = 0;
    let turn = performance.now();
    for await (const chunk of this.parts.decode(pass.abort.signal)) {
      tap.bytes(chunk);
      await this.keep(chunk);
      this.decodedBytes += chunk.length;
      for (const waiter of [...pass.waiters]) waiter.resolve();
      if (!this.isWanted()) return;
      if (performance.now() - turn < TURN) continue;
      await eventTurn();
      turn = performance.now();
    }
    tap.end();
    this.completeSize = this.decodedBytes;
  }

  /** Appends the part of the chunk that the spool does not have yet. */
  private async keep(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    const known = this.parts.spool.size - this.decodedBytes;
    if (this.spoolIsFull || known >= chunk.length) return;
    const keeps = this.parts.keeps?.() ?? true;
    this.spoolIsFull = !(keeps && (await this.parts.spool.append(chunk.subarray(Math.max(0, known)))));
  }

  private isWanted(): boolean {
    const furthest = Math.max(0, ...[...this.readers].map((reader) => reader.until));
    return this.spoolIsFull ? furthest === Number.POSITIVE_INFINITY : furthest > this.parts.spool.size;
  }

  private leave(reader: { readonly until: number }): void {
    this.readers.delete(reader);
    if (!this.isWanted()) this.stopPass();
  }

  private async *readPastSpool(range: { start: number; end: number }, signal: AbortSignal): ByteStream {
    const tap = this.parts.tap();
    let at = 0;
    for await (const chunk of this.parts.decode(signal)) {
      tap.bytes(chunk);
      const from = Math.max(0, range.start - at);
      const to = Math.min(chunk.length, range.end - at);
      at += chunk.length;
      if (from < to) yield chunk.subarray(from, to);
      if (at >= range.end) return;
    }
    tap.end();
    this.completeSize = at;
    if (Number.isFinite(range.end) && at < range.end) throw this.endedEarly(range.end);
  }

  private endedEarly(end: number): SourceError {
    return new SourceError({
      reason: 'short-read',
      url: this.parts.url,
      detail: `the decoded bytes end at ${this.completeSize}, before ${end}`,
    });
  }
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Pass {
  readonly abort: AbortController;
  readonly waiters: Set<Waiter>;
  ended: Promise<void>;
}

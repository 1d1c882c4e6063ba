import { SourceError } from '../bytes/errors';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import type { Spool } from '../bytes/spool';
import { eventTurn } from '../bytes/stream';
import { abortError, Signals } from './signals';

/** Sees every decoded byte of one pass, from the first on. A throw ends the pass; a promise holds it up. */
export interface Tap {
  bytes(chunk: Uint8Array): void | Promise<void>;
  /** The stream is complete. */
  end(): void | Promise<void>;
}

interface Parts {
  /** Names the source in failures. */
  readonly url: string;
  /** One pass over the decoded bytes, from the first. */
  readonly decode: (signal: AbortSignal) => ByteStream;
  /** Made anew for each pass. */
  readonly tap: () => Tap | Promise<Tap>;
  readonly spool: Spool;
  /** False: nothing is kept, because the source itself can be read again for nothing. Asked when bytes have come. */
  readonly keeps?: () => boolean;
  /** All was decoded and seen. `close` waits for what is done about it, which may read. */
  readonly onWhole?: () => Promise<void>;
}

/** Milliseconds after which events are let in: bytes that are in memory already would keep an abort waiting. */
const TURN = 40;

/** How far a pass runs ahead of the slowest reader, in decoded bytes: enough to decode while a chunk is written. */
const AHEAD = 1024 * 1024;

interface Reader {
  /** The next byte it needs; -Infinity for one that only keeps the pass from being dropped. */
  at: number;
  /** The first it does not. */
  readonly until: number;
}

interface Pass {
  readonly abort: AbortController;
  /** It stood still at least once, because nobody wanted more for now. */
  parked: boolean;
  ended: Promise<void>;
}

/**
 * The decoded bytes of a compressed source, as a ByteSource again. What was decoded once is kept in the spool; a read
 * past it runs the decoder as far as somebody wants, and the transfer is aborted when nobody is left who does. All reads
 * share one pass, which goes at the pace of its fastest reader and stands still while a reader holds on to its place: so
 * a preview and the download after it cost one transfer. When the spool can take no more, reads past it decode for
 * themselves, from the first byte, and nothing more is kept.
 */
export class DecodedSource implements ByteSource {
  /** Bytes that the pass under way has decoded; undefined when none is. */
  decodedBytes: number | undefined;
  private readonly parts: Parts;
  private readonly readers = new Set<Reader>();
  /** The spool grew, a pass ended, or a reader moved. */
  private readonly changed = new Signals();
  private pass: Pass | undefined;
  /** The pass before has let go of the spool. */
  private stopped: Promise<void> = Promise.resolve();
  /** Why the last pass ended, until each of the readers that it was for has heard. */
  private failed: { readonly error: unknown; readonly unheard: Set<Reader> } | undefined;
  private completeSize: number | undefined;
  private afterWhole: Promise<void> | undefined;
  private spoolIsFull = false;
  private closed = false;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  get size(): number | undefined {
    return this.completeSize;
  }

  get keptIn(): 'memory' | 'opfs' {
    return this.parts.spool.keptIn;
  }

  /** Whether all up to this byte is kept: it is handed out as it was decoded once. */
  isKept(until: number): boolean {
    return this.parts.spool.size >= until;
  }

  /** Decodes everything once, and keeps what the spool takes. Answers the decoded size. */
  async readAll(signal: AbortSignal): Promise<number> {
    const reader = { at: Number.POSITIVE_INFINITY, until: Number.POSITIVE_INFINITY };
    this.enter(reader);
    try {
      while (this.completeSize === undefined) await this.advance(reader, signal);
      return this.completeSize;
    } finally {
      this.leave(reader);
    }
  }

  async *read(range: ByteRange, signal: AbortSignal): ByteStream {
    const { spool } = this.parts;
    const reader: Reader = { at: range.start, until: range.end ?? Number.POSITIVE_INFINITY };
    this.enter(reader);
    try {
      while (reader.at < Math.min(reader.until, this.completeSize ?? reader.until)) {
        if (reader.at < spool.size) {
          const kept = { start: reader.at, end: Math.min(reader.until, spool.size) };
          for await (const chunk of spool.read(kept, signal)) {
            yield chunk;
            reader.at += chunk.length;
            this.changed.tell();
          }
        } else if (this.spoolIsFull) {
          yield* this.readPastSpool({ start: reader.at, end: reader.until }, signal);
          return;
        } else {
          await this.advance(reader, signal);
        }
      }
      if (range.end !== undefined && reader.at < range.end) throw this.endedEarly(range.end);
    } finally {
      this.leave(reader);
    }
  }

  /** The decoded byte up to which somebody reads by now; Infinity for everything. */
  get wantedUntil(): number {
    const active = [...this.readers].filter(({ at }) => at !== Number.NEGATIVE_INFINITY);
    return Math.max(0, ...active.map(({ until }) => until));
  }

  /** A pass on its way to this byte may stand still, but is not dropped, until the answer is called. */
  hold(until: number): () => void {
    const reader = { at: Number.NEGATIVE_INFINITY, until };
    this.enter(reader);
    return () => this.leave(reader);
  }

  /** Ends what is under way. Reads that need more than is kept end as if they were aborted. */
  async close(): Promise<void> {
    this.closed = true;
    this.stopPass();
    this.changed.tell();
    await this.stopped;
    await this.afterWhole;
    await this.parts.spool.close();
  }

  /** Waits until the pass, started if need be, kept more bytes or ended. */
  private async advance(reader: Reader, signal: AbortSignal): Promise<void> {
    if (this.closed) throw abortError();
    const { failed } = this;
    if (failed?.unheard.delete(reader)) throw failed.error;
    this.pass ??= this.startPass();
    await this.changed.next(signal);
  }

  private startPass(): Pass {
    const pass: Pass = { abort: new AbortController(), parked: false, ended: Promise.resolve() };
    pass.ended = this.stopped
      .then(() => this.run(pass))
      .catch((error: unknown) => this.fail(pass, error))
      .finally(() => {
        pass.abort.abort();
        this.decodedBytes = undefined;
        if (this.pass === pass) this.pass = undefined;
        this.changed.tell();
      });
    return pass;
  }

  /** A server may give up on a transfer that stood still: that is our own doing, and the next read begins anew. */
  private fail(pass: Pass, error: unknown): void {
    if (this.pass !== pass || (pass.parked && error instanceof SourceError)) return;
    this.failed = { error, unheard: new Set(this.readers) };
  }

  /** Nobody wants more: the transfer is dropped. A reader that comes now gets a pass of its own. */
  private stopPass(): void {
    if (!this.pass) return;
    this.stopped = this.pass.ended;
    this.pass.abort.abort();
    this.pass = undefined;
  }

  private async run(pass: Pass): Promise<void> {
    const { signal } = pass.abort;
    const tap = await this.parts.tap();
    let at = 0;
    let turn = performance.now();
    for await (const chunk of this.parts.decode(signal)) {
      const busy = tap.bytes(chunk);
      if (busy) await busy;
      await this.keep(chunk, at);
      at += chunk.length;
      this.decodedBytes = at;
      this.changed.tell();
      if (!this.isWanted('ever')) return;
      while (!this.isWanted('now')) {
        pass.parked = true;
        await this.changed.next(signal);
      }
      if (performance.now() - turn < TURN) continue;
      await eventTurn();
      turn = performance.now();
    }
    await tap.end();
    this.completeSize = at;
    this.afterWhole ??= this.parts.onWhole?.();
  }

  /** Appends the part of the chunk, which begins at this byte, that the spool does not have yet. */
  private async keep(chunk: Uint8Array<ArrayBuffer>, at: number): Promise<void> {
    const known = this.parts.spool.size - at;
    if (this.spoolIsFull || known >= chunk.length) return;
    const keeps = this.parts.keeps?.() ?? true;
    this.spoolIsFull = !(keeps && (await this.parts.spool.append(chunk.subarray(Math.max(0, known)))));
  }

  /** Whether some reader needs bytes that are not kept yet: at all, or soon after where it is. */
  private isWanted(when: 'ever' | 'now'): boolean {
    const { size } = this.parts.spool;
    for (const { at, until } of this.readers) {
      const end = when === 'ever' ? until : Math.min(until, at + AHEAD);
      // Past a full spool everybody decodes for himself; only who reads everything to its end needs this pass.
      if (this.spoolIsFull ? at === Number.POSITIVE_INFINITY : end > size) return true;
    }
    return false;
  }

  private enter(reader: Reader): void {
    this.readers.add(reader);
    this.changed.tell();
  }

  private leave(reader: Reader): void {
    this.readers.delete(reader);
    if (this.readers.size === 0) this.failed = undefined;
    if (!this.isWanted('ever')) this.stopPass();
    this.changed.tell();
  }

  private async *readPastSpool(range: { start: number; end: number }, signal: AbortSignal): ByteStream {
    const tap = await this.parts.tap();
    let at = 0;
    for await (const chunk of this.parts.decode(signal)) {
      const busy = tap.bytes(chunk);
      if (busy) await busy;
      const from = Math.max(0, range.start - at);
      const to = Math.min(chunk.length, range.end - at);
      at += chunk.length;
      this.decodedBytes = at;
      if (from < to) yield chunk.subarray(from, to);
      if (at >= range.end) return;
    }
    await tap.end();
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

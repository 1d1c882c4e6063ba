import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { CacheRequest } from './cache-server';
import type { Misbehaviour } from './misbehaviour';

/** Answers that wait for a hand. */
export class Held {
  private waiting: (() => void)[] = [];

  wait(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  release(): void {
    for (const go of this.waiting.splice(0)) go();
  }
}

export interface Delivery {
  readonly response: ServerResponse;
  readonly record: CacheRequest;
  readonly chunks: AsyncIterable<Buffer>;
  readonly how: Misbehaviour | undefined;
  /** How often the misbehaviour has been used, this time included. */
  readonly used: number;
  readonly held: Held;
}

/** Writes a body, as fast as it is taken, with everything that may go wrong on the way. */
export async function deliver(delivery: Delivery): Promise<void> {
  const { response, record, how, held } = delivery;
  const gone = new Promise<void>((resolve) => response.once('close', resolve));
  const stopAt = stopByte(delivery);
  const cuts = how?.kind === 'cut' && stopAt !== undefined;

  if (stopAt === 0) response.flushHeaders();
  for await (const chunk of pieces(delivery.chunks, how, stopAt)) {
    if (record.writtenBytes === stopAt) {
      if (cuts) break;
      await Promise.race([held.wait(), gone]);
    }
    if (response.destroyed) break;
    await written(response, chunk, gone);
    if (response.destroyed) break;
    record.writtenBytes += chunk.length;
    if (how?.kind === 'drip') await Promise.race([pause(how.pauseMs), gone]);
  }
  if (cuts || response.destroyed) {
    record.end = 'cut';
    response.destroy();
  } else {
    record.end = 'complete';
    finish(delivery);
  }
}

function stopByte({ how, used }: Delivery): number | undefined {
  if (how?.kind !== 'stall' && how?.kind !== 'cut') return undefined;
  if (used > (how.times ?? Number.POSITIVE_INFINITY)) return undefined;
  return how.kind === 'stall' ? how.afterBytes : how.atByte;
}

/** As hosts do it that wait for a request that does not come. A connection that closes at once takes with it what was not read yet. */
const BEFORE_CLOSING = 500;

/** After fewer bytes than were promised the connection must close, or the reader waits for ever. */
function finish({ response, how }: Delivery): void {
  if (how?.kind === 'wrong-length' && how.by > 0) setTimeout(() => response.destroy(), BEFORE_CLOSING);
  else response.end();
}

/** The body in the pieces it is written in: split where it stalls or is cut, dripped, one byte inverted. */
async function* pieces(
  chunks: AsyncIterable<Buffer>,
  how: Misbehaviour | undefined,
  stopAt: number | undefined,
): AsyncGenerator<Buffer> {
  let at = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      let end = how?.kind === 'drip' ? Math.min(start + how.chunkBytes, chunk.length) : chunk.length;
      if (stopAt !== undefined && at < stopAt) end = Math.min(end, start + stopAt - at);
      const piece = Buffer.from(chunk.subarray(start, end));
      if (how?.kind === 'flipped' && how.atByte >= at && how.atByte < at + piece.length) {
        piece[how.atByte - at] = (piece[how.atByte - at] ?? 0) ^ 0xff;
      }
      yield piece;
      at += piece.length;
      start = end;
    }
  }
}

/** Resolves when the network took the chunk, or the reader went away. */
function written(response: ServerResponse, chunk: Buffer, gone: Promise<void>): Promise<void> {
  return Promise.race([new Promise<void>((resolve) => response.write(chunk, () => resolve())), gone]);
}

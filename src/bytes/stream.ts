import { SourceError } from './errors';
import type { ByteRange, ByteStream } from './source';

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * All bytes of the stream, as the caller's own; their buffer may be larger, and is `spare` if they fit into it. Undefined when
 * there are more than `limit` of them: the stream is then left at once, and the caller says what was too large.
 */
export async function collect(
  stream: ByteStream,
  limit: number,
  spare = new ArrayBuffer(0),
): Promise<Bytes | undefined> {
  let room: Bytes = new Uint8Array(spare);
  let size = 0;
  for await (const chunk of stream) {
    const end = size + chunk.length;
    if (end > limit) return undefined;
    if (end > room.length) {
      // Not each chunk by itself: many small buffers cost more than a copy of all of them.
      const larger = new Uint8Array(Math.min(limit, Math.max(end, 2 * room.length)));
      larger.set(room.subarray(0, size));
      room = larger;
    }
    room.set(chunk, size);
    size = end;
  }
  return room.subarray(0, size);
}

/**
 * A look at the first `length` bytes (fewer when the stream ends before), which stay valid, and the whole
 * stream, those bytes included. Who does not read `rest` frees it with `discard`.
 */
export async function peek(stream: ByteStream, length: number): Promise<{ head: Bytes; rest: ByteStream }> {
  const source = stream[Symbol.asyncIterator]();
  const room = new Uint8Array(length);
  let filled = 0;
  let beyond: Bytes = new Uint8Array(0);
  while (filled < length) {
    const pulled = await source.next();
    if (pulled.done) break;
    const taken = Math.min(pulled.value.length, length - filled);
    room.set(pulled.value.subarray(0, taken), filled);
    filled += taken;
    // Still borrowed: `rest` hands it out before it pulls again.
    beyond = pulled.value.subarray(taken);
  }
  const head = room.slice(0, filled);
  return { head, rest: precededBy([head, beyond], source) };
}

/** Not a generator: leaving one that was never started would not reach the source behind it. */
function precededBy(chunks: readonly Bytes[], source: AsyncIterator<Bytes>): ByteStream {
  const waiting = chunks.filter((chunk) => chunk.length > 0);
  const iterator: AsyncIterator<Bytes> = {
    async next() {
      const value = waiting.shift();
      return value ? { done: false, value } : source.next();
    },
    async return() {
      waiting.length = 0;
      await source.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

/** Frees what stands behind a stream that nobody will read. */
export async function discard(stream: ByteStream): Promise<void> {
  await stream[Symbol.asyncIterator]().return?.();
}

/**
 * The same bytes in chunks of `size`, the last one shorter. Each is the receiver's own, in a buffer of its
 * own.
 */
export async function* rechunk(stream: ByteStream, size: number): ByteStream {
  let room: Bytes | undefined;
  let filled = 0;
  for await (const chunk of stream) {
    for (let at = 0; at < chunk.length; ) {
      room ??= new Uint8Array(size);
      const taken = Math.min(size - filled, chunk.length - at);
      room.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < size) continue;
      const full = room;
      room = undefined;
      filled = 0;
      yield full;
    }
  }
  if (room) yield room.slice(0, filled);
}

/**
 * The bytes of the range out of a stream that begins at byte 0. The stream is left as soon as the range's end
 * is reached. Throws a SourceError naming `url` when the stream ends before.
 */
export async function* sliceStream(stream: ByteStream, range: ByteRange, url: string): ByteStream {
  const { start, end = Number.POSITIVE_INFINITY } = range;
  if (start === end) return;
  let at = 0;
  for await (const chunk of stream) {
    const from = Math.max(0, start - at);
    const to = Math.min(chunk.length, end - at);
    at += chunk.length;
    if (from < to) yield chunk.subarray(from, to);
    if (at >= end) return;
  }
  if (at < (range.end ?? start)) {
    const detail = `${at} of ${range.end ?? start} bytes came`;
    throw new SourceError({ reason: 'short-read', url, detail });
  }
}

/**
 * Lets events in: while a loop finds all its bytes in memory, no message, so no abort, reaches this thread.
 */
export function eventTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    // Not `setTimeout`, which takes 4 ms and more when it is repeated.
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

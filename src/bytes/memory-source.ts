import { throwIfAborted } from './errors';
import { MAX_CHUNK, resolveRange } from './range';
import type { ByteRange, ByteSource, ByteStream } from './source';

/** Bytes that are there already. Chunks are views of them. */
export function memorySource(bytes: Uint8Array<ArrayBuffer>): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const { start, end } = resolveRange(range, bytes.length, 'memory');
    for (let at = start; at < end; at += MAX_CHUNK) {
      throwIfAborted(signal);
      yield bytes.subarray(at, Math.min(end, at + MAX_CHUNK));
    }
  }
  return { size: bytes.length, read };
}

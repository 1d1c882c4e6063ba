import type { ByteRange, ByteSource, ByteStream } from './source';

/** What reading has cost so far; whoever reads adds to it. */
export interface TransferCounter {
  requests: number;
  receivedBytes: number;
}

/**
 * Counts each byte handed out. For sources that ask nobody over a network, so without a request: `httpSource` counts
 * for itself, because it also receives bytes that it hands out to nobody.
 */
export function withCounting(source: ByteSource, counter: TransferCounter): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    for await (const chunk of source.read(range, signal)) {
      counter.receivedBytes += chunk.length;
      yield chunk;
    }
  }
  return {
    get size() {
      return source.size;
    },
    read,
  };
}

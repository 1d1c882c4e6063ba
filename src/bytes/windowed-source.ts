import { SourceError } from './errors';
import type { ByteRange, ByteSource, ByteStream } from './source';

/** The least that is asked for at once, in bytes. */
const LEAST = 256 * 1024;

/**
 * The same source, read from its first byte in windows instead of in one go. A browser goes on receiving what was asked for
 * while nobody reads it, many MiB of it, so who wants to stop early has to ask for little. `endOfWindow` forecasts how far
 * it is worth asking; a forecast that was too low costs one request more, each half as long again as all before. Whoever
 * wants everything (`endOfWindow` answers the size) gets it in one plain request.
 */
export function windowedSource(source: ByteSource, size: number, endOfWindow: () => number): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    if (range.start !== 0 || range.end !== undefined) {
      yield* source.read(range, signal);
      return;
    }
    let at = 0;
    while (at < size) {
      const forecast = Math.max(endOfWindow(), at + LEAST, Math.floor(at * 1.5));
      const end = forecast >= size ? undefined : forecast;
      try {
        for await (const chunk of source.read({ start: at, end }, signal)) {
          at += chunk.length;
          yield chunk;
        }
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        // All of it came: that its host promised more is not what was asked for.
        if (error.reason === 'short-read' && at === size) return;
        // The file is not as long as was said, or its host does not do ranges well: the rest is taken as it comes.
        if (error.reason !== 'wrong-range' || end === undefined) throw error;
        yield* source.read({ start: at }, signal);
        return;
      }
      if (end === undefined) return;
    }
  }
  return { size: source.size, read };
}

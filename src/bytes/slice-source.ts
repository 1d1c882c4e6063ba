import { resolveRange } from './range';
import type { ByteRange, ByteSource, ByteStream } from './source';

/** A part of a source, as a source of its own: one archive inside an export stream. */
export function sliceSource(source: ByteSource, part: ByteRange): ByteSource {
  const sizeOf = () => {
    const end = part.end ?? source.size;
    return end === undefined ? undefined : end - part.start;
  };
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const { start, end } = resolveRange(range, sizeOf(), 'part');
    yield* source.read(
      { start: part.start + start, end: end === undefined ? undefined : part.start + end },
      signal,
    );
  }
  return {
    get size() {
      return sizeOf();
    },
    read,
  };
}

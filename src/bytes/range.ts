import { SourceError } from './errors';
import type { ByteRange } from './source';

/**
 * The largest chunk, in bytes, that the sources of this folder hand out; the network's own chunks are as they
 * come.
 */
export const MAX_CHUNK = 2 ** 20;

/**
 * The range with its end filled in, as far as the size is known. Throws a SourceError when the range ends
 * past the size, and a RangeError when it is none.
 */
export function resolveRange(range: ByteRange, size: number, url: string): { start: number; end: number };
export function resolveRange(
  range: ByteRange,
  size: number | undefined,
  url: string,
): { start: number; end: number | undefined };
export function resolveRange(range: ByteRange, size: number | undefined, url: string) {
  const { start, end = size } = range;
  const last = range.end ?? start;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(last) || start < 0 || last < start) {
    throw new RangeError(`not a range of bytes: ${start} to ${range.end}`);
  }
  if (size !== undefined && last > size) {
    const detail = `bytes ${start} to ${range.end ?? 'the end'} were asked for, there are ${size}`;
    throw new SourceError({ reason: 'short-read', url, detail });
  }
  return { start, end };
}

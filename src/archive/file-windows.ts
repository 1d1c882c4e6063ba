import type { ByteSource } from '../bytes/source';
import { windowedSource } from '../bytes/windowed-source';

interface Compressed {
  /** Bytes of the file. */
  readonly compressedSize: number;
  /** Bytes of its content. */
  readonly size: number;
  /** The decoded byte up to which somebody reads by now. */
  readonly wantedUntil: () => number;
}

/** A compressed file that is asked for as far as it is likely to hold what is wanted of its content. */
export function windowsOf(file: ByteSource, { compressedSize, size, wantedUntil }: Compressed): ByteSource {
  return windowedSource(file, compressedSize, () => {
    const wanted = wantedUntil();
    return wanted >= size ? compressedSize : compressedOffset(wanted, { compressedSize, size });
  });
}

/** Where in a compressed file a decoded byte may be expected: as if it were compressed evenly, and a little more. */
export function compressedOffset(
  decodedOffset: number,
  { compressedSize, size }: Omit<Compressed, 'wantedUntil'>,
): number {
  return Math.ceil((decodedOffset / size) * compressedSize * 1.05) + 64 * 1024;
}

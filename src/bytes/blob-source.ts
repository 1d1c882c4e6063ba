import { SourceError, throwIfAborted } from './errors';
import { MAX_CHUNK, resolveRange } from './range';
import type { ByteRange, ByteSource, ByteStream } from './source';

/**
 * A picked or dropped file. `name` stands for it in failures. A file that was changed, moved or taken away
 * since then cannot be read any more, in any browser: that is `file-gone`.
 */
export function blobSource(blob: Blob, name: string): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const { start, end } = resolveRange(range, blob.size, name);
    for (let at = start; at < end; at += MAX_CHUNK) {
      throwIfAborted(signal);
      const chunk = await readPiece(blob, at, Math.min(end, at + MAX_CHUNK), name);
      throwIfAborted(signal);
      yield chunk;
    }
  }
  return { size: blob.size, read };
}

/**
 * Pieces instead of `blob.stream()`: its chunks are 64 KiB at most, and it reads ahead of the one who pulls.
 */
async function readPiece(
  blob: Blob,
  start: number,
  end: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const piece = new Uint8Array(await blob.slice(start, end).arrayBuffer());
    if (piece.length === end - start) return piece;
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    throw new SourceError({ reason: 'file-gone', url: name, detail: cause.name, cause });
  }
  throw new SourceError({ reason: 'file-gone', url: name, detail: `it ends before byte ${end}` });
}

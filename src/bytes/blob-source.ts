import { SourceError, type SourceReason, throwIfAborted } from './errors';
import { MAX_CHUNK, resolveRange } from './range';
import type { ByteRange, ByteSource, ByteStream } from './source';

/**
 * A picked or dropped file. `name` stands for it in failures. A file that was changed, moved or taken away
 * since then cannot be read any more, in any browser: that is `file-gone`, or what else it means for a file
 * that nobody picked.
 */
export function blobSource(blob: Blob, name: string, whenGone: Gone = 'file-gone'): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const { start, end } = resolveRange(range, blob.size, name);
    for (let at = start; at < end; at += MAX_CHUNK) {
      throwIfAborted(signal);
      const chunk = await readPiece(at, Math.min(end, at + MAX_CHUNK));
      throwIfAborted(signal);
      yield chunk;
    }
  }

  /** Pieces instead of `blob.stream()`: its chunks are 64 KiB at most, and it reads ahead of the one who pulls. */
  async function readPiece(start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
    const gone = (detail: string, cause?: unknown) =>
      new SourceError({ reason: whenGone, url: name, detail, cause });
    try {
      const piece = new Uint8Array(await blob.slice(start, end).arrayBuffer());
      if (piece.length === end - start) return piece;
    } catch (cause) {
      if (!(cause instanceof DOMException)) throw cause;
      throw gone(cause.name, cause);
    }
    throw gone(`it ends before byte ${end}`);
  }

  return { size: blob.size, read };
}

type Gone = Extract<SourceReason, 'file-gone' | 'kept-bytes-lost'>;

import { SourceError } from '../bytes/errors';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { collect, discard, peek } from '../bytes/stream';
import { compareBytes, fileAt, type NarListing } from '../nix/nar/listing';
import { writeU64 } from '../nix/nar/wire';

/** In front of a file's contents stands their length: `str(contents)` of the NAR grammar. */
const FRAME = 8;

interface Framed {
  readonly url: string;
  readonly listing: NarListing;
}

/**
 * A NAR that is read by ranges. What a range holds says nothing of where it was taken from, and across origins the header that
 * does cannot be read: so the length in front of a file is asked for with it, and has to be the file's. A read that begins
 * further on believes a host that gave one file rightly.
 */
export function framedNar(nar: ByteSource, { url, listing }: Framed): ByteSource {
  let isProven = false;

  const prove = (frame: Uint8Array | undefined, size: number) => {
    isProven = frame !== undefined && compareBytes(frame, writeU64(size)) === 0;
    if (isProven) return;
    const detail = 'in front of the file stands another length than its own';
    throw new SourceError({ reason: 'wrong-range', url, detail });
  };

  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const file = fileAt(listing, range.start);
    if (!file || range.end === range.start) return yield* nar.read(range, signal);
    const start = file.narOffset - FRAME;
    if (range.start > file.narOffset) {
      if (!isProven) prove(await collect(nar.read({ start, end: start + FRAME }, signal), FRAME), file.size);
      return yield* nar.read(range, signal);
    }
    const { head, rest } = await peek(nar.read({ start, end: range.end }, signal), FRAME);
    try {
      prove(head, file.size);
    } catch (error) {
      await discard(rest);
      throw error;
    }
    let skipped = 0;
    for await (const chunk of rest) {
      const from = Math.min(chunk.length, FRAME - skipped);
      skipped += from;
      if (from < chunk.length) yield chunk.subarray(from);
    }
  }
  return { size: nar.size, read };
}

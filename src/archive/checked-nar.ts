import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { collect } from '../bytes/stream';
import { compareBytes } from '../nix/nar/listing';
import { MAGIC } from '../nix/nar/wire';

/**
 * A NAR that is read by ranges, if its first bytes are those of a NAR: they are looked at once. Otherwise it is something
 * encoded that was called `none`, and what decodes it is read instead.
 */
export function checkedNar(ranged: ByteSource, decoded: ByteSource): ByteSource {
  let isPlain: Promise<boolean> | undefined;
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    isPlain ??= beginsAsNar(ranged, signal);
    try {
      await isPlain;
    } catch (error) {
      isPlain = undefined;
      throw error;
    }
    yield* ((await isPlain) ? ranged : decoded).read(range, signal);
  }
  return { size: ranged.size, read };
}

async function beginsAsNar(source: ByteSource, signal: AbortSignal): Promise<boolean> {
  const head = await collect(source.read({ start: 0, end: MAGIC.length }, signal), MAGIC.length);
  return head !== undefined && compareBytes(head, MAGIC) === 0;
}

import type { ByteStream } from '../bytes/source';
import { CodecError } from './errors';

/** A decoded stream whose failures count compressed bytes from further in front. */
export async function* withOffset(decoded: ByteStream, compressedStart: number): ByteStream {
  try {
    yield* decoded;
  } catch (error) {
    throw error instanceof CodecError ? error.after(compressedStart) : error;
  }
}

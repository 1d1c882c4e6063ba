import type { ByteStream } from '../bytes/source';
import type { Decode } from './codec';

const LARGEST_CHUNK = 1024 * 1024;

export async function load(): Promise<Decode> {
  return passThrough;
}

async function* passThrough(bytes: ByteStream): ByteStream {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += LARGEST_CHUNK) yield chunk.subarray(at, at + LARGEST_CHUNK);
  }
}

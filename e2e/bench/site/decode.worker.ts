import { expose } from 'comlink';
import { createSHA256 } from 'hash-wasm';
import type { ByteStream } from '../../../src/bytes/source';
import type { CodecName } from '../../../src/codecs/codec';
import { codecs } from '../../../src/codecs/registry';

/** About what a browser hands out of an answer at once when it has more than one needs. */
const CHUNK = 256 * 1024;

let input = new Uint8Array(0);

/** Decodes what lies in its memory, with the decoders of the page. */
const decoding = {
  /** Answers its size. */
  async load(url: string): Promise<number> {
    input = new Uint8Array(await (await fetch(url)).arrayBuffer());
    return input.length;
  },

  /** Goes through all of it and keeps nothing. The decoder's code is there before the clock starts. */
  async decode(codec: CodecName): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
    const decode = await codecs[codec].load();
    const start = performance.now();
    let bytes = 0;
    for await (const chunk of decode(inChunks(input))) bytes += chunk.length;
    return { milliseconds: performance.now() - start, bytes };
  },

  /** SHA-256 of what comes out, in base16. */
  async digest(codec: CodecName): Promise<string> {
    const decode = await codecs[codec].load();
    const hash = await createSHA256();
    for await (const chunk of decode(inChunks(input))) hash.update(chunk);
    return hash.digest();
  },
};

export type Decoding = typeof decoding;

async function* inChunks(bytes: Uint8Array<ArrayBuffer>): ByteStream {
  for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

expose(decoding);

import { expose } from 'comlink';
import { createSHA256 } from 'hash-wasm';
import { decodingIn, threadsFor } from '../../../src/archive/decode-threads';
import { decodingOf } from '../../../src/archive/decoding';
import { memorySource } from '../../../src/bytes/memory-source';
import type { ByteSource, ByteStream } from '../../../src/bytes/source';
import type { CodecName } from '../../../src/codecs/codec';
import decodeWorkerUrl from '../../../workers/decode.worker.ts?worker&url';

let input: ByteSource = memorySource(new Uint8Array(0));
const never = new AbortController().signal;
/** As workers/archive.worker.ts has them. */
const partDecoding = decodingIn(
  () => new Worker(decodeWorkerUrl, { type: 'module', name: 'decode' }),
  threadsFor(navigator.hardwareConcurrency),
);

/** Decodes what lies in its memory as the archive worker does, with the page's own decoders and threads. */
const decoding = {
  /** Answers its size. */
  async load(url: string): Promise<number> {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    input = memorySource(bytes);
    return bytes.length;
  },

  /** Goes through all of it and keeps nothing. */
  async decode(codec: CodecName): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
    const start = performance.now();
    let bytes = 0;
    for await (const chunk of decoded(codec)) bytes += chunk.length;
    return { milliseconds: performance.now() - start, bytes };
  },

  /** SHA-256 of what comes out, in base16. */
  async digest(codec: CodecName): Promise<string> {
    const hash = await createSHA256();
    for await (const chunk of decoded(codec)) hash.update(chunk);
    return hash.digest();
  },
};

export type Decoding = typeof decoding;

function decoded(codec: CodecName): ByteStream {
  const wantedUntil = () => Number.POSITIVE_INFINITY;
  const all = { source: input, declared: codec, name: 'input', partDecoding, wantedUntil, note: () => {} };
  return decodingOf(all)(never);
}

expose(decoding);

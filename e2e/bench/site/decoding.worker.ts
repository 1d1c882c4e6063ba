import { expose } from 'comlink';
import { createSHA256 } from 'hash-wasm';
import { borrowThreads } from '../../../src/archive/borrow-threads';
import { decodingIn } from '../../../src/archive/decode-threads';
import { decodingOf } from '../../../src/archive/decoding';
import { lendThreads } from '../../../src/archive/lend-threads';
import { memorySource } from '../../../src/bytes/memory-source';
import type { ByteSource, ByteStream } from '../../../src/bytes/source';
import type { CodecName } from '../../../src/codecs/codec';
import decodeWorkerUrl from '../../../workers/decode.worker.ts?worker&url';

let input: ByteSource = memorySource(new Uint8Array(0));
const never = new AbortController().signal;
/** As workers/archive.worker.ts has them, but two of them, however many cores there are. */
const { port1, port2 } = new MessageChannel();
lendThreads(port1, (name) => new Worker(decodeWorkerUrl, { type: 'module', name }));
const borrow = borrowThreads(port2);
const partDecoding = decodingIn(() => borrow('decode'), 2);

/** Decodes what lies in its memory as the archive worker does, with the page's own decoders and threads. */
const decoding = {
  /** Answers its size. */
  async load(url: string): Promise<number> {
    const bytes = new Uint8Array(await (await fetch(url)).arrayBuffer());
    input = memorySource(bytes);
    return bytes.length;
  },

  /** Goes through all of it and keeps nothing. */
  async decode(
    codec: CodecName,
    decodedSize: number,
  ): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
    const start = performance.now();
    let bytes = 0;
    for await (const chunk of decoded(codec, decodedSize)) bytes += chunk.length;
    return { milliseconds: performance.now() - start, bytes };
  },

  /** SHA-256 of what comes out, in base16. */
  async digest(codec: CodecName, decodedSize: number): Promise<string> {
    const hash = await createSHA256();
    for await (const chunk of decoded(codec, decodedSize)) hash.update(chunk);
    return hash.digest();
  },
};

export type Decoding = typeof decoding;

function decoded(codec: CodecName, decodedSize: number): ByteStream {
  const wantedUntil = () => Number.POSITIVE_INFINITY;
  const threads = { partDecoding, wantedUntil, decodedSize };
  return decodingOf({ source: input, declared: codec, name: 'input', ...threads, note: () => {} })(never);
}

expose(decoding);

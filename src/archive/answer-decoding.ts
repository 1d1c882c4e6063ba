import type { ByteStream } from '../bytes/source';
import { CodecError } from '../codecs/errors';
import { codecs } from '../codecs/registry';
import type { DecodeAnswer, DecodeRequest } from './decode-messages';

/** The thread itself, as far as it is needed here. */
interface Thread {
  onmessage: ((event: MessageEvent<DecodeRequest>) => void) | null;
  postMessage(answer: DecodeAnswer, transfer: Transferable[]): void;
}

/** Decodes the parts that it is sent. What fails here, and is no fault of the part, ends the thread's work with an error event. */
export function answerDecoding(thread: Thread): void {
  thread.onmessage = ({ data }) => {
    answer(thread, data).catch((error: unknown) => {
      // Out of the promise, so that the other side hears of it.
      setTimeout(() => {
        throw error;
      });
    });
  };
}

async function answer(thread: Thread, request: DecodeRequest): Promise<void> {
  const { job } = request;
  try {
    const decoded = await decodePart(request);
    const spare = request.compressed.buffer;
    thread.postMessage({ job, decoded, spare }, [decoded.buffer, spare]);
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
    const { reason, codec, compressedOffset, detail } = error;
    thread.postMessage({ job, failure: { reason, codec, compressedOffset, detail } }, []);
  }
}

async function decodePart({
  codec,
  compressed,
  decodedSize,
  room,
}: DecodeRequest): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await codecs[codec].loadParts?.();
  if (!parts) throw new TypeError(`${codec} has no parts`);
  const isRoomy = room !== undefined && room.byteLength >= decodedSize;
  const decoded = new Uint8Array(isRoomy ? room : new ArrayBuffer(decodedSize), 0, decodedSize);
  let filled = 0;
  const wrongSize = (found: string) =>
    new CodecError({
      reason: 'corrupt',
      codec,
      compressedOffset: compressed.length,
      detail: `a part says that it holds ${decodedSize} bytes, and holds ${found}`,
    });
  for await (const chunk of parts.decodePart(once(compressed))) {
    if (filled + chunk.length > decodedSize) throw wrongSize('more');
    decoded.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled < decodedSize) throw wrongSize(`${filled}`);
  return decoded;
}

async function* once(bytes: Uint8Array<ArrayBuffer>): ByteStream {
  yield bytes;
}

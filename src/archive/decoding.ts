import type { ByteSource, ByteStream } from '../bytes/source';
import { discard, peek } from '../bytes/stream';
import type { CodecName, Decode } from '../codecs/codec';
import { codecForCompression, codecs, sniffCodec } from '../codecs/registry';
import type { Quirk } from './service';

/** Enough of a file to know its format by. */
const MAGIC_BYTES = 32;

/**
 * One pass over the decoded bytes of a source. The declared `Compression` decides, but magic bytes overrule it: caches and
 * proxies are known to relabel or decode what they pass on. `note` hears of that once a pass.
 */
export function decodingOf(
  source: ByteSource,
  declared: string | undefined,
  note: (found: { readonly codec: CodecName; readonly quirk: Quirk | undefined }) => void,
): (signal: AbortSignal) => ByteStream {
  return async function* (signal) {
    const { head, rest } = await peek(source.read({ start: 0 }, signal), MAGIC_BYTES);
    let decode: Decode;
    try {
      decode = await chooseCodec(head, declared, note).load();
    } catch (error) {
      await discard(rest);
      throw error;
    }
    yield* decode(rest);
  };
}

function chooseCodec(head: Uint8Array, declared: string | undefined, note: Parameters<typeof decodingOf>[2]) {
  const sniffed = sniffCodec(head);
  if (declared === undefined) {
    const codec = codecs[sniffed ?? 'none'];
    note({ codec: codec.name, quirk: undefined });
    return codec;
  }
  if (sniffed === undefined || sniffed === declared) {
    const codec = codecForCompression(declared);
    note({ codec: codec.name, quirk: undefined });
    return codec;
  }
  const detail = `The narinfo says ${declared}, the bytes are ${sniffed === 'none' ? 'not compressed' : sniffed}.`;
  note({ codec: sniffed, quirk: { name: 'compression-overruled', detail } });
  return codecs[sniffed];
}

/**
 * The decoder for a metadata body that begins like this: caches serve listings encoded without saying so. Brotli has no
 * magic bytes, so it is what is tried when nothing else is known.
 */
export async function decodeBody(head: Uint8Array): Promise<Decode | undefined> {
  const sniffed = sniffCodec(head);
  return sniffed === 'none' ? undefined : codecs[sniffed ?? 'br'].load();
}

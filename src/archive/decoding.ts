import type { ByteSource, ByteStream } from '../bytes/source';
import { discard, peek } from '../bytes/stream';
import type { Codec, CodecName, Decode } from '../codecs/codec';
import { codecForCompression, codecs, sniffCodec, sniffUnsupported } from '../codecs/registry';
import { decodeInParts } from './decode-parts';
import type { PartDecoding } from './decode-threads';
import type { Quirk } from './service';

/** Enough of a file to know its format by. */
const MAGIC_BYTES = 32;

export interface Encoded {
  readonly source: ByteSource;
  /** The narinfo's `Compression`; undefined where nobody says. */
  readonly declared: string | undefined;
  /** A file's name or a URL: what has no magic bytes can be known by nothing else. */
  readonly name: string;
  readonly partDecoding: PartDecoding | undefined;
  /** The decoded byte up to which somebody reads by now. */
  readonly wantedUntil: () => number;
  /** Decoded bytes in all; undefined where nobody knows, or where somebody waits for the first of them. */
  readonly decodedSize?: number | undefined;
  /** Hears, once a pass, what the bytes turned out to be. */
  readonly note: (codec: CodecName, quirk?: Quirk) => void;
}

/**
 * One pass over the decoded bytes of a source. The declared `Compression` decides, but magic bytes overrule it: caches and
 * proxies are known to relabel or decode what they pass on.
 */
export function decodingOf(encoded: Encoded): (signal: AbortSignal) => ByteStream {
  return async function* (signal) {
    // Before the NAR is asked for: browsers go on receiving while nobody reads.
    if (encoded.declared !== undefined) await preload(encoded.declared);
    const transfer = new AbortController();
    const stop = () => transfer.abort();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
    try {
      const { head, rest } = await peek(encoded.source.read({ start: 0 }, transfer.signal), MAGIC_BYTES);
      let decode: Decode;
      try {
        const codec = chooseCodec(head, encoded);
        encoded.note(codec.name, overruled(encoded.declared, codec.name));
        decode = await decoderOf(codec, encoded, transfer);
      } catch (error) {
        await discard(rest);
        throw error;
      }
      yield* decode(rest);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  };
}

/** One that decodes several parts at a time, where there can be parts, and threads for them. */
async function decoderOf(codec: Codec, encoded: Encoded, transfer: AbortController): Promise<Decode> {
  const { partDecoding, wantedUntil, decodedSize } = encoded;
  if (!partDecoding || !codec.loadParts) return codec.load();
  const means = {
    codec: codec.name,
    parts: await codec.loadParts(),
    partDecoding,
    wantedUntil,
    decodedSize,
    signal: transfer.signal,
    stop: () => transfer.abort(),
  };
  return (compressed) => decodeInParts(compressed, means);
}

/** What cannot be loaded, or read at all, is said when the bytes have shown that it is wanted. */
export async function preload(declared: string): Promise<void> {
  try {
    const codec = codecForCompression(declared);
    await Promise.all([codec.load(), codec.loadParts?.()]);
  } catch {
    // The pass itself fails with the reason.
  }
}

function chooseCodec(head: Uint8Array, { declared, name }: Encoded): Codec {
  const sniffed = sniffCodec(head);
  if (sniffed !== undefined) return codecs[sniffed];
  if (declared !== undefined) return codecForCompression(declared);
  const unsupported = sniffUnsupported(head);
  if (unsupported !== undefined) return codecForCompression(unsupported);
  return codecs[/\.br($|[?#])/.test(name) ? 'br' : 'none'];
}

function overruled(declared: string | undefined, codec: CodecName): Quirk | undefined {
  if (declared === undefined || declared === codec) return undefined;
  const detail = `The narinfo says ${declared}, the bytes are ${codec === 'none' ? 'not compressed' : codec}.`;
  return { name: 'compression-overruled', detail };
}

/**
 * The decoder for a metadata body that begins like this: caches serve listings encoded without saying so. Brotli has no
 * magic bytes, so it is what is tried when nothing else is known.
 */
export async function decodeBody(head: Uint8Array): Promise<Decode | undefined> {
  const sniffed = sniffCodec(head);
  return sniffed === 'none' ? undefined : codecs[sniffed ?? 'br'].load();
}

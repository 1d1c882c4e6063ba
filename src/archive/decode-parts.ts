import type { ByteStream } from '../bytes/source';
import { collect } from '../bytes/stream';
import type { CodecName, PartsCodec, Section } from '../codecs/codec';
import { CodecError } from '../codecs/errors';
import { withOffset } from '../codecs/parts';
import type { DecodedPart, PartDecoding } from './decode-threads';
import { Signals } from './signals';

export interface PartsMeans {
  readonly codec: CodecName;
  readonly parts: PartsCodec;
  readonly partDecoding: PartDecoding;
  /** Decoded bytes that somebody wants for now. What ends beyond is decoded as it comes, for it may be left in the middle. */
  readonly wantedUntil: () => number;
  /** Decoded bytes in all; undefined where nobody knows, or where somebody waits for the first of them. */
  readonly decodedSize: number | undefined;
  readonly signal: AbortSignal;
  /** Nobody reads on: what is being fetched ahead is not waited for. */
  readonly stop: () => void;
}

/** Decoded bytes that are ready, or about to be, before anybody takes them. */
const MOST_AHEAD = 96 * 1024 * 1024;
const CHUNK = 1024 * 1024;

type Item =
  | { readonly kind: 'part'; readonly size: number; readonly decoded: Promise<DecodedPart> }
  /** Has to be read to its end before the next section is looked at. */
  | { readonly kind: 'stream'; readonly decoded: ByteStream }
  | { readonly kind: 'failure'; readonly error: unknown };

/**
 * Decodes a stream part by part, in threads of their own, and hands out the bytes in order. Unless it is known that there are others,
 * and that nobody waits for its first bytes, the first part is decoded here, as it comes.
 */
export async function* decodeInParts(compressed: ByteStream, means: PartsMeans): ByteStream {
  const ahead = new Ahead(means.parts.cut(compressed), means);
  try {
    for (let item = await ahead.next(); item; item = await ahead.next()) {
      switch (item.kind) {
        case 'stream':
          yield* item.decoded;
          break;
        case 'part': {
          const { bytes, release } = await item.decoded;
          for (let at = 0; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
          release();
          break;
        }
        case 'failure':
          throw item.error;
      }
    }
  } finally {
    await ahead.close();
  }
}

/** Takes the stream apart while what came before is decoded, as far as there is room. */
class Ahead {
  private readonly sections: AsyncGenerator<Section, void>;
  private readonly means: PartsMeans;
  private readonly items: Item[] = [];
  /** There is another item, or no more is looked for just now. */
  private readonly changed = new Signals();
  private isFilling = false;
  /** Decoded bytes of all sections that were looked at. */
  private decodedEnd = 0;
  private ended = false;

  constructor(sections: AsyncGenerator<Section, void>, means: PartsMeans) {
    this.sections = sections;
    this.means = means;
  }

  /** As soon as there is one: what comes after it may take its time. */
  async next(): Promise<Item | undefined> {
    this.goOn();
    while (this.items.length === 0 && !this.ended) {
      await this.changed.next(this.means.signal);
      this.goOn();
    }
    return this.items.shift();
  }

  async close(): Promise<void> {
    this.ended = true;
    // A stream is left when what was asked of it came: so that is called off first.
    this.means.stop();
    await this.sections.return();
  }

  private goOn(): void {
    if (this.isFilling) return;
    this.isFilling = true;
    void this.fill().finally(() => {
      this.isFilling = false;
      this.changed.tell();
    });
  }

  private async fill(): Promise<void> {
    // It has not been read.
    if (this.items.at(-1)?.kind === 'stream') return;
    try {
      while (!this.ended && this.hasRoom()) {
        const { done, value } = await this.sections.next();
        if (done) this.ended = true;
        else if (!(await this.add(value))) return;
        this.changed.tell();
      }
    } catch (error) {
      this.items.push({ kind: 'failure', error });
      this.ended = true;
    }
  }

  private hasRoom(): boolean {
    const sizes = this.items.map((item) => (item.kind === 'part' ? item.size : 0));
    const size = sizes.reduce((sum, one) => sum + one, 0);
    return this.items.length <= this.means.partDecoding.threads && size < MOST_AHEAD;
  }

  /** Answers whether the next section can be looked at before this one was read. */
  private async add(section: Section): Promise<boolean> {
    const { codec, parts, partDecoding, wantedUntil, signal } = this.means;
    if (section.kind === 'rest') {
      this.items.push({ kind: 'stream', decoded: section.decoded });
      return false;
    }
    const { bytes, decodedSize, compressedStart } = section;
    const mayBeAll = this.decodedEnd === 0 && decodedSize >= (this.means.decodedSize ?? 0);
    this.decodedEnd += decodedSize;
    if (mayBeAll || this.decodedEnd > wantedUntil()) {
      this.items.push({ kind: 'stream', decoded: withOffset(parts.decodePart(bytes), compressedStart) });
      return false;
    }
    // What is much larger than its content was made to be: no encoder writes so.
    const compressed = await collect(bytes, 2 * decodedSize + CHUNK, partDecoding.spare());
    if (!compressed) {
      const detail = 'a part is larger than what it holds';
      throw new CodecError({ reason: 'unsupported', codec, compressedOffset: compressedStart, detail });
    }
    const decoded = partDecoding
      .decode({ codec, compressed, decodedSize }, signal)
      .catch((error: unknown) => {
        throw error instanceof CodecError ? error.after(compressedStart) : error;
      });
    // It may fail long before somebody asks.
    decoded.catch(() => {});
    this.items.push({ kind: 'part', size: decodedSize, decoded });
    return true;
  }
}

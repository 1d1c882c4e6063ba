import type { ByteSource, ByteStream } from '../bytes/source';

/**
 * Decodes one whole compressed stream. The output ends only when the format says so and the input is used up:
 * anything else is a thrown CodecError; what the input itself throws passes through. Nothing is decoded that was not
 * pulled. Memory is bounded by the format's window. Chunks are at most 1 MiB, borrowed until the next is pulled, and may
 * lie in a decoder's own memory: copy, never transfer. Decodes are independent of each other: a paused one holds up no other.
 * Input that is at hand decodes without a turn of the event loop in between: who reads on and on lets others in.
 */
export type Decode = (compressed: ByteStream) => ByteStream;

export interface Codec {
  /** The narinfo's `Compression` value. */
  readonly name: CodecName;
  /**
   * Whether a file that begins so is of this format. `none` means a NAR or a `nix-store --export` stream as it is;
   * `br` has nothing to go by and never says yes. 32 bytes are enough.
   */
  readonly recognises: (head: Uint8Array) => boolean;
  /** The shell command that decodes standard input to standard output; undefined for `none`. */
  readonly command: string | undefined;
  /** Loads the decoder's code, once. Fails with `not-loaded`, and may then be asked again. */
  readonly load: () => Promise<Decode>;
  /** The same for what takes its streams apart, where they may be made of parts. */
  readonly loadParts?: () => Promise<PartsCodec>;
  /** The same for what finds the parts of a file without reading it through, where the format has an index. */
  readonly loadBlocks?: () => Promise<FindBlocks>;
}

export type CodecName = 'none' | 'xz' | 'zstd' | 'bzip2' | 'gzip' | 'br';

/**
 * Compressed streams that are made of parts which decode by themselves: blocks of xz, frames of zstd. Who has several threads
 * decodes several at a time.
 */
export type Section =
  /** Decodes by itself, with `decodePart`. */
  | {
      readonly kind: 'part';
      /** As its header states it; a decoder that finds another size refuses it. */
      readonly decodedSize: number;
      /** Compressed bytes before it, for failures. */
      readonly compressedStart: number;
      /** Its compressed bytes. Read to their end before the next section is asked for. */
      readonly bytes: ByteStream;
    }
  /** All that is left, decoded, where it does not say of what parts it is. Nothing comes after it. */
  | { readonly kind: 'rest'; readonly decoded: ByteStream };

export interface PartsCodec {
  /** Takes a compressed stream apart. What is wrong between the parts is a thrown CodecError. */
  readonly cut: (compressed: ByteStream) => AsyncGenerator<Section, void>;
  /** Decodes the bytes of one part: its checks are made, its size is not. */
  readonly decodePart: Decode;
}

/** A part of a compressed file, found by an index. Sizes and offsets are bytes. */
export interface CompressedBlock {
  /** In the file. */
  readonly compressedStart: number;
  readonly compressedSize: number;
  /** In the content. */
  readonly start: number;
  readonly size: number;
  /** Decodes exactly its bytes of the file, and finds what the index says of them. */
  readonly decode: Decode;
}

/**
 * All blocks of a compressed file of `size` bytes, in the order of the content. Throws a CodecError where the file cannot be
 * taken apart so; what the source throws passes through.
 */
export type FindBlocks = (
  source: ByteSource,
  size: number,
  signal: AbortSignal,
) => Promise<readonly CompressedBlock[]>;

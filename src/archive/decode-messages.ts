import type { CodecName } from '../codecs/codec';
import type { CodecReason } from '../codecs/errors';

/** What is said to a thread that decodes parts of a compressed stream: one at a time, each is answered. */
export interface DecodeRequest {
  readonly job: number;
  readonly codec: CodecName;
  /** Given away; its buffer comes back. */
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly decodedSize: number;
  /** To decode into, if it is large enough. Given away, and comes back. */
  readonly room: ArrayBuffer | undefined;
}

export type DecodeAnswer =
  | {
      readonly job: number;
      readonly decoded: Uint8Array<ArrayBuffer>;
      /** The buffer of the compressed bytes, to be filled again. */
      readonly spare: ArrayBuffer;
    }
  | { readonly job: number; readonly failure: PartFailure };

/** A CodecError: a thread keeps only the message of an Error. */
export interface PartFailure {
  readonly reason: CodecReason;
  readonly codec: string;
  readonly compressedOffset: number;
  readonly detail: string | undefined;
}

/** What a decoder can say. */

export type CodecReason =
  /** A format of Nix's list, or a feature of a format, that is not read here: the detail is a command that does, or the feature. */
  | 'unsupported'
  | 'corrupt'
  /** The compressed bytes end before the format does. */
  | 'truncated'
  /** Something that is not the format follows its end. */
  | 'trailing-bytes'
  /** The dictionary or window asked for is over our limit. */
  | 'window-too-large'
  /** The decoder's own code could not be loaded. */
  | 'not-loaded';

export class CodecError extends Error {
  readonly kind = 'codec';
  readonly reason: CodecReason;
  /** A `Compression` value. */
  readonly codec: string;
  /** Compressed bytes that the decoder had used up when it failed; what it failed over may be up to 16 KiB further on. */
  readonly compressedOffset: number;
  readonly detail: string | undefined;

  constructor(facts: {
    reason: CodecReason;
    codec: string;
    compressedOffset: number;
    detail?: string | undefined;
    cause?: unknown;
  }) {
    const { reason, codec, compressedOffset, cause } = facts;
    super(`${codec}: ${reason} at compressed byte ${compressedOffset}`, { cause });
    this.name = 'CodecError';
    this.reason = facts.reason;
    this.codec = facts.codec;
    this.compressedOffset = facts.compressedOffset;
    this.detail = facts.detail;
  }

  /** The same, when so many compressed bytes stood in front of those that were decoded. */
  after(compressedStart: number): CodecError {
    const { reason, codec, compressedOffset, detail, cause } = this;
    return new CodecError({
      reason,
      codec,
      compressedOffset: compressedStart + compressedOffset,
      detail,
      cause,
    });
  }
}

import { UnreadableNarInfo } from '../binary-cache/binary-cache';
import { SourceError, type SourceReason } from '../bytes/errors';
import { CodecError, type CodecReason } from '../codecs/errors';
import {
  LimitError,
  type MetadataFormat,
  MetadataFormatError,
  type MetadataFormatReason,
  NarFormatError,
  type NarFormatReason,
} from '../nix/errors';

/** What one cache said when it was asked for a store path. */
export interface Tried {
  readonly cacheUrl: string;
  /** Undefined: it does not have the path. */
  readonly failure: Failure | undefined;
}

/** Everything that can go wrong, as plain data: it crosses threads, stands in state, and each kind has its text. */
export type Failure =
  | {
      readonly kind: 'nar-format';
      readonly reason: NarFormatReason;
      readonly narOffset: number;
      readonly narPath: Uint8Array;
      readonly expected: string;
      readonly found: string;
    }
  | {
      readonly kind: 'metadata-format';
      readonly reason: MetadataFormatReason;
      readonly format: MetadataFormat;
      readonly detail: string;
      readonly field: string | undefined;
      readonly line: number | undefined;
      /** The text that could not be read, where there is one to show. */
      readonly text: string | undefined;
    }
  | {
      readonly kind: 'source';
      readonly reason: SourceReason;
      readonly url: string;
      readonly status: number | undefined;
      readonly detail: string | undefined;
    }
  | {
      readonly kind: 'codec';
      readonly reason: CodecReason;
      readonly codec: string;
      readonly compressedOffset: number;
      readonly detail: string | undefined;
    }
  | {
      readonly kind: 'not-found';
      readonly reason: 'no-cache-has-it';
      /** The store path as far as it is known: a hash part, or hash and name. */
      readonly storePath: string;
      readonly tried: readonly Tried[];
    }
  | {
      readonly kind: 'not-found';
      readonly reason: 'no-such-entry' | 'not-a-file';
      readonly narPath: Uint8Array;
    }
  | {
      readonly kind: 'limit';
      /** `unvouched`: it may be larger when the person says so. */
      readonly reason: 'too-large' | 'unvouched';
      readonly what: string;
      readonly limit: number;
      readonly actual: number | undefined;
    }
  | { readonly kind: 'cancelled'; readonly reason: 'cancelled' }
  | {
      readonly kind: 'internal';
      /** `archive-closed`: the archive that was read is not open any more. */
      readonly reason: 'bug' | 'worker-died' | 'worker-not-loaded' | 'archive-closed';
      readonly message: string;
      readonly stack: string | undefined;
    };

/** Any thrown value as a Failure. What is not one of our own errors, and not an abort, is a bug and says so. */
export function toFailure(error: unknown): Failure {
  if (error instanceof NarFormatError) {
    const { reason, narOffset, narPath, expected, found } = error;
    return { kind: 'nar-format', reason, narOffset, narPath, expected, found };
  }
  if (error instanceof MetadataFormatError) {
    const { reason, format, detail, field, line } = error;
    const text = error instanceof UnreadableNarInfo ? error.text : undefined;
    return { kind: 'metadata-format', reason, format, detail, field, line, text };
  }
  if (error instanceof SourceError) {
    const { reason, url, status, detail } = error;
    return { kind: 'source', reason, url, status, detail };
  }
  if (error instanceof CodecError) {
    const { reason, codec, compressedOffset, detail } = error;
    return { kind: 'codec', reason, codec, compressedOffset, detail };
  }
  if (error instanceof LimitError) {
    const { reason, what, limit, actual } = error;
    return { kind: 'limit', reason, what, limit, actual };
  }
  if (error instanceof FailureError) return error.failure;
  if (error instanceof DOMException && error.name === 'AbortError')
    return { kind: 'cancelled', reason: 'cancelled' };
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { kind: 'internal', reason: 'bug', message, stack };
}

/** A Failure on its way up to the edge of the service. */
export class FailureError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.kind}: ${failure.reason}`);
    this.name = 'FailureError';
    this.failure = failure;
  }
}

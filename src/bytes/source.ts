/**
 * Bytes on their way, in order, to be read once. Pulling is the back-pressure: nothing is fetched or decoded
 * that was not asked for. A chunk is borrowed: it is valid until the next one is pulled, so who keeps bytes
 * copies them, and nobody transfers or changes them. Leaving the loop (`break`, `return`, a throw) frees
 * whatever stands behind the stream.
 */
export type ByteStream = AsyncIterable<Uint8Array<ArrayBuffer>>;

/** From `start`, up to and without `end`; to the last byte when `end` is absent. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number | undefined;
}

/** A place that bytes can be read from as often as one likes. */
export interface ByteSource {
  /** Bytes in all; undefined as long as nobody said. */
  readonly size: number | undefined;
  /**
   * Exactly the bytes of the range, or a thrown SourceError: never silently fewer. A range that ends past
   * `size` is an error; one without `end` runs to the last byte. Nothing is acquired before the first pull.
   * Aborting the signal frees what was, at once, and the next pull throws a DOMException named AbortError.
   */
  read(range: ByteRange, signal: AbortSignal): ByteStream;
}

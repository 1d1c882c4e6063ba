/** What a cache may do wrong. Each is named, stays until `behave`, and waits for a hand, never for a clock, where it can. */
export type Misbehaviour =
  /** Answers, but does not allow browsers. */
  | { readonly kind: 'no-cors' }
  /** 403, 404, 429 with `retryAfter` seconds (which pages may read), 500 … with a short text: the first `times` times, or always. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly retryAfter?: number;
      readonly times?: number;
    }
  /** A web page with status 200, as captive portals send. */
  | { readonly kind: 'html' }
  /** 302 to the same path below another URL, such as another server's. */
  | { readonly kind: 'redirect'; readonly to: string }
  /** Sends this many bytes of the body, then nothing until `release`: the first `times` times, or always. */
  | { readonly kind: 'stall'; readonly afterBytes: number; readonly times?: number }
  /** Sends so many bytes at a time, with a pause after each. */
  | { readonly kind: 'drip'; readonly chunkBytes: number; readonly pauseMs: number }
  /** Closes the connection after this many bytes of the body: the first `times` times, or always. */
  | { readonly kind: 'cut'; readonly atByte: number; readonly times?: number }
  /** States a Content-Length that is off by so many bytes. */
  | { readonly kind: 'wrong-length'; readonly by: number }
  /** Answers a Range request with 200 and everything. */
  | { readonly kind: 'range-ignored' }
  /** Answers a Range request with 206 and bytes that begin so much later than asked. */
  | { readonly kind: 'wrong-range'; readonly by: number }
  /** From the second request on, another file is there, of another date. */
  | { readonly kind: 'replaced'; readonly body: Uint8Array }
  /** One byte of the body is inverted. */
  | { readonly kind: 'flipped'; readonly atByte: number }
  /** The body compressed, with or without saying so in Content-Encoding. */
  | { readonly kind: 'encoded'; readonly as: BodyEncoding; readonly header: boolean }
  /** Another file of the cache, such as the `.ls` of another store path. */
  | { readonly kind: 'other-file'; readonly path: string };

export type BodyEncoding = 'br' | 'gzip' | 'zstd' | 'xz';

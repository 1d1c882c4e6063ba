import type { TransferCounter } from './counting';
import { SourceError, throwIfAborted } from './errors';
import { contentLength, exactLength, FileIdentity, retryAfterOf, wholeLength } from './http-headers';
import { resolveRange } from './range';
import type { ByteRange, ByteSource, ByteStream } from './source';
import { sliceStream } from './stream';

export interface HttpSourceOptions {
  /** Bytes of the whole file, as the narinfo states them (FileSize; NarSize when it is not compressed). */
  readonly size?: number | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** Counts every request, and every byte of a body, also those that are skipped. */
  readonly counter?: TransferCounter | undefined;
  /** Hears the `Content-Length` of the whole file: a forecast only, for it may be that of an encoded body. */
  readonly onLength?: ((bytes: number) => void) | undefined;
  /** Milliseconds of silence after which a request is given up as `stalled`; undefined: never. */
  readonly patience?: number | undefined;
  /** Ask the server, whatever the browser kept of an earlier answer. */
  readonly fresh?: boolean | undefined;
  /** Shared by sources of one URL, so that a change of the file shows between them as well. */
  readonly identity?: FileIdentity | undefined;
}

/**
 * A file behind a URL. Each read is one plain GET that a browser sends to any cache without asking first: no
 * header but `Range`, and that only as `bytes=a-b` or `bytes=a-` (Fetch standard, "CORS-safelisted
 * request-header"; a suffix range would cause a preflight, which cache.nixos.org refuses). A read from byte 0
 * to the end sends no `Range`.
 *
 * Across origins `Content-Range` and `Content-Encoding` cannot be read, so an answer is judged by its status
 * and by the length of its body:
 *
 * | answer   | to a range                                        | to the whole file             |
 * |----------|---------------------------------------------------|-------------------------------|
 * | 206      | as long as was asked, else `wrong-range`          | `wrong-range`                 |
 * | 200      | read from its first byte, left at the range's end | as long as `size`, where said |
 * | 403      | `forbidden`                                       | `forbidden`                   |
 * | the rest | `http-status`                                     | `http-status`                 |
 *
 * Two answers that differ in `Last-Modified`, or in the length of the whole file where it can be told, are of two files:
 * `changed`. Both headers can be read across origins (Fetch standard, "CORS-safelisted response-header name").
 *
 * WebKit takes a chunked body that is cut off for a complete one: where nobody states a `size`, only what the
 * bytes say of themselves tells.
 *
 * A body that breaks off is `short-read`, one that falls silent `stalled`. What was handed out before is right, so who wants
 * to go on asks for the rest, from there: `resumingSource` does.
 */
export function httpSource(url: string, options: HttpSourceOptions = {}): ByteSource {
  const file: HttpFile = { ...options, url, identity: options.identity ?? new FileIdentity() };
  return { size: options.size, read: (range, signal) => readHttp(file, range, signal) };
}

interface HttpFile extends HttpSourceOptions {
  readonly url: string;
  readonly identity: FileIdentity;
}

async function* readHttp(file: HttpFile, range: ByteRange, signal: AbortSignal): ByteStream {
  const { url, size } = file;
  const { start, end } = resolveRange(range, size, url);
  if (start === end) return;
  throwIfAborted(signal);
  const whole = start === 0 && end === size;
  const request = new AbortController();
  const abort = () => request.abort();
  signal.addEventListener('abort', abort);
  try {
    const send = { headers: whole ? {} : { Range: formatRange(start, end) }, signal: request.signal };
    const response = await answerTo(file, send, signal);
    const forecast = whole ? contentLength(response) : undefined;
    if (forecast !== undefined) file.onLength?.(forecast);
    const isPart = response.status === 206;
    const expected = isPart ? lengthOfRange(response, url, { start, end }) : (size ?? exactLength(response));
    const length = wholeLength(response, start, end);
    const body = bodyOf({ response, file, start: isPart ? start : 0, expected, length }, signal);
    yield* whole || isPart ? body : sliceStream(body, { start, end }, url);
  } finally {
    signal.removeEventListener('abort', abort);
    // Frees the connection wherever the read was left; nothing happens when the body was read to its end.
    request.abort();
  }
}

function formatRange(start: number, end: number | undefined): string {
  return `bytes=${start}-${end === undefined ? '' : end - 1}`;
}

interface Send {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
}

/** The answer, when its status is one that a body can be taken from. */
async function answerTo(file: HttpFile, send: Send, signal: AbortSignal): Promise<Response> {
  const { url } = file;
  if (file.counter) file.counter.requests++;
  let response: Response;
  try {
    // Parenthesised, so that `fetch` is not called with `file` as its `this`, which browsers refuse.
    const cache = file.fresh ? 'reload' : 'default';
    const answer = (file.fetch ?? fetch)(url, { ...send, cache, credentials: 'omit' });
    response = await patiently(answer, file);
  } catch (cause) {
    throwIfAborted(signal);
    if (cause instanceof SourceError) throw cause;
    const offline = typeof navigator !== 'undefined' && navigator.onLine === false;
    throw new SourceError({ reason: offline ? 'offline' : 'unreachable-or-cors', url, cause });
  }
  throwIfAborted(signal);
  const { status } = response;
  if (status === 200 || (status === 206 && send.headers.Range)) return response;
  const reason = status === 403 ? 'forbidden' : status === 206 ? 'wrong-range' : 'http-status';
  throw new SourceError({ reason, url, status, retryAfter: retryAfterOf(response) });
}

/** What the network does within the patience that there is for it. */
async function patiently<T>(work: Promise<T>, { url, patience }: HttpFile): Promise<T> {
  if (patience === undefined) return work;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    const detail = `nothing came for ${patience / 1000} s`;
    timer = setTimeout(() => reject(new SourceError({ reason: 'stalled', url, detail })), patience);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * How many bytes a 206 holds; undefined when nobody said. Its `Content-Length` can be trusted: browsers ask
 * for the identity encoding with every range.
 */
function lengthOfRange(
  response: Response,
  url: string,
  range: { readonly start: number; readonly end: number | undefined },
): number | undefined {
  const wanted = range.end === undefined ? undefined : range.end - range.start;
  const stated = contentLength(response);
  // Readable only on the page's own origin, and where a cache exposes it.
  const contentRange = response.headers.get('content-range');
  const firstByte = /^bytes (\d+)-/.exec(contentRange ?? '')?.[1];
  const isElsewhere = firstByte !== undefined && Number(firstByte) !== range.start;
  const hasOtherLength = wanted !== undefined && stated !== undefined && stated !== wanted;
  if (isElsewhere || hasOtherLength) {
    const asked = formatRange(range.start, range.end);
    const detail = `${asked} was asked for, the answer has ${contentRange ?? `${stated} bytes`}`;
    throw new SourceError({ reason: 'wrong-range', url, status: response.status, detail });
  }
  return wanted ?? stated;
}

interface Body {
  readonly response: Response;
  readonly file: HttpFile;
  /** Where in the file the body begins. */
  readonly start: number;
  /** Bytes; undefined while unknown. */
  readonly expected: number | undefined;
  /** Of the whole file; undefined while unknown. */
  readonly length: number | undefined;
}

/**
 * The body's bytes, exactly as many as are expected. Read with a reader: WebKit has no `for await` over its
 * streams.
 */
async function* bodyOf(body: Body, signal: AbortSignal): ByteStream {
  const { response, file, expected } = body;
  const reader = response.body ? readerOf(response.body) : undefined;
  let received = 0;
  try {
    while (reader) {
      const { done, value } = await patiently(reader.read(), file).catch((cause: unknown) => {
        throwIfAborted(signal);
        // All of it came, and the connection did not end as was promised: nothing is missing.
        if (received === expected) return { done: true, value: undefined } as const;
        throw cause instanceof SourceError ? cause : shortRead(body, received, cause);
      });
      throwIfAborted(signal);
      if (done) break;
      if (received === 0) {
        if (isHtml(body, value)) throw failureOf(body, 'html');
        file.identity.hold(file.url, response, body.length);
      }
      received += value.length;
      if (file.counter) file.counter.receivedBytes += value.length;
      if (expected !== undefined && received > expected) {
        const reason = response.status === 206 ? 'wrong-range' : 'too-long';
        throw failureOf(body, reason, `more than ${expected} bytes came`);
      }
      if (value.length > 0) yield value;
    }
    if (expected !== undefined && received < expected) throw shortRead(body, received);
  } finally {
    // Not waited for: the request is aborted next, and some streams settle only then.
    reader?.cancel().catch(() => {});
  }
}

/** Bytes that are read at once. */
const ROOM = 256 * 1024;

type BodyReader = Pick<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>, 'read' | 'cancel'>;

/**
 * Reads into the same buffer again and again, where the engine's bodies can be read so (WebKit's cannot): memory that is new
 * for each chunk costs more than what is read into it.
 */
function readerOf(body: ReadableStream<Uint8Array<ArrayBuffer>>): BodyReader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    return body.getReader();
  }
  let room = new ArrayBuffer(ROOM);
  return {
    read: async () => {
      const { done, value } = await reader.read(new Uint8Array(room));
      if (done || !value) return { done: true, value: undefined };
      // The buffer that was given away, which comes back.
      room = value.buffer;
      return { done, value };
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function failureOf(body: Body, reason: 'html' | 'too-long' | 'wrong-range', detail?: string): SourceError {
  return new SourceError({ reason, url: body.file.url, status: body.response.status, detail });
}

function shortRead({ file, response, expected }: Body, received: number, cause?: unknown): SourceError {
  const detail = expected === undefined ? `${received} bytes came` : `${received} of ${expected} bytes came`;
  return new SourceError({ reason: 'short-read', url: file.url, status: response.status, detail, cause });
}

/** A page where an archive should be, as captive portals give it. No archive begins with `<`. */
function isHtml({ response, start }: Body, firstBytes: Uint8Array): boolean {
  if (start > 0 || !/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return false;
  return /^(?:\ufeff)?\s*</.test(
    new TextDecoder('utf-8', { ignoreBOM: true }).decode(firstBytes.subarray(0, 256)),
  );
}

import { SourceError } from './errors';
import { type HttpSourceOptions, httpSource } from './http-source';
import { Retries, type RetryOptions } from './retries';
import type { ByteRange, ByteSource, ByteStream } from './source';

/**
 * The same source; a read that breaks off goes on from the byte it has reached, so whoever decodes what comes out notices
 * nothing. It waits before it asks again, longer each time, and gives up in the end with the failure there was.
 * Only for a source that hands out nothing but right bytes before it fails, and that knows by itself when another file
 * stands in the place of the first.
 */
export function resumingSource(source: ByteSource, options: RetryOptions = {}): ByteSource {
  const host = { isHeard: false };
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const retries = new Retries(options, host);
    let at = range.start;
    let trouble: unknown;
    for (;;) {
      try {
        for await (const chunk of source.read({ start: at, end: range.end }, signal)) {
          at += chunk.length;
          retries.received(chunk.length);
          yield chunk;
        }
        return;
      } catch (error) {
        // Nothing stands behind the place where it broke off: then that it broke off is what there is to say.
        if (trouble !== undefined && isPastTheEnd(error)) throw retries.giveUp(trouble);
        trouble = error;
        await retries.after(error, signal);
      }
    }
  }
  return {
    get size() {
      return source.size;
    },
    read,
  };
}

/** How files are asked for, whichever they are. */
export type NetworkOptions = Pick<HttpSourceOptions, 'counter' | 'fetch' | 'fresh' | 'patience'> &
  RetryOptions;

/** A file behind a URL, over a network that fails now and then. */
export function resumingHttpSource(url: string, options: HttpSourceOptions & NetworkOptions): ByteSource {
  return resumingSource(httpSource(url, options), options);
}

function isPastTheEnd(error: unknown): boolean {
  return error instanceof SourceError && error.status === 416;
}

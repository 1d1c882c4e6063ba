import { SourceError } from './errors';

/** What an answer says of itself and of its file, as far as a page can read it across origins. */

/**
 * The `Content-Length`, where it is surely that of the bytes which arrive here: a browser undoes a
 * `Content-Encoding` and hides from other origins that there was one.
 */
export function exactLength(response: Response): number | undefined {
  const encodingIsVisible = response.type === 'basic' || response.type === 'default';
  if (!encodingIsVisible || response.headers.has('content-encoding')) return undefined;
  return contentLength(response);
}

export function contentLength(response: Response): number | undefined {
  const stated = response.headers.get('content-length');
  return stated !== null && /^\d+$/.test(stated) ? Number(stated) : undefined;
}

/** Bytes of the whole file, as an answer to these bytes of it tells; undefined where it does not. */
export function wholeLength(response: Response, start: number, end: number | undefined): number | undefined {
  if (response.status !== 206) return exactLength(response);
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (total !== undefined) return Number(total);
  const length = contentLength(response);
  return end === undefined && length !== undefined ? start + length : undefined;
}

/** What the answers for one URL have in common as long as it is one file. */
export class FileIdentity {
  private lastModified: string | null = null;
  private length: number | undefined;

  /** Throws `changed` when this answer is of another file than those before. */
  hold(url: string, { headers, status }: Response, length: number | undefined): void {
    const lastModified = headers.get('last-modified');
    const changes = [
      this.lastModified !== null && lastModified !== null && lastModified !== this.lastModified
        ? `Last-Modified was ${this.lastModified}, it is ${lastModified}`
        : undefined,
      this.length !== undefined && length !== undefined && length !== this.length
        ? `it had ${this.length} bytes, it has ${length}`
        : undefined,
    ].filter((change) => change !== undefined);
    if (changes.length > 0) {
      throw new SourceError({ reason: 'changed', url, status, detail: changes.join('; ') });
    }
    this.lastModified ??= lastModified;
    this.length ??= length;
  }
}

/** `Retry-After` (RFC 9110 §10.2.3) in milliseconds: it says seconds, or a date. Across origins only where the cache exposes it. */
export function retryAfterOf({ headers }: Response): number | undefined {
  const retryAfter = headers.get('retry-after');
  if (retryAfter === null) return undefined;
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

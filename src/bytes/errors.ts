/** What reading from a place can say. */

export type SourceReason =
  /** `fetch` failed: a browser does not tell a CORS refusal from a dead network. */
  | 'unreachable-or-cors'
  | 'offline'
  | 'forbidden'
  | 'http-status'
  /** HTML where the cache should have answered: a captive portal or an error page. */
  | 'html'
  /** Nothing came for as long as anybody waits. */
  | 'stalled'
  /** It is not the file any more that a part of was read before. */
  | 'changed'
  /** Fewer bytes came than were promised. */
  | 'short-read'
  /** More bytes came than the place is said to hold: it is not the file that was promised. */
  | 'too-long'
  /** The answer is not the range that was asked for. */
  | 'wrong-range'
  /** A local file changed or went away since it was picked. */
  | 'file-gone'
  /** The place that a file is saved to cannot hold the bytes. */
  | 'storage'
  /** What was decoded and kept cannot be read again: the browser took it back. */
  | 'kept-bytes-lost';

export class SourceError extends Error {
  readonly kind = 'source';
  readonly reason: SourceReason;
  /** The URL, or a local file's name. */
  readonly url: string;
  readonly status: number | undefined;
  readonly detail: string | undefined;
  /** Milliseconds after which the server wants to be asked again, where it says and lets a page read it. */
  readonly retryAfter: number | undefined;

  constructor(facts: {
    reason: SourceReason;
    url: string;
    status?: number | undefined;
    detail?: string | undefined;
    retryAfter?: number | undefined;
    cause?: unknown;
  }) {
    super(`${facts.url}: ${facts.reason}${facts.status ? ` ${facts.status}` : ''}`, { cause: facts.cause });
    this.name = 'SourceError';
    this.reason = facts.reason;
    this.url = facts.url;
    this.status = facts.status;
    this.detail = facts.detail;
    this.retryAfter = facts.retryAfter;
  }
}

/**
 * Throws a DOMException named AbortError when the signal was aborted, whatever reason it was aborted with.
 */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new DOMException('The operation was aborted.', 'AbortError');
}

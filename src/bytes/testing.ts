import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ByteStream } from './source';

/**
 * For tests only: bytes that show where they came from, streams that lend for real, and a server on loopback.
 */

/** Bytes that tell their place: a stretch taken from anywhere else is another one. */
export function pattern(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at++) bytes[at] = (Math.imul(at + 1, 0x9e3779b1) >>> 21) ^ at;
  return bytes;
}

export interface Lent {
  readonly stream: ByteStream;
  /** Chunks that were handed out. */
  pulled: number;
  /** The stream was left, or ended. */
  freed: boolean;
}

/**
 * Hands out each chunk in the same memory, and takes it back before the next and at the end: what was kept of it is overwritten
 * with 0xff, or gone altogether, as with the buffer that a body is read into.
 */
export function lend(...chunks: readonly Uint8Array[]): Lent {
  let room = new Uint8Array(Math.max(0, ...chunks.map((chunk) => chunk.length)));
  const takeBack = () => {
    room.fill(0xff);
    if (lent.pulled % 2 === 0) room = structuredClone(room, { transfer: [room.buffer] });
  };
  async function* stream(): ByteStream {
    try {
      for (const chunk of chunks) {
        lent.pulled++;
        room.set(chunk);
        yield room.subarray(0, chunk.length);
        takeBack();
      }
    } finally {
      takeBack();
      lent.freed = true;
    }
  }
  const lent: Lent = { stream: stream(), pulled: 0, freed: false };
  return lent;
}

/** The bytes in chunks of `size`. */
export function cut(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer>[] {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

/** Everything the stream gives, and what it threw, if it did. */
export async function drain(stream: ByteStream): Promise<{ bytes: Uint8Array<ArrayBuffer>; error: unknown }> {
  const all: number[] = [];
  let error: unknown;
  try {
    for await (const chunk of stream) for (const byte of chunk) all.push(byte);
  } catch (thrown) {
    error = thrown;
  }
  return { bytes: Uint8Array.from(all), error };
}

/** Something that happens once, when the test says so. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface TestServer {
  /** Ends with a slash. */
  readonly url: string;
  /** What was asked, in order: `GET /x`, with the Range behind it where there was one. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

/** A server on a free port of loopback, until the test ends. */
export async function serve(answer: Answer): Promise<TestServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { range } = request.headers;
    requests.push(`${request.method} ${request.url}${range === undefined ? '' : ` ${range}`}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  onTestFinished(close);
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requests, close };
}

/** Answers like a file server: 206 to `bytes=a-b` and `bytes=a-`, 416 past the end, 200 otherwise. */
export function fileServer(bytes: Uint8Array): Answer {
  return (request, response) => {
    const asked = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    if (!asked) {
      response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
      return;
    }
    const start = Number(asked[1]);
    const last = Math.min(asked[2] ? Number(asked[2]) : Number.POSITIVE_INFINITY, bytes.length - 1);
    if (start >= bytes.length) {
      response.writeHead(416).end();
      return;
    }
    response
      .writeHead(206, {
        'Content-Length': last + 1 - start,
        'Content-Range': `bytes ${start}-${last}/${bytes.length}`,
      })
      .end(bytes.subarray(start, last + 1));
  };
}

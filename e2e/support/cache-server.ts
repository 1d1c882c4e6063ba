import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { type Body, bytesBody, encodedBody, fileBody } from './body';
import { deliver, Held } from './delivery';
import type { Misbehaviour } from './misbehaviour';
import { serverClosed, serverOpened } from './open-servers';

/** One request, as it went. */
export interface CacheRequest {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly range: string | undefined;
  status: number;
  /** Bytes of the body handed to the network so far; what a reader that went away did not take is in it. */
  writtenBytes: number;
  /** `cut` also when the reader went away. */
  end: 'open' | 'complete' | 'cut';
}

export interface CacheServer {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** In the order of arrival. */
  readonly requests: readonly CacheRequest[];
  /** Requests whose path is, or begins with, `where`, or matches it. The latest that matches counts. */
  misbehave(where: string | RegExp, how: Misbehaviour): void;
  /** Forgets all misbehaviour. */
  behave(): void;
  /** Forgets the requests so far. */
  forget(): void;
  /** Lets everything go on that is stalled. */
  release(): void;
  close(): Promise<void>;
}

/**
 * A binary cache on loopback, with CORS as cache.nixos.org has it: `*` on every answer including the 404, nothing exposed,
 * plain GET and HEAD only, any preflight refused. Range is understood as `bytes=a-b` and `bytes=a-`.
 */
export async function startCacheServer({ folder }: { folder: string }): Promise<CacheServer> {
  const requests: CacheRequest[] = [];
  const held = new Held();
  let rules: Rule[] = [];

  const server = createServer((request, response) => {
    const record: CacheRequest = {
      method: request.method ?? 'GET',
      path: request.url ?? '/',
      range: request.headers.range,
      status: 0,
      writtenBytes: 0,
      end: 'open',
    };
    requests.push(record);
    const rule = rules.findLast(({ where }) =>
      typeof where === 'string' ? record.path.startsWith(where) : where.test(record.path),
    );
    if (rule) rule.used += 1;
    answer({ folder, request, response, record, rule, held }).catch((error: unknown) => {
      record.end = 'cut';
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  serverOpened(url);

  return {
    url,
    requests,
    misbehave: (where, how) => rules.push({ where, how, used: 0 }),
    behave: () => {
      rules = [];
    },
    forget: () => {
      requests.length = 0;
    },
    release: () => held.release(),
    close: async () => {
      serverClosed(url);
      held.release();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

interface Rule {
  readonly where: string | RegExp;
  readonly how: Misbehaviour;
  used: number;
}

interface Exchange {
  readonly folder: string;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly record: CacheRequest;
  readonly rule: Rule | undefined;
  readonly held: Held;
}

async function answer(exchange: Exchange): Promise<void> {
  const { folder, record, rule } = exchange;
  const how = rule?.how;
  if (record.method === 'OPTIONS') return refuse(exchange, 403, 'Preflight is not answered here.\n', {});
  if (record.method !== 'GET' && record.method !== 'HEAD') return refuse(exchange, 405, 'GET or HEAD.\n');
  if (how?.kind === 'status' && (rule?.used ?? 0) <= (how.times ?? Number.POSITIVE_INFINITY)) {
    const retry: Headers = how.retryAfter === undefined ? {} : retryHeaders(how.retryAfter);
    return refuse(exchange, how.status, `${how.status}\n`, { ...CORS, ...retry });
  }
  if (how?.kind === 'redirect') {
    return refuse(exchange, 302, '', { ...CORS, Location: `${how.to}${record.path}` });
  }
  const body = await bodyOf(folder, record.path, rule);
  if (!body) return refuse(exchange, 404, '404\n');
  await send(exchange, body);
}

async function bodyOf(folder: string, path: string, rule: Rule | undefined): Promise<Body | undefined> {
  const how = rule?.how;
  const file = fileIn(folder, how?.kind === 'other-file' ? how.path : path);
  if (how?.kind === 'html') return bytesBody(Buffer.from(PORTAL));
  if (how?.kind === 'replaced' && (rule?.used ?? 0) > 1)
    return { ...bytesBody(how.body), lastModified: LATER };
  if (how?.kind === 'encoded') return encodedBody(file, how.as);
  return fileBody(file);
}

function fileIn(folder: string, path: string): string {
  const pathname = decodeURIComponent(path.replace(/[?#].*$/, ''));
  return join(folder, normalize(join('/', pathname)));
}

async function send(exchange: Exchange, body: Body): Promise<void> {
  const { response, record, rule, held } = exchange;
  const how = rule?.how;
  const asked = how?.kind === 'range-ignored' ? undefined : parseRange(record.range, body.size);
  if (asked === 'unsatisfiable') return refuse(exchange, 416, '416\n');

  const shift = asked && how?.kind === 'wrong-range' ? how.by : 0;
  const start = Math.min((asked?.start ?? 0) + shift, body.size);
  const end = Math.min((asked?.end ?? body.size) + shift, body.size);
  const claimed = end - start + (how?.kind === 'wrong-length' ? how.by : 0);
  record.status = asked ? 206 : 200;
  response.writeHead(record.status, {
    ...(how?.kind === 'no-cors' ? {} : CORS),
    // Each request is to be seen here.
    'Cache-Control': 'no-store',
    ...(body.lastModified ? { 'Last-Modified': body.lastModified } : {}),
    ...(asked ? { 'Content-Range': `bytes ${start}-${end - 1}/${body.size}` } : { 'Accept-Ranges': 'bytes' }),
    ...(how?.kind === 'encoded' && how.header ? { 'Content-Encoding': how.as } : {}),
    'Content-Type': how?.kind === 'html' ? 'text/html' : contentType(record.path),
    'Content-Length': String(claimed),
  });
  if (record.method === 'HEAD') {
    response.end();
    record.end = 'complete';
    return;
  }
  await deliver({ response, record, chunks: body.read(start, end), how, used: rule?.used ?? 0, held });
}

type Headers = Record<string, string>;

function retryHeaders(seconds: number): Headers {
  return { 'Retry-After': String(seconds), 'Access-Control-Expose-Headers': 'Retry-After' };
}

const LATER = 'Fri, 01 Jan 2038 00:00:00 GMT';

const CORS: Headers = { 'Access-Control-Allow-Origin': '*' };

function refuse({ response, record }: Exchange, status: number, text: string, headers = CORS): void {
  record.status = status;
  record.end = 'complete';
  record.writtenBytes = text.length;
  response.writeHead(status, { 'Content-Type': 'text/plain', ...headers }).end(text);
}

function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? '');
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = match[2] ? Math.min(Number(match[2]) + 1, size) : size;
  return start < end ? { start, end } : 'unsatisfiable';
}

function contentType(path: string): string {
  if (path.endsWith('.narinfo')) return 'text/x-nix-narinfo';
  if (path.endsWith('.ls')) return 'application/json';
  return path.startsWith('/nar/') ? 'application/x-nix-nar' : 'text/plain';
}

const PORTAL =
  '<!doctype html><html><title>Sign in to this network</title><body>Please accept our terms.</body></html>\n';

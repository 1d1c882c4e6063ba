import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { serverClosed, serverOpened } from './open-servers';
import { CONSOLE_HOOK, CONSOLE_PATH } from './page-scripts';

export interface PageServer {
  /** Where the page lies, with a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Where the console hook lies for pages: no inline script, so that the page's policy stays in force. */
const HOOK_PATH = '/-console-hook.js';

/** An empty page of the same origin: there a test can fill the origin's storage before the app starts. */
export const BLANK_PATH = '/-blank';

export interface PageServerOptions {
  readonly folder: string;
  /** Path that the folder appears below, such as `/explorer/`. */
  readonly base?: string;
  /** Status of the page where there is no such file: 200 as most hosts can be set up, 404 as GitHub Pages has it. */
  readonly fallbackStatus?: 200 | 404;
  /** Sent with everything but the empty page, as a host may be set up to. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Everything goes out as gzip, as hosts send it to a browser. */
  readonly gzip?: boolean;
  /** Given: pages and workers get the console hook, and what it sends comes here. */
  readonly onConsole?: (text: string) => void;
}

/**
 * Serves a built page as a static host does: files by their names, everything else with 404.html, if there is one. What
 * is served is what was there at the start: building again meanwhile disturbs nobody.
 */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { folder, base = '/', fallbackStatus = 200, headers = {}, gzip = false, onConsole } = options;
  const files = await readFiles(folder);
  const serve = (request: IncomingMessage, response: ServerResponse) => {
    const name = fileName(request.url ?? '/', base);
    const found = name === undefined ? undefined : files.get(name);
    const contents = found ?? files.get('404.html');
    if (!contents) return void response.writeHead(404).end('404\n');
    const servedName = found && name ? name : '404.html';
    const body = onConsole ? withHook(servedName, contents) : contents;
    response.writeHead(found ? 200 : fallbackStatus, {
      'Content-Type': contentType(servedName),
      ...(gzip ? { 'Content-Encoding': 'gzip' } : {}),
    });
    response.end(gzip ? gzipSync(body) : body);
  };
  const server = createServer((request, response) => {
    if (request.url === BLANK_PATH)
      return void response.setHeader('Content-Type', 'text/html').end(BLANK_PAGE);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.url === HOOK_PATH) response.setHeader('Content-Type', 'text/javascript').end(CONSOLE_HOOK);
    else if (request.url === CONSOLE_PATH) collectMessage(request, response, onConsole);
    else serve(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  serverOpened(origin);
  return {
    url: `${origin}${base}`,
    close: async () => {
      serverClosed(origin);
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Contents of every file below a folder by its name there; nothing when there is no such folder. */
async function readFiles(folder: string): Promise<Map<string, Buffer>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = files.map(async (file) => [relative(folder, file), await readFile(file)] as const);
  return new Map(await Promise.all(contents));
}

/** The file that a URL names; undefined when it lies elsewhere, or cannot be a file's name. */
function fileName(url: string, base: string): string | undefined {
  const [pathname = ''] = url.split(/[?#]/);
  if (!pathname.startsWith(base)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(base.length)) || 'index.html';
  } catch {
    return undefined;
  }
}

function withHook(name: string, contents: Buffer): string | Buffer {
  if (name.endsWith('.html')) {
    return contents.toString().replace('<head>', `<head><script src="${HOOK_PATH}"></script>`);
  }
  return /worker[^/]*\.js$/.test(name) ? CONSOLE_HOOK + contents.toString() : contents;
}

function collectMessage(
  request: IncomingMessage,
  response: ServerResponse,
  onConsole: ((text: string) => void) | undefined,
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    onConsole?.(Buffer.concat(chunks).toString());
    response.writeHead(204).end();
  });
}

const BLANK_PAGE = '<!doctype html><title>-</title><link rel="icon" href="data:,">';

function contentType(name: string): string {
  return CONTENT_TYPES[extname(name)] ?? 'application/octet-stream';
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

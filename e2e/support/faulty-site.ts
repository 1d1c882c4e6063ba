import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serverClosed, serverOpened } from './open-servers';

/** A site of the explorer that does not always give what it has. */
export interface FaultySite {
  /** With a slash at the end. */
  readonly url: string;
  /** Requests whose path matches are answered with 500, until `allow`. */
  refuse(path: RegExp): void;
  allow(): void;
  close(): Promise<void>;
}

/** Stands in front of a site of the page: browsers let tests refuse what a page loads, but not what its worker does. */
export async function startFaultySite(site: string): Promise<FaultySite> {
  let refused: RegExp | undefined;
  const server = createServer((asked, response) => {
    if (!refused?.test(asked.url ?? '')) return passOn(site, asked, response);
    response.writeHead(500, { 'Content-Type': 'text/javascript' }).end('// 500\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  serverOpened(origin);
  return {
    url: `${origin}/`,
    refuse: (path) => {
      refused = path;
    },
    allow: () => {
      refused = undefined;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      serverClosed(origin);
    },
  };
}

function passOn(site: string, asked: IncomingMessage, response: ServerResponse): void {
  const { method, headers } = asked;
  const passed = request(new URL(asked.url ?? '/', site), { method, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  passed.on('error', (error) => response.destroy(error));
  asked.pipe(passed);
}

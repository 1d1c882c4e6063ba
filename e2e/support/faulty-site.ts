import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of the explorer that does not always give what it has. */
export interface FaultySite {
  /** With a slash at the end. */
  readonly url: string;
  /** The next request whose path matches is answered with 500. */
  refuseOnce(path: RegExp): void;
  close(): Promise<void>;
}

/** Stands in front of a site of the page: browsers let tests refuse what a page loads, but not what its worker does. */
export async function startFaultySite(site: string): Promise<FaultySite> {
  const refused = new Set<RegExp>();
  const server = createServer((asked, response) => {
    const refusal = [...refused].find((path) => path.test(asked.url ?? ''));
    if (!refusal) return passOn(site, asked, response);
    refused.delete(refusal);
    response.writeHead(500, { 'Content-Type': 'text/plain' }).end('500\n');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has an AddressInfo.
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    refuseOnce: (path) => void refused.add(path),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
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

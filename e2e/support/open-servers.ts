/**
 * Servers that tests have started in this process: a page may ask these, and nobody else. One that was closed still counts
 * until `forgetClosedServers`, for a test may close a server before its requests are looked at.
 */
const servers = new Map<string, 'open' | 'closed'>();

export function serverOpened(origin: string): void {
  servers.set(origin, 'open');
}

export function serverClosed(origin: string): void {
  servers.set(origin, 'closed');
}

export function forgetClosedServers(): void {
  for (const [origin, state] of servers) if (state === 'closed') servers.delete(origin);
}

export function isOfTests(url: string): boolean {
  return servers.has(new URL(url).origin);
}

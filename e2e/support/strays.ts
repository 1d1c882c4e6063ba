import type { Engine } from './engine';
import { isOfTests } from './open-servers';

/** Addresses that lead nowhere: what they name is in the page itself. */
const NOWHERE = /^(?:about|blob|data):/;

/**
 * Requests of the page and its workers, so far, to anybody but the servers that tests have started. Outside of loopback every
 * engine's proxy sees them, and where the driver tells of requests, on loopback too.
 */
export function strayRequests(engine: Engine): string[] {
  const told = (engine.requestedUrls() ?? []).filter((url) => !NOWHERE.test(url) && !isOfTests(url));
  return [...new Set([...engine.refusedUrls(), ...told])];
}

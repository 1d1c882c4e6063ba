import { expect, test } from 'vitest';
import { gate, serve } from '../bytes/testing';
import { createArchiveService } from './create-service';
import { archiveOf, asking, cacheWith, LARGE, LARGE_LS, rowOf, signal, xz } from './testing/one-path-cache';

/** A cache that sends half of a large NAR and then holds it, and knows when that transfer has ended. */
async function heldCache() {
  const large = xz(LARGE);
  const closed = gate();
  const cache = await cacheWith({
    compression: 'xz',
    nar: large,
    ls: LARGE_LS,
    narSize: LARGE.length,
    claimed: LARGE,
  });
  const server = await serve(async (request, response) => {
    if (request.url?.startsWith('/nar/')) {
      response.on('close', closed.open);
      response.writeHead(200, { 'Content-Length': large.length });
      response.write(large.subarray(0, large.length / 2));
      return;
    }
    const answer = await fetch(`${cache.cacheUrl}${request.url}`);
    response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer()));
  });
  return { cacheUrl: server.url, transferEnded: closed.opened };
}

test('a download that is stopped frees the transfer, also where a preview had kept its place', async () => {
  const { cacheUrl, transferEnded } = await heldCache();
  const service = createArchiveService();
  const archive = archiveOf(await service.open(asking(cacheUrl), () => undefined, signal()));
  const row = rowOf(archive, 'large');
  const preview = await service.read(
    archive.id,
    { row, fileOffset: 0, length: 1000 },
    () => undefined,
    signal(),
  );
  expect(preview.ok).toBe(true);
  const stop = new AbortController();
  const saving = service.stream(
    archive.id,
    { row, fileOffset: 0 },
    async () => stop.abort(),
    () => undefined,
    stop.signal,
  );
  expect(await saving).toMatchObject({ ok: false, failure: { kind: 'cancelled' } });
  await transferEnded;
});

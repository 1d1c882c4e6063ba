import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { httpSource } from './http-source';
import { collect } from './stream';
import { type Answer, drain, fileServer, gate, pattern, serve } from './testing';

const BYTES = pattern(1000);
const NEVER = new AbortController().signal;

afterEach(() => vi.unstubAllGlobals());

/** One read of an answer that the test makes up. */
async function readFrom(answer: Answer, range = {}, options = {}) {
  const server = await serve(answer);
  const source = httpSource(`${server.url}x.nar`, options);
  return { ...(await drain(source.read({ start: 0, ...range }, NEVER))), server };
}

test('the whole file is one plain GET', async () => {
  const counter = { requests: 0, receivedBytes: 0 };
  const headers: string[] = [];
  const { bytes, error, server } = await readFrom(
    (request, response) => {
      headers.push(...Object.keys(request.headers));
      fileServer(BYTES)(request, response);
    },
    {},
    { size: 1000, counter },
  );
  expect({ bytes, error }).toEqual({ bytes: BYTES, error: undefined });
  expect(server.requests).toEqual(['GET /x.nar']);
  expect(headers).not.toContain('range');
  expect(headers).not.toContain('cookie');
  expect(counter).toEqual({ requests: 1, receivedBytes: 1000 });
});

test('a range is asked for as bytes=a-b or bytes=a-, and costs its bytes', async () => {
  const server = await serve(fileServer(BYTES));
  const counter = { requests: 0, receivedBytes: 0 };
  const unsized = httpSource(`${server.url}x.nar`, { counter });
  expect(await collect(unsized.read({ start: 10, end: 30 }, NEVER), 1000)).toEqual(BYTES.slice(10, 30));
  expect(await collect(unsized.read({ start: 0, end: 5 }, NEVER), 1000)).toEqual(BYTES.slice(0, 5));
  expect(await collect(unsized.read({ start: 990 }, NEVER), 1000)).toEqual(BYTES.slice(990));
  expect(counter).toEqual({ requests: 3, receivedBytes: 35 });
  expect(server.requests.map((request) => request.split(' ')[2])).toEqual([
    'bytes=10-29',
    'bytes=0-4',
    'bytes=990-',
  ]);
  const sized = httpSource(`${server.url}x.nar`, { size: 1000 });
  await drain(sized.read({ start: 990 }, NEVER));
  await drain(sized.read({ start: 0, end: 1000 }, NEVER));
  expect(server.requests.slice(3)).toEqual(['GET /x.nar bytes=990-999', 'GET /x.nar']);
});

test('any range, of a server that knows ranges and of one that does not', async () => {
  const knows = await serve(fileServer(BYTES));
  const ignores = await serve((_, response) => response.end(BYTES));
  const place = fc.integer({ min: 0, max: 1000 });
  await fc.assert(
    fc.asyncProperty(place, place, fc.boolean(), async (a, b, stated) => {
      const range = { start: Math.min(a, b), end: Math.max(a, b) };
      for (const { url } of [knows, ignores]) {
        const source = httpSource(url, stated ? { size: 1000 } : {});
        const expected = { bytes: BYTES.subarray(range.start, range.end), error: undefined };
        expect(await drain(source.read(range, NEVER))).toEqual(expected);
      }
    }),
    { numRuns: 50 },
  );
});

test('nothing is asked for an empty range, or for one that ends past the size', async () => {
  const server = await serve(fileServer(BYTES));
  const source = httpSource(server.url, { size: 1000 });
  expect(await drain(source.read({ start: 7, end: 7 }, NEVER))).toMatchObject({ error: undefined });
  expect(await drain(source.read({ start: 1000 }, NEVER))).toMatchObject({ error: undefined });
  const past = await drain(source.read({ start: 0, end: 1001 }, NEVER));
  expect(past.error).toMatchObject({ reason: 'short-read', url: server.url });
  expect(server.requests).toEqual([]);
});

test('a server that ignores the range is read to the end of the range, and dropped there', async () => {
  const large = pattern(64 * 2 ** 20);
  const dropped = gate();
  const server = await serve((_, response) => {
    response.on('close', () => dropped.open());
    response.writeHead(200, { 'Content-Length': large.length }).end(large);
  });
  const counter = { requests: 0, receivedBytes: 0 };
  const source = httpSource(server.url, { counter });
  const range = { start: 1_000_000, end: 1_000_010 };
  const { bytes, error } = await drain(source.read(range, NEVER));
  expect({ bytes, error }).toEqual({ bytes: large.subarray(range.start, range.end), error: undefined });
  await dropped.opened;
  expect(counter.requests).toBe(1);
  expect(counter.receivedBytes).toBeGreaterThanOrEqual(range.end);
  expect(counter.receivedBytes).toBeLessThan(range.end + 2 ** 20);
});

test('an answer of another length, from another place, or to no range at all is wrong-range', async () => {
  const wrong: [Answer, object][] = [
    [(_, response) => response.writeHead(206, { 'Content-Length': 19 }).end(BYTES.subarray(10, 29)), {}],
    [(_, response) => response.writeHead(206, { 'Content-Length': 21 }).end(BYTES.subarray(10, 31)), {}],
    // Without a length it shows when too much has come.
    [(_, response) => response.writeHead(206).end(BYTES.subarray(10, 31)), {}],
    [
      (_, response) =>
        response.writeHead(206, { 'Content-Range': 'bytes 11-30/1000' }).end(BYTES.subarray(11, 31)),
      {},
    ],
    [(_, response) => response.writeHead(206).end(BYTES), { start: 0, end: undefined }],
  ];
  for (const [answer, range] of wrong) {
    const { error } = await readFrom(answer, { start: 10, end: 30, ...range });
    expect(error).toMatchObject({ kind: 'source', reason: 'wrong-range', status: 206 });
  }
});

test('a status that is no answer has its reason', async () => {
  const reasons = {
    403: 'forbidden',
    404: 'http-status',
    410: 'http-status',
    416: 'http-status',
    500: 'http-status',
    204: 'http-status',
  };
  for (const [status, reason] of Object.entries(reasons)) {
    const { bytes, error, server } = await readFrom((_, response) =>
      response.writeHead(Number(status)).end(),
    );
    expect(bytes).toHaveLength(0);
    expect(error).toMatchObject({ reason, status: Number(status), url: `${server.url}x.nar` });
  }
});

test('a connection that is cut gives the bytes that came, then says how many', async () => {
  const headers: Record<string, Record<string, number | string>> = {
    '600 of 1000 bytes came': { 'Content-Length': 1000 },
    '600 bytes came': { 'Transfer-Encoding': 'chunked' },
  };
  for (const [detail, stated] of Object.entries(headers)) {
    const arrived = gate();
    const { url } = await serve((_, response) => {
      response.writeHead(200, stated).write(BYTES.subarray(0, 600));
      arrived.opened.then(() => response.destroy());
    });
    let received = 0;
    const reading = async () => {
      for await (const chunk of httpSource(url).read({ start: 0 }, NEVER)) {
        expect(chunk).toEqual(BYTES.slice(received, received + chunk.length));
        received += chunk.length;
        if (received === 600) arrived.open();
      }
    };
    await expect(reading()).rejects.toMatchObject({
      reason: 'short-read',
      detail,
      cause: expect.any(TypeError),
    });
    expect(received).toBe(600);
  }
});

test('a body that ends early without a sign of it is known by the size, and by the range', async () => {
  const short: Answer = (_, response) => response.writeHead(200).end(BYTES.subarray(0, 600));
  expect(await readFrom(short, {}, { size: 1000 })).toMatchObject({
    bytes: BYTES.subarray(0, 600),
    error: { reason: 'short-read', detail: '600 of 1000 bytes came' },
  });
  expect(await readFrom(short, { start: 500, end: 700 })).toMatchObject({
    bytes: BYTES.subarray(500, 600),
    error: { reason: 'short-read' },
  });
  const shortRange: Answer = (_, response) => response.writeHead(206).end(BYTES.subarray(10, 20));
  expect(await readFrom(shortRange, { start: 10, end: 30 })).toMatchObject({
    bytes: BYTES.subarray(10, 20),
    error: { reason: 'short-read', detail: '10 of 20 bytes came' },
  });
});

test('a body that is longer than the file is said to be gives no byte too many', async () => {
  const { bytes, error } = await readFrom(fileServer(BYTES), {}, { size: 999 });
  expect(bytes.length).toBeLessThan(1000);
  expect(error).toMatchObject({ reason: 'too-long', detail: 'more than 999 bytes came' });
});

test('the Content-Length of an encoded body is not held against what was decoded', async () => {
  const encoded = gzipSync(new Uint8Array(5000));
  const answer: Answer = (_, response) =>
    response.writeHead(200, { 'Content-Encoding': 'gzip', 'Content-Length': encoded.length }).end(encoded);
  expect(await readFrom(answer)).toMatchObject({ bytes: new Uint8Array(5000), error: undefined });
  expect(await readFrom(answer, {}, { size: 5000 })).toMatchObject({ error: undefined });
});

test('across origins, where an encoding is hidden, a Content-Length says nothing', async () => {
  const fetchAcross: typeof fetch = async () => {
    const response = new Response(BYTES, { headers: { 'Content-Length': '77' } });
    return Object.defineProperty(response, 'type', { value: 'cors' });
  };
  const source = httpSource('https://cache.example/x.nar', { fetch: fetchAcross });
  expect(await drain(source.read({ start: 0 }, NEVER))).toEqual({ bytes: BYTES, error: undefined });
});

test('a page where an archive should be is html; a page that was asked for by range is not', async () => {
  const page = Buffer.from('\ufeff\n <!doctype html><title>Log in</title>');
  const portal: Answer = (_, response) =>
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(page);
  expect(await readFrom(portal)).toMatchObject({
    bytes: new Uint8Array(0),
    error: { reason: 'html', status: 200 },
  });
  expect(await readFrom(portal, { start: 10, end: 20 })).toMatchObject({ error: { reason: 'html' } });
  // Mislabelled archives are common, and a page inside an uncompressed NAR is what somebody wants to read.
  const mislabelled: Answer = (request, response) =>
    fileServer(BYTES)(request, response.setHeader('Content-Type', 'text/html'));
  expect(await readFrom(mislabelled)).toMatchObject({ bytes: BYTES, error: undefined });
  const inside: Answer = (_, response) => response.writeHead(206, { 'Content-Type': 'text/html' }).end('<p>');
  expect(await readFrom(inside, { start: 10, end: 13 })).toMatchObject({ error: undefined });
});

test('a server that is not there is unreachable, or the machine is offline', async () => {
  const server = await serve(fileServer(BYTES));
  await server.close();
  const source = httpSource(server.url);
  const { error } = await drain(source.read({ start: 0 }, NEVER));
  expect(error).toMatchObject({
    reason: 'unreachable-or-cors',
    url: server.url,
    cause: expect.any(TypeError),
  });
  vi.stubGlobal('navigator', { onLine: false });
  expect((await drain(source.read({ start: 0 }, NEVER))).error).toMatchObject({ reason: 'offline' });
});

test('fetch is called without credentials, and not as a method of anything', async () => {
  const calls: unknown[] = [];
  const source = httpSource('https://cache.example/x', {
    async fetch(this: unknown, _, init) {
      calls.push({ calledOn: this, credentials: init?.credentials });
      return new Response(BYTES);
    },
  });
  await drain(source.read({ start: 0 }, NEVER));
  expect(calls).toEqual([{ calledOn: undefined, credentials: 'omit' }]);
});

/** Sends the first 600 bytes and then nothing, as long as the connection stands. */
async function stallingServer(headersToo = true) {
  const asked = gate();
  const freed = gate();
  const server = await serve((_, response) => {
    response.on('close', () => freed.open());
    asked.open();
    if (headersToo) response.writeHead(200, { 'Content-Length': 1000 }).write(BYTES.subarray(0, 600));
  });
  return { url: server.url, requests: server.requests, asked: asked.opened, freed: freed.opened };
}

test('leaving the loop frees the connection, however slow the server', async () => {
  const { url, freed } = await stallingServer();
  for await (const chunk of httpSource(url).read({ start: 0 }, NEVER)) {
    expect(chunk).toEqual(BYTES.slice(0, 600));
    break;
  }
  await freed;
});

test('a throw inside the loop frees the connection', async () => {
  const { url, freed } = await stallingServer();
  const reading = async () => {
    for await (const _ of httpSource(url).read({ start: 0 }, NEVER)) throw new Error('enough');
  };
  await expect(reading()).rejects.toThrow('enough');
  await freed;
});

test('abort frees the connection while an answer is awaited', async () => {
  const { url, asked, freed } = await stallingServer(false);
  const abort = new AbortController();
  const reading = drain(httpSource(url).read({ start: 0 }, abort.signal));
  await asked;
  abort.abort();
  await freed;
  expect((await reading).error).toMatchObject({ name: 'AbortError' });
});

test('abort frees the connection while bytes are awaited', async () => {
  const { url, freed } = await stallingServer();
  const abort = new AbortController();
  const reading = httpSource(url).read({ start: 0 }, abort.signal)[Symbol.asyncIterator]();
  await reading.next();
  const next = reading.next();
  abort.abort(new Error('any reason'));
  await expect(next).rejects.toBeInstanceOf(DOMException);
  await expect(next).rejects.toMatchObject({ name: 'AbortError' });
  await freed;
});

test('abort frees the connection at once, not at the next pull, which throws', async () => {
  const { url, freed } = await stallingServer();
  const abort = new AbortController();
  const reading = httpSource(url).read({ start: 0 }, abort.signal)[Symbol.asyncIterator]();
  await reading.next();
  abort.abort();
  await freed;
  await expect(reading.next()).rejects.toMatchObject({ name: 'AbortError' });
});

test('abort is heard also when all bytes are there already', async () => {
  const source = httpSource('https://cache.example/x', { fetch: async () => new Response(BYTES) });
  const abort = new AbortController();
  const reading = source.read({ start: 0 }, abort.signal)[Symbol.asyncIterator]();
  await reading.next();
  abort.abort();
  await expect(reading.next()).rejects.toMatchObject({ name: 'AbortError' });
});

test('nothing is asked when the signal was aborted before', async () => {
  const { url, requests } = await stallingServer();
  const counter = { requests: 0, receivedBytes: 0 };
  const { error } = await drain(httpSource(url, { counter }).read({ start: 0 }, AbortSignal.abort()));
  expect(error).toMatchObject({ name: 'AbortError' });
  expect(counter.requests).toBe(0);
  expect(requests).toEqual([]);
});

test('each read is aborted for itself, and leaves nothing on the signal', async () => {
  const server = await serve(fileServer(BYTES));
  const source = httpSource(server.url);
  const abort = new AbortController();
  const added = vi.spyOn(abort.signal, 'addEventListener');
  const removed = vi.spyOn(abort.signal, 'removeEventListener');
  const { url } = await stallingServer();
  const other = httpSource(url).read({ start: 0 }, abort.signal)[Symbol.asyncIterator]();
  await other.next();
  expect(await collect(source.read({ start: 0 }, NEVER), 1000)).toEqual(BYTES);
  abort.abort();
  await expect(other.next()).rejects.toMatchObject({ name: 'AbortError' });
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
});

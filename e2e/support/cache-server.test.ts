import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type CacheServer, startCacheServer } from './cache-server';

const nar = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
const folder = mkdtempSync(join(tmpdir(), 'cache-server-'));
let cache: CacheServer;

beforeAll(async () => {
  mkdirSync(join(folder, 'nar'));
  writeFileSync(join(folder, 'nar', 'x.nar'), nar);
  writeFileSync(join(folder, 'a.ls'), '{"version":1}');
  writeFileSync(join(folder, 'b.ls'), '{"version":1,"other":true}');
  cache = await startCacheServer({ folder });
});

afterEach(() => {
  cache.behave();
  cache.forget();
});

afterAll(async () => {
  await cache.close();
  rmSync(folder, { recursive: true });
});

const fetchNar = (init?: RequestInit) => fetch(`${cache.url}/nar/x.nar`, init);
/** `toEqual` takes half a second for such arrays. */
const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());

test('serves files with a plain star, exposes nothing, and counts what it wrote', async () => {
  const response = await fetchNar();
  expect(same(await bytesOf(response), nar)).toBe(true);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(response.headers.get('access-control-expose-headers')).toBeNull();
  await expect.poll(() => cache.requests[0]?.end).toBe('complete');
  expect(cache.requests).toMatchObject([
    { method: 'GET', path: '/nar/x.nar', status: 200, writtenBytes: nar.length, end: 'complete' },
  ]);
});

test('what is not there is a 404 that browsers may read', async () => {
  const response = await fetch(`${cache.url}/none.narinfo?x=1`);
  expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([404, '*']);
  expect((await fetch(`${cache.url}/../../etc/passwd`)).status).toBe(404);
});

test('HEAD has no body, a preflight is refused', async () => {
  const head = await fetchNar({ method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '300000']);
  const preflight = await fetchNar({ method: 'OPTIONS' });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});

test('ranges: from, from to, and past the end', async () => {
  const middle = await fetchNar({ headers: { Range: 'bytes=10-19' } });
  expect([middle.status, await bytesOf(middle)]).toEqual([206, nar.slice(10, 20)]);
  const rest = await fetchNar({ headers: { Range: 'bytes=299990-' } });
  expect([rest.status, await bytesOf(rest)]).toEqual([206, nar.slice(-10)]);
  expect((await fetchNar({ headers: { Range: 'bytes=300000-' } })).status).toBe(416);
  expect(cache.requests.map(({ range }) => range)).toEqual(['bytes=10-19', 'bytes=299990-', 'bytes=300000-']);
});

test('range ignored, and a wrong range', async () => {
  cache.misbehave('/nar/', { kind: 'range-ignored' });
  const whole = await fetchNar({ headers: { Range: 'bytes=10-19' } });
  expect([whole.status, (await bytesOf(whole)).length]).toEqual([200, nar.length]);
  cache.misbehave('/nar/', { kind: 'wrong-range', by: 5 });
  const wrong = await fetchNar({ headers: { Range: 'bytes=10-19' } });
  expect([wrong.status, await bytesOf(wrong)]).toEqual([206, nar.slice(15, 25)]);
});

test('no CORS, a status, 429 with Retry-After, HTML, redirect', async () => {
  cache.misbehave('/nar/', { kind: 'no-cors' });
  expect((await fetchNar()).headers.get('access-control-allow-origin')).toBeNull();
  cache.misbehave('/nar/', { kind: 'status', status: 429, retryAfter: 7 });
  const limited = await fetchNar();
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
  cache.misbehave(/\.nar$/, { kind: 'html' });
  expect(await (await fetchNar()).text()).toMatch(/^<!doctype html>/);
  const other = await startCacheServer({ folder });
  cache.misbehave('/nar/', { kind: 'redirect', to: other.url });
  const redirected = await fetchNar();
  expect([redirected.url, (await bytesOf(redirected)).length]).toEqual([
    `${other.url}/nar/x.nar`,
    nar.length,
  ]);
  await other.close();
});

test('a stall is held until it is released', async () => {
  cache.misbehave('/nar/', { kind: 'stall', afterBytes: 100_000 });
  const response = await fetchNar();
  // The reader of a fetched body exists.
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let received = 0;
  while (received < 100_000) received += (await reader.read()).value?.length ?? 0;
  expect([received, cache.requests[0]?.writtenBytes, cache.requests[0]?.end]).toEqual([
    100_000,
    100_000,
    'open',
  ]);
  cache.release();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    received += value.length;
  }
  expect(received).toBe(nar.length);
});

test('a reader that goes away is seen', async () => {
  cache.misbehave('/nar/', { kind: 'stall', afterBytes: 10 });
  const abort = new AbortController();
  await fetchNar({ signal: abort.signal });
  abort.abort();
  await expect.poll(() => cache.requests[0]?.end).toBe('cut');
});

test('cut at a byte, once and always', async () => {
  cache.misbehave('/nar/', { kind: 'cut', atByte: 1000, times: 1 });
  await expect(fetchNar().then(bytesOf)).rejects.toThrow();
  expect(cache.requests[0]).toMatchObject({ writtenBytes: 1000, end: 'cut' });
  expect((await bytesOf(await fetchNar())).length).toBe(nar.length);
  cache.misbehave('/nar/', { kind: 'cut', atByte: 0 });
  for (let time = 0; time < 3; time++) await expect(fetchNar().then(bytesOf)).rejects.toThrow();
});

test('wrong Content-Length, too long and too short', async () => {
  cache.misbehave('/nar/', { kind: 'wrong-length', by: 10 });
  await expect(fetchNar().then(bytesOf)).rejects.toThrow();
  cache.misbehave('/nar/', { kind: 'wrong-length', by: -10 });
  expect((await fetchNar()).headers.get('content-length')).toBe('299990');
});

test('drip comes whole, a flipped byte is the only difference, a file is replaced after the first request', async () => {
  cache.misbehave('/nar/', { kind: 'drip', chunkBytes: 50_000, pauseMs: 1 });
  expect(same(await bytesOf(await fetchNar()), nar)).toBe(true);
  cache.misbehave('/nar/', { kind: 'flipped', atByte: 70_000 });
  const flipped = await bytesOf(await fetchNar());
  expect(
    [...flipped.entries()].filter(([index, byte]) => byte !== nar[index]).map(([index]) => index),
  ).toEqual([70_000]);
  cache.misbehave('/nar/', { kind: 'replaced', body: Uint8Array.of(1, 2, 3) });
  expect((await bytesOf(await fetchNar())).length).toBe(nar.length);
  expect(await bytesOf(await fetchNar())).toEqual(Uint8Array.of(1, 2, 3));
});

test('listings: encoded with and without saying so, and of another path', async () => {
  const url = () => `${cache.url}/a.ls`;
  cache.misbehave('/a.ls', { kind: 'encoded', as: 'br', header: true });
  expect(await (await fetch(url())).text()).toBe('{"version":1}');
  cache.misbehave('/a.ls', { kind: 'encoded', as: 'br', header: false });
  expect(brotliDecompressSync(await bytesOf(await fetch(url()))).toString()).toBe('{"version":1}');
  cache.misbehave('/a.ls', { kind: 'other-file', path: '/b.ls' });
  expect(await (await fetch(url())).text()).toContain('other');
});

import { expect, test } from 'vitest';
import { httpSource } from './http-source';
import { collect } from './stream';
import { fileServer, pattern, serve } from './testing';
import { windowedSource } from './windowed-source';

const NEVER = new AbortController().signal;
const KIB = 1024;
const FILE = pattern(3000 * KIB);

/** Quicker than an equality that could show the difference. */
const isFile = (bytes: Uint8Array | undefined) => bytes !== undefined && Buffer.compare(bytes, FILE) === 0;

async function windowed(endOfWindow: number, size = FILE.length) {
  const server = await serve(fileServer(FILE));
  return { server, source: windowedSource(httpSource(`${server.url}x`), size, () => endOfWindow) };
}

test('nothing is asked for beyond the window, and the next one only when somebody wants it', async () => {
  const { server, source } = await windowed(300 * KIB);
  const reading = source.read({ start: 0 }, NEVER)[Symbol.asyncIterator]();
  let size = 0;
  while (size < 300 * KIB) size += (await reading.next()).value?.length ?? 0;
  expect(server.requests).toEqual([`GET /x bytes=0-${300 * KIB - 1}`]);
  await reading.next();
  expect(server.requests[1]).toBe(`GET /x bytes=${300 * KIB}-${556 * KIB - 1}`);
  await reading.return?.();
});

test('windows grow, and together they are the file', async () => {
  const { server, source } = await windowed(0);
  expect(isFile(await collect(source.read({ start: 0 }, NEVER), FILE.length))).toBe(true);
  expect(server.requests.length).toBeLessThan(10);
  expect(server.requests.at(-1)).toMatch(/bytes=\d+-$/);
});

test('who wants everything gets it in one plain request', async () => {
  const { server, source } = await windowed(FILE.length);
  expect(isFile(await collect(source.read({ start: 0 }, NEVER), FILE.length))).toBe(true);
  expect(server.requests).toEqual(['GET /x']);
});

test('a size that was wrong changes nothing in the bytes', async () => {
  for (const size of [FILE.length - 1000, FILE.length + 1_000_000]) {
    const { source } = await windowed(FILE.length - 2000, size);
    expect(isFile(await collect(source.read({ start: 0 }, NEVER), FILE.length))).toBe(true);
  }
});

import { expect, onTestFinished, test, vi } from 'vitest';
import { SourceError } from './errors';
import { httpSource } from './http-source';
import { resumingHttpSource, resumingSource } from './resuming-source';
import type { Retry } from './retries';
import type { ByteSource } from './source';
import { collect } from './stream';
import { type Answer, cut, drain, fileServer, gate, pattern, serve } from './testing';

const BYTES = pattern(1000);
const NEVER = new AbortController().signal;

/** Waits that take no time, put down as they are asked for; `random` makes each as long as it may be. */
function patience() {
  const waits: number[] = [];
  const heard: (Retry | undefined)[] = [];
  const pause = async (milliseconds: number) => void waits.push(milliseconds);
  return { waits, heard, random: () => 1, pause, onRetry: (retry: Retry | undefined) => heard.push(retry) };
}

/** Answers as the script says, one answer for each request, the last one for all after it. */
function scripted(...answers: readonly Answer[]): Answer {
  let asked = 0;
  return (request, response) => answers[Math.min(asked++, answers.length - 1)]?.(request, response);
}

/** The file, but the connection ends after so many bytes of the body. */
const cutAfter =
  (bytes: number): Answer =>
  (request, response) => {
    const [, start = 0, last = BYTES.length - 1] =
      /bytes=(\d+)-(\d+)?/
        .exec(request.headers.range ?? '')
        ?.map((digits) => (digits ? Number(digits) : undefined)) ?? [];
    response.writeHead(request.headers.range ? 206 : 200, { 'Content-Length': last + 1 - start });
    response.write(BYTES.subarray(start, start + bytes), () => response.destroy());
  };
const status =
  (code: number, headers = {}): Answer =>
  (_, response) =>
    void response.writeHead(code, headers).end();

async function readFrom(answer: Answer, options = {}) {
  const server = await serve(answer);
  const { waits, heard, ...network } = patience();
  const source = resumingHttpSource(`${server.url}x.nar`, { ...network, ...options });
  const read = await drain(source.read({ start: 0 }, NEVER));
  return { ...read, waits, heard, requests: server.requests };
}

test('a cut body goes on where it broke off, and no byte comes twice', async () => {
  const { bytes, error, requests, heard } = await readFrom(scripted(cutAfter(300), fileServer(BYTES)));
  expect({ bytes, error }).toEqual({ bytes: BYTES, error: undefined });
  expect(requests).toEqual(['GET /x.nar', 'GET /x.nar bytes=300-']);
  expect(heard.map((retry) => retry?.error.reason)).toEqual(['short-read', undefined]);
});

test('a cut range goes on to the end of the range', async () => {
  const server = await serve(scripted(cutAfter(100), fileServer(BYTES)));
  const { waits: _, heard: __, ...network } = patience();
  const source = resumingHttpSource(`${server.url}x.nar`, network);
  expect((await drain(source.read({ start: 200, end: 900 }, NEVER))).bytes).toEqual(BYTES.slice(200, 900));
  expect(server.requests).toEqual(['GET /x.nar bytes=200-899', 'GET /x.nar bytes=300-899']);
});

test('where the host knows no ranges, the bytes that came before are skipped', async () => {
  const whole: Answer = (_, response) => void response.writeHead(200).end(BYTES);
  const { bytes, error } = await readFrom(scripted(cutAfter(300), whole));
  expect({ bytes, error }).toEqual({ bytes: BYTES, error: undefined });
});

test.each([408, 425, 429, 500, 502, 503, 504])('status %i is asked again, later each time', async (code) => {
  const { bytes, waits } = await readFrom(scripted(status(code), status(code), fileServer(BYTES)));
  expect(bytes).toEqual(BYTES);
  expect(waits).toEqual([400, 800]);
});

test.each([400, 401, 403, 404, 410, 416, 501])('status %i is not', async (code) => {
  const { error, requests, waits } = await readFrom(status(code));
  expect(error).toMatchObject({ status: code });
  expect({ requests: requests.length, waits }).toEqual({ requests: 1, waits: [] });
});

test('in the end the failure is the one there was', async () => {
  const { error, waits, heard } = await readFrom(status(503));
  expect(error).toMatchObject({ reason: 'http-status', status: 503 });
  expect(waits).toEqual([400, 800, 1600, 3200]);
  expect(heard.map((retry) => retry?.attempt)).toEqual([1, 2, 3, 4, undefined]);
});

test('waits are between half of what they may be and all of it', async () => {
  const { waits } = await readFrom(status(503), { random: () => 0 });
  expect(waits).toEqual([200, 400, 800, 1600]);
});

test('Retry-After is obeyed, in seconds and as a date; too long a wait is a failure', async () => {
  const seconds = await readFrom(scripted(status(429, { 'Retry-After': '7' }), fileServer(BYTES)));
  expect(seconds.waits).toEqual([7000]);
  const date = new Date(Date.now() + 20_000).toUTCString();
  const dated = await readFrom(scripted(status(503, { 'Retry-After': date }), fileServer(BYTES)));
  expect(dated.waits[0]).toBeGreaterThan(15_000);
  expect(dated.waits[0]).toBeLessThanOrEqual(20_000);
  const { error, waits } = await readFrom(status(429, { 'Retry-After': '3600' }));
  expect({ error, waits }).toMatchObject({ error: { status: 429, retryAfter: 3_600_000 }, waits: [] });
});

test('a host that never sent a byte is asked once more; one that did, as often as for any trouble', async () => {
  const unheard = await readFrom((request) => void request.socket.destroy());
  expect(unheard.error).toMatchObject({ reason: 'unreachable-or-cors' });
  expect(unheard.waits).toHaveLength(1);
  const heard = await readFrom(scripted(cutAfter(300), (request) => void request.socket.destroy()));
  expect(heard.error).toMatchObject({ reason: 'unreachable-or-cors' });
  expect(heard.waits).toHaveLength(4);
});

test('a host that gives a little and breaks off, again and again, is given up', async () => {
  const { bytes, error, waits } = await readFrom(cutAfter(100));
  expect(error).toMatchObject({ reason: 'short-read' });
  expect(bytes).toEqual(BYTES.slice(0, 500));
  expect(waits).toHaveLength(4);
});

test('after 256 KiB without trouble the attempts begin anew', async () => {
  const large = pattern(2 ** 20);
  let asked = 0;
  const source: ByteSource = {
    size: large.length,
    async *read({ start }) {
      asked++;
      yield* cut(large.subarray(start, start + 2 ** 17), 2 ** 14);
      if (start + 2 ** 17 < large.length) throw new SourceError({ reason: 'short-read', url: 'x' });
    },
  };
  const { pause } = patience();
  expect(await drain(resumingSource(source, { pause }).read({ start: 0 }, NEVER))).toMatchObject({
    error: { reason: 'short-read' },
  });
  expect(asked).toBe(5);
  const double: ByteSource = {
    size: large.length,
    async *read({ start }) {
      yield* cut(large.subarray(start, start + 2 ** 18), 2 ** 14);
      if (start + 2 ** 18 < large.length) throw new SourceError({ reason: 'short-read', url: 'x' });
    },
  };
  const bytes = await collect(resumingSource(double, { pause }).read({ start: 0 }, NEVER), 2 ** 21);
  expect(Buffer.compare(bytes ?? BYTES, large)).toBe(0);
});

test('a body that states more bytes than come is what it is: too short', async () => {
  const longer: Answer = (request, response) => {
    if (request.headers.range) return fileServer(BYTES)(request, response);
    response.writeHead(200, { 'Content-Length': 1010 });
    response.write(BYTES, () => response.destroy());
  };
  const { error, requests } = await readFrom(longer);
  expect(error).toMatchObject({ reason: 'short-read' });
  expect(requests).toEqual(['GET /x.nar', 'GET /x.nar bytes=1000-']);
});

test('with the size known, a connection that does not end well after its last byte is nobody’s trouble', async () => {
  const longer: Answer = (_, response) => {
    response.writeHead(200, { 'Content-Length': 1010 });
    response.write(BYTES, () => response.destroy());
  };
  const { bytes, error, requests } = await readFrom(longer, { size: 1000 });
  expect({ bytes, error, asked: requests.length }).toEqual({ bytes: BYTES, error: undefined, asked: 1 });
});

test.each([
  ['Last-Modified', { 'Last-Modified': 'Sat, 03 Oct 2026 00:00:00 GMT' }, BYTES],
  ['length', {}, pattern(1200)],
])('a file whose %s changed meanwhile is not gone on with', async (_, headers, other) => {
  const first: Answer = (request, response) => {
    response.setHeader('Last-Modified', 'Thu, 01 Oct 2026 00:00:00 GMT');
    cutAfter(300)(request, response);
  };
  const second: Answer = (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    fileServer(other)(request, response);
  };
  const { bytes, error, requests } = await readFrom(scripted(first, second));
  expect(error).toMatchObject({ reason: 'changed' });
  expect(bytes).toEqual(BYTES.slice(0, 300));
  expect(requests).toHaveLength(2);
});

test('a log-in page in the middle is one, and not another file', async () => {
  const dated: Answer = (request, response) => {
    response.setHeader('Last-Modified', 'Thu, 01 Oct 2026 00:00:00 GMT');
    cutAfter(300)(request, response);
  };
  const portal: Answer = (_, response) => {
    const headers = { 'Content-Type': 'text/html', 'Last-Modified': 'Sat, 03 Oct 2026 00:00:00 GMT' };
    response.writeHead(200, headers).end('<!doctype html>Sign in');
  };
  const { error, requests } = await readFrom(scripted(dated, portal));
  expect(error).toMatchObject({ reason: 'html' });
  expect(requests).toHaveLength(2);
});

test('two reads of one source are held against each other as well', async () => {
  const dated =
    (day: string): Answer =>
    (request, response) => {
      response.setHeader('Last-Modified', day);
      fileServer(BYTES)(request, response);
    };
  const server = await serve(scripted(dated('Thu, 01 Oct 2026 00:00:00 GMT'), dated('now')));
  const source = httpSource(`${server.url}x`);
  expect((await drain(source.read({ start: 0, end: 10 }, NEVER))).error).toBeUndefined();
  expect((await drain(source.read({ start: 0, end: 10 }, NEVER))).error).toMatchObject({ reason: 'changed' });
});

test('silence is a stall, before the answer and in the middle of it, and is asked again', async () => {
  const silent: Answer = () => {};
  const { bytes, waits, heard } = await readFrom(
    scripted(
      silent,
      (_, response) => {
        response.writeHead(200, { 'Content-Length': 1000 });
        response.write(BYTES.subarray(0, 10));
      },
      fileServer(BYTES),
    ),
    { patience: 100 },
  );
  expect(bytes).toEqual(BYTES);
  expect(waits).toHaveLength(2);
  expect(heard.map((retry) => retry?.error.reason)).toEqual(['stalled', undefined, 'stalled', undefined]);
});

test('who reads slowly is not taken for a silent host', async () => {
  const server = await serve(fileServer(BYTES));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const source = resumingHttpSource(`${server.url}x`, { patience: 50 });
  let size = 0;
  for await (const chunk of source.read({ start: 0 }, NEVER)) {
    size += chunk.length;
    vi.advanceTimersByTime(60_000);
  }
  expect({ size, requests: server.requests.length }).toEqual({ size: 1000, requests: 1 });
});

test('an abort ends a wait at once', async () => {
  const server = await serve(status(503));
  const stop = new AbortController();
  const waits = gate();
  const heard: unknown[] = [];
  const source = resumingHttpSource(`${server.url}x`, {
    onRetry: (retry) => {
      heard.push(retry?.attempt);
      waits.open();
    },
    random: () => 1,
  });
  const reading = drain(source.read({ start: 0 }, stop.signal));
  await waits.opened;
  stop.abort();
  expect((await reading).error).toMatchObject({ name: 'AbortError' });
  expect(heard).toEqual([1, undefined]);
  expect(server.requests).toHaveLength(1);
});

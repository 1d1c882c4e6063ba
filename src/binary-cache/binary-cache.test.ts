import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ByteStream } from '../bytes/source';
import { collect } from '../bytes/stream';
import { type Answer, gate, pattern, serve } from '../bytes/testing';
import { LimitError, MetadataFormatError } from '../nix/errors';
import { BinaryCache, type DecodeBody } from './binary-cache';

const NEVER = new AbortController().signal;
const HASH_PART = 'ar9dfyn5fdhxqaz174agh4dxlm6r0app';

/** As `nix copy` wrote them. */
const NARINFO = `StorePath: /nix/store/ar9dfyn5fdhxqaz174agh4dxlm6r0app-hello-2.12.1
URL: nar/1lik0263n2awbxgwk01kwd1c2y72hqz7apn69vs9xq449yx52cgm.nar.xz
Compression: xz
FileHash: sha256:1lik0263n2awbxgwk01kwd1c2y72hqz7apn69vs9xq449yx52cgm
FileSize: 136
NarHash: sha256:1aznkq9r8q4xvkd8am4cfwd87wynb5gdrypc4399y4h0d899c28f
NarSize: 128
References: 
Sig: example-1:VKUsZNeEQ2dIVJy3LA8OM7hHMJtUqxuXPmLL6F6SnFw/Y05ta4ahnj9cnaiqS2HBzgyYCfPib2p6jKu03nXLDg==
CA: fixed:r:sha256:1aznkq9r8q4xvkd8am4cfwd87wynb5gdrypc4399y4h0d899c28f
`;
const LISTING = '{"version":1,"root":{"type":"regular","size":11,"narOffset":96}}';

/** Stands for the codecs: gzip by its magic bytes, else brotli. */
const decodeBody: DecodeBody = async (head) => {
  const decode = head[0] === 0x1f && head[1] === 0x8b ? gunzipSync : brotliDecompressSync;
  return async function* (compressed: ByteStream) {
    const bytes = await collect(compressed, 1e9);
    if (bytes) yield new Uint8Array(decode(bytes));
  };
};

/** A cache whose every answer is this one. */
async function cacheOf(answer: Answer | string | Uint8Array, decoder = decodeBody) {
  const server = await serve(typeof answer === 'function' ? answer : (_, response) => response.end(answer));
  const counter = { requests: 0, receivedBytes: 0 };
  return {
    cache: new BinaryCache(`${server.url}x`, { decodeBody: decoder, network: { counter } }),
    counter,
    server,
  };
}

function text(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

test('the base URL ends with one slash, however it was written', () => {
  const urls: Record<string, string> = {
    'https://cache.nixos.org': 'https://cache.nixos.org/',
    'https://cache.nixos.org/': 'https://cache.nixos.org/',
    'https://cache.example/x': 'https://cache.example/x/',
    'https://cache.example/x//': 'https://cache.example/x/',
    'http://127.0.0.1:8080/x?priority=10#y': 'http://127.0.0.1:8080/x/',
  };
  for (const [written, base] of Object.entries(urls)) {
    expect(new BinaryCache(written, { decodeBody }).url).toBe(base);
  }
  for (const bad of [
    '',
    'cache.nixos.org',
    'file:///tmp/cache',
    's3://bucket',
    'https://me:secret@cache.example',
  ]) {
    expect(() => new BinaryCache(bad, { decodeBody })).toThrow(MetadataFormatError);
  }
});

test('a narinfo is one plain GET, and is given read and as written', async () => {
  const { cache, counter, server } = await cacheOf(NARINFO);
  const answer = await cache.narInfo(HASH_PART, NEVER);
  expect(answer?.text).toBe(NARINFO);
  expect(answer?.narInfo).toMatchObject({
    storePath: { hashPart: HASH_PART, name: 'hello-2.12.1' },
    narSize: 128,
  });
  expect(server.requests).toEqual([`GET /x/${HASH_PART}.narinfo`]);
  expect(counter).toEqual({ requests: 1, receivedBytes: NARINFO.length });
});

test('a listing is one GET without a range, and is given as JSON bytes', async () => {
  const { cache, counter, server } = await cacheOf(LISTING);
  expect(text(await cache.listing(HASH_PART, NEVER))).toBe(LISTING);
  expect(server.requests).toEqual([`GET /x/${HASH_PART}.ls`]);
  expect(counter).toEqual({ requests: 1, receivedBytes: LISTING.length });
});

test('nix-cache-info is read', async () => {
  const { cache, server } = await cacheOf('StoreDir: /nix/store\nWantMassQuery: 1\nPriority: 40\n');
  const cacheInfo = await cache.cacheInfo(NEVER);
  expect(cacheInfo).toEqual({ storeDir: '/nix/store', wantMassQuery: true, priority: 40 });
  expect(server.requests).toEqual(['GET /x/nix-cache-info']);
});

test('404 and 410 are a miss; 403 and the rest are not', async () => {
  for (const status of [404, 410]) {
    const { cache } = await cacheOf((_, response) => response.writeHead(status).end('404'));
    expect(await cache.narInfo(HASH_PART, NEVER)).toBeUndefined();
    expect(await cache.listing(HASH_PART, NEVER)).toBeUndefined();
    expect(await cache.cacheInfo(NEVER)).toBeUndefined();
  }
  for (const [status, reason] of [
    [403, 'forbidden'],
    [500, 'http-status'],
  ] as const) {
    const { cache } = await cacheOf((_, response) => response.writeHead(status).end());
    await expect(cache.narInfo(HASH_PART, NEVER)).rejects.toMatchObject({ kind: 'source', reason, status });
  }
});

test('a listing that is forbidden is one that is not there; any other refusal is told', async () => {
  const answering = async (status: number) =>
    (await cacheOf((_, response) => response.writeHead(status).end())).cache.listing(HASH_PART, NEVER);
  expect(await answering(403)).toBeUndefined();
  await expect(answering(500)).rejects.toMatchObject({ kind: 'source', reason: 'http-status', status: 500 });
});

test('a page instead of a narinfo or a listing is html, whatever it calls itself', async () => {
  for (const type of ['text/html', 'text/plain']) {
    const { cache, server } = await cacheOf((_, response) =>
      response.setHeader('Content-Type', type).end('<html><title>Log in</title></html>'),
    );
    const url = `${server.url}x/${HASH_PART}`;
    await expect(cache.narInfo(HASH_PART, NEVER)).rejects.toMatchObject({
      reason: 'html',
      url: `${url}.narinfo`,
    });
    await expect(cache.listing(HASH_PART, NEVER)).rejects.toMatchObject({ reason: 'html', url: `${url}.ls` });
  }
});

test('a narinfo that cannot be read fails with its text', async () => {
  const { cache } = await cacheOf('Not Found\n');
  const reading = cache.narInfo(HASH_PART, NEVER);
  await expect(reading).rejects.toBeInstanceOf(MetadataFormatError);
  await expect(reading).rejects.toMatchObject({ format: 'narinfo', text: 'Not Found\n' });
});

test('the narinfo of another store path disagrees', async () => {
  const other = '0'.repeat(32);
  const { cache } = await cacheOf(NARINFO);
  await expect(cache.narInfo(other, NEVER)).rejects.toMatchObject({
    format: 'narinfo',
    reason: 'disagrees',
    field: 'StorePath',
    detail: `${other} was asked for, it describes ${HASH_PART}`,
    text: NARINFO,
  });
});

test('bodies that are encoded without a word about it are decoded', async () => {
  for (const encode of [gzipSync, brotliCompressSync]) {
    const narInfo = await cacheOf(encode(NARINFO));
    expect((await narInfo.cache.narInfo(HASH_PART, NEVER))?.text).toBe(NARINFO);
    const listing = await cacheOf(encode(LISTING));
    expect(text(await listing.cache.listing(HASH_PART, NEVER))).toBe(LISTING);
  }
});

test('bodies that the transport encoded, and says so, are not decoded twice', async () => {
  const { cache } = await cacheOf((_, response) =>
    response.setHeader('Content-Encoding', 'br').end(brotliCompressSync(LISTING)),
  );
  expect(text(await cache.listing(HASH_PART, NEVER))).toBe(LISTING);
});

test('what cannot be decoded fails as the decoder says; what nobody decodes is given as it is', async () => {
  const corrupt = new Error('corrupt at byte 3');
  const { cache } = await cacheOf(
    pattern(100),
    async () =>
      async function* () {
        yield* [];
        throw corrupt;
      },
  );
  await expect(cache.listing(HASH_PART, NEVER)).rejects.toBe(corrupt);
  const undecided = await cacheOf(pattern(100), async () => undefined);
  expect(await undecided.cache.listing(HASH_PART, NEVER)).toEqual(pattern(100));
});

test('a decoder that does not load frees the connection', async () => {
  const freed = gate();
  const stalling: Answer = (_, response) => {
    response.on('close', () => freed.open());
    response.write(gzipSync(LISTING));
  };
  const { cache } = await cacheOf(stalling, () => Promise.reject(new Error('no code')));
  await expect(cache.listing(HASH_PART, NEVER)).rejects.toThrow('no code');
  await freed.opened;
});

/** Begins with `head` and goes on with spaces, as long as anybody reads. */
function endless(head: string, freed: () => void): Answer {
  return (_, response) => {
    const spaces = Buffer.alloc(2 ** 16, ' ');
    const more = () => {
      while (response.writable && response.write(spaces));
    };
    response.on('drain', more).on('close', freed);
    response.write(head);
    more();
  };
}

test('an endless narinfo or listing is dropped at its limit', async () => {
  const narInfo = gate();
  const text = await cacheOf(endless('StorePath: ', narInfo.open));
  await expect(text.cache.narInfo(HASH_PART, NEVER)).rejects.toMatchObject({
    what: 'narinfo bytes',
    limit: 2 ** 20,
  });
  await narInfo.opened;
  const listing = gate();
  const json = await cacheOf(endless('{', listing.open));
  await expect(json.cache.listing(HASH_PART, NEVER)).rejects.toMatchObject({
    what: 'listing bytes',
    limit: 2 ** 26,
  });
  await listing.opened;
});

test('what decodes to more than its limit is stopped there', async () => {
  const bomb = await cacheOf(gzipSync(Buffer.alloc(2 ** 20 + 1, 'x')));
  await expect(bomb.cache.narInfo(HASH_PART, NEVER)).rejects.toBeInstanceOf(LimitError);
  let decoded = 0;
  const inflating = await cacheOf(
    '\x1f',
    async () =>
      async function* () {
        for (const chunk = new Uint8Array(2 ** 24); ; decoded += chunk.length) yield chunk;
      },
  );
  await expect(inflating.cache.listing(HASH_PART, NEVER)).rejects.toMatchObject({ limit: 2 ** 28 });
  expect(decoded).toBe(2 ** 28);
});

test('abort frees the connection', async () => {
  const asked = gate();
  const freed = gate();
  const { cache } = await cacheOf((_, response) => {
    response.on('close', () => freed.open()).write('StorePath: ');
    asked.open();
  });
  const abort = new AbortController();
  const reading = cache.narInfo(HASH_PART, abort.signal);
  await asked.opened;
  abort.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  await freed.opened;
});

test('the URL of the NAR is relative to the cache or absolute, with its query', async () => {
  const { cache } = await cacheOf(NARINFO);
  const narInfo = (await cache.narInfo(HASH_PART, NEVER))?.narInfo;
  if (!narInfo) throw new Error('there is one');
  const at = new BinaryCache('https://cache.example/x', { decodeBody });
  const urls: Record<string, string> = {
    'nar/a.nar.xz': 'https://cache.example/x/nar/a.nar.xz',
    'nar/a.nar?hash=b': 'https://cache.example/x/nar/a.nar?hash=b',
    '../nar/a.nar': 'https://cache.example/nar/a.nar',
    '/nar/a.nar': 'https://cache.example/nar/a.nar',
    'https://other.example/a.nar?x=1': 'https://other.example/a.nar?x=1',
  };
  for (const [url, absolute] of Object.entries(urls)) expect(at.narUrl({ ...narInfo, url })).toBe(absolute);
  for (const url of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://',
    'https://me:x@other.example/a.nar',
  ]) {
    expect(() => at.narUrl({ ...narInfo, url })).toThrow(MetadataFormatError);
  }
});

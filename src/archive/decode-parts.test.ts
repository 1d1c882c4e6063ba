import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ByteStream } from '../bytes/source';
import { CodecError } from '../codecs/errors';
import { codecs } from '../codecs/registry';
import { concat, feed, flip, isSame, noise, read, shell, words } from '../codecs/testing/language';
import { answerDecoding } from './answer-decoding';
import { decodeInParts } from './decode-parts';
import { type DecodeThread, decodingIn } from './decode-threads';

const sh = shell(spawnSync);
const CODEC = 'zstd';
const PLAINS = [words(300_000), noise(90_000), words(1_500_000, 3), words(20, 4), words(200_000, 5)];
const FRAMES = PLAINS.map((plain) => sh(`zstd --stream-size=${plain.length}`, plain));
const NONE = new Uint8Array(0);
const PLAIN = concat(...PLAINS);
const FILE = concat(...FRAMES);
/** Decoded bytes of the first two frames. */
const TWO = concat(...PLAINS.slice(0, 2)).length;
const startOf = (frame: number) => FRAMES.slice(0, frame).reduce((size, { length }) => size + length, 0);

/** The thread's own code on the other end of a real channel. It answers nothing while it is held. */
function crew(most: number) {
  const sent: number[] = [];
  let holding = false;
  let held: (() => void)[] = [];
  let ended = 0;
  let started = 0;
  const onError: ((event: Event) => void)[] = [];
  const start = (): DecodeThread => {
    started++;
    const { port1, port2 } = new MessageChannel();
    answerDecoding(port2 as unknown as Parameters<typeof answerDecoding>[0]);
    onTestFinished(() => port1.close());
    return {
      postMessage: (request, transfer) => {
        sent.push(request.decodedSize);
        const post = () => port1.postMessage(request, transfer);
        if (holding) held.push(post);
        else post();
      },
      addEventListener: (type: string, listener: (event: never) => void) => {
        // The types of both listeners meet in `Event`.
        if (type === 'message') port1.onmessage = listener as never;
        else if (type === 'error') onError.push(listener as (event: Event) => void);
      },
      terminate: () => {
        ended++;
        port1.close();
      },
    };
  };
  return {
    partDecoding: decodingIn(start, most),
    sent,
    started: () => started,
    ended: () => ended,
    hold: () => {
      holding = true;
    },
    letGo: () => {
      holding = false;
      for (const post of held) post();
      held = [];
    },
    /** The first one that was started. */
    die: () => onError[0]?.(Object.assign(new Event('error'), { message: 'out of memory' })),
  };
}

interface Setup {
  readonly partDecoding?: ReturnType<typeof crew>['partDecoding'];
  readonly wantedUntil?: () => number;
  readonly signal?: AbortSignal;
}

async function decoded(file: ByteStream, setup: Setup = {}): Promise<ByteStream> {
  const parts = await codecs[CODEC].loadParts?.();
  if (!parts) throw new Error('no parts');
  const { partDecoding = crew(2).partDecoding } = setup;
  const { wantedUntil = () => Number.POSITIVE_INFINITY, signal = new AbortController().signal } = setup;
  return decodeInParts(file, { codec: CODEC, parts, partDecoding, wantedUntil, signal });
}

test.each([1, 2, 3, 8])('with %d threads the bytes are the same, in their order', async (most) => {
  for (const chunkSize of [1000, 65_536, Number.POSITIVE_INFINITY]) {
    const { partDecoding, sent } = crew(most);
    const { bytes, error } = await read(await decoded(feed(FILE, chunkSize).stream, { partDecoding }));
    expect(error).toBeUndefined();
    expect(isSame(bytes, PLAIN)).toBe(true);
    // The first is decoded here.
    expect(sent).toEqual(PLAINS.slice(1).map(({ length }) => length));
  }
});

test('one frame starts no thread; neither do frames that do not state their size', async () => {
  const unsized = concat(sh('zstd', words(1000)), sh('zstd', words(2000)));
  for (const [file, plain] of [
    [FRAMES[0] ?? NONE, PLAINS[0] ?? NONE],
    [unsized, concat(words(1000), words(2000))],
  ] as const) {
    const { partDecoding, started } = crew(2);
    const { bytes } = await read(await decoded(feed(file).stream, { partDecoding }));
    expect(isSame(bytes, plain)).toBe(true);
    expect(started()).toBe(0);
  }
});

test('frames that do not state their size, skippable ones too, may follow those that do', async () => {
  const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5);
  const file = concat(FILE, skippable, sh('zstd', words(2000)), FILE);
  const { bytes, error } = await read(await decoded(feed(file, 5000).stream));
  expect(error).toBeUndefined();
  expect(isSame(bytes, concat(PLAIN, words(2000), PLAIN))).toBe(true);
});

test('what ends past what is wanted is decoded as it comes, and nothing after it is fetched', async () => {
  const { partDecoding, sent } = crew(2);
  const wanted = TWO + 10;
  const fed = feed(FILE, 1000);
  let size = 0;
  for await (const chunk of await decoded(fed.stream, { partDecoding, wantedUntil: () => wanted })) {
    size += chunk.length;
    if (size >= wanted) break;
  }
  expect(sent).toEqual([90_000]);
  // A block of 128 KiB is the least that can be decoded.
  expect(fed.pulled * 1000).toBeLessThan(startOf(2) + 140_000);
  expect(fed.returned).toBe(1);
});

test('no more is fetched ahead than the threads have work', async () => {
  const one = crew(2);
  one.hold();
  const frames = Array.from({ length: 20 }, () => FRAMES[1] ?? NONE);
  const fed = feed(concat(...frames), 4096);
  const stream = (await decoded(fed.stream, one))[Symbol.asyncIterator]();
  await stream.next();
  const next = (async () => {
    for (let size = 0; size <= 90_000; ) size += (await stream.next()).value?.length ?? size;
  })();
  await expect.poll(() => one.sent.length).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(fed.pulled * 4096).toBeLessThan((FRAMES[1]?.length ?? 0) * 5);
  one.letGo();
  await next;
  await stream.return?.();
});

describe('a part that is wrong', () => {
  const cases: Record<string, [Uint8Array, string, number]> = {
    'a flip in the third frame': [flip(FILE, startOf(2) + 1000), 'corrupt', startOf(2)],
    'a flip in its checksum': [flip(FILE, startOf(3) - 2), 'corrupt', startOf(2)],
    'the file cut in the third frame': [FILE.subarray(0, startOf(2) + 1000), 'truncated', startOf(2)],
    'junk behind the third frame': [
      concat(FILE.subarray(0, startOf(3)), words(30)),
      'trailing-bytes',
      startOf(3),
    ],
    // The third byte of the field, behind magic and descriptor: the frame holds less than it says.
    'a frame that says it holds more': [flip(FILE, startOf(2) + 7), 'corrupt', startOf(2)],
  };
  test.each(Object.entries(cases))(
    '%s: all before it comes, then the failure',
    async (_, [file, reason, from]) => {
      const { bytes, error } = await read(await decoded(feed(file, 4096).stream));
      expect(error).toBeInstanceOf(CodecError);
      expect(error).toMatchObject({ reason, codec: CODEC });
      expect((error as CodecError).compressedOffset).toBeGreaterThanOrEqual(from);
      expect((error as CodecError).compressedOffset).toBeLessThanOrEqual(file.length);
      expect(isSame(bytes.subarray(0, TWO), PLAIN.subarray(0, TWO))).toBe(true);
    },
  );
});

test('what the input throws comes when all before it was handed out', async () => {
  const failure = new Error('the network is gone');
  const fed = feed(FILE.subarray(0, startOf(3) + 5), 4096, failure);
  const { bytes, error } = await read(await decoded(fed.stream));
  expect(error).toBe(failure);
  expect(isSame(bytes, concat(...PLAINS.slice(0, 3)))).toBe(true);
});

test('an abort ends the wait for a part, and the threads go on with what comes next', async () => {
  const one = crew(2);
  one.hold();
  const abort = new AbortController();
  const reading = read(await decoded(feed(FILE).stream, { ...one, signal: abort.signal }));
  await expect.poll(() => one.sent.length).toBe(2);
  abort.abort();
  expect((await reading).error).toMatchObject({ name: 'AbortError' });
  one.letGo();
  const { bytes } = await read(await decoded(feed(FILE).stream, one));
  expect(isSame(bytes, PLAIN)).toBe(true);
  expect(one.started()).toBe(2);
});

test('a thread that dies fails what it decoded, and another takes its place', async () => {
  const one = crew(2);
  one.hold();
  const reading = read(await decoded(feed(FILE).stream, one));
  await expect.poll(() => one.sent.length).toBe(2);
  one.die();
  expect((await reading).error).toMatchObject({ failure: { kind: 'internal', reason: 'worker-died' } });
  expect(one.ended()).toBe(1);
  one.letGo();
  const { bytes } = await read(await decoded(feed(FILE).stream, one));
  expect(isSame(bytes, PLAIN)).toBe(true);
  expect(one.started()).toBe(3);
});

test('a thread that cannot be started is a failure, not a wait', async () => {
  const partDecoding = decodingIn(() => {
    throw new Error('no threads here');
  }, 2);
  const { error } = await read(await decoded(feed(FILE).stream, { partDecoding }));
  expect(error).toMatchObject({ failure: { kind: 'internal', reason: 'worker-not-loaded' } });
});

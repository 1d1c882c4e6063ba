import { spawnSync } from 'node:child_process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memorySource } from '../bytes/memory-source';
import type { ByteStream } from '../bytes/source';
import { CodecError } from '../codecs/errors';
import { codecs } from '../codecs/registry';
import { concat, feed, flip, isSame, noise, read, shell, words } from '../codecs/testing/language';
import { readXzBlocks } from '../codecs/xz/blocks';
import { answerDecoding } from './answer-decoding';
import type { DecodeAnswer, DecodeRequest } from './decode-messages';
import { decodeInParts } from './decode-parts';
import { decodingIn } from './decode-threads';
import type { Thread } from './thread';

const sh = shell(spawnSync);
const PLAINS = [words(300_000), noise(90_000), words(1_500_000, 3), words(20, 4), words(200_000, 5)];
const PLAIN = concat(...PLAINS);
/** Decoded bytes of the first two parts. */
const TWO = concat(...PLAINS.slice(0, 2)).length;

/** A file of the parts above. */
interface PartedFile {
  readonly codec: 'xz' | 'zstd';
  readonly file: Uint8Array<ArrayBuffer>;
  /** Where each part begins, and where the last ends. */
  readonly starts: readonly number[];
}

function zstdFile(): PartedFile {
  const frames = PLAINS.map((plain) => sh(`zstd --stream-size=${plain.length}`, plain));
  const starts = [0];
  for (const { length } of frames) starts.push((starts.at(-1) ?? 0) + length);
  return { codec: 'zstd', file: concat(...frames), starts };
}

async function xzFile(): Promise<PartedFile> {
  const file = sh(`xz -T2 --block-list=${PLAINS.map(({ length }) => length)}`, PLAIN);
  const blocks = await readXzBlocks(memorySource(file), file.length, new AbortController().signal);
  const ends = blocks.map(({ compressedStart, compressedSize }) => compressedStart + compressedSize);
  return {
    codec: 'xz',
    file,
    starts: [...blocks.map(({ compressedStart }) => compressedStart), ends.at(-1) ?? 0],
  };
}

const FILES = [zstdFile(), await xzFile()];

/** The thread's own code on the other end of a real channel. It answers nothing while it is held. */
function crew(most: number) {
  const sent: number[] = [];
  let holding = false;
  let held: (() => void)[] = [];
  let ended = 0;
  let started = 0;
  const onError: ((event: Event) => void)[] = [];
  const start = (): Thread<DecodeRequest, DecodeAnswer> => {
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
  readonly decodedSize?: number;
  readonly signal?: AbortSignal;
  readonly stop?: () => void;
}

async function decoded(codec: PartedFile['codec'], file: ByteStream, setup: Setup = {}): Promise<ByteStream> {
  const parts = await codecs[codec].loadParts?.();
  if (!parts) throw new Error('no parts');
  const { partDecoding = crew(2).partDecoding } = setup;
  const { wantedUntil = () => Number.POSITIVE_INFINITY, signal = new AbortController().signal } = setup;
  const { decodedSize, stop = () => {} } = setup;
  return decodeInParts(file, { codec, parts, partDecoding, wantedUntil, decodedSize, signal, stop });
}

describe.each(FILES)('$codec', ({ codec, file, starts }) => {
  test.each([1, 2, 3, 8])('with %d threads the bytes are the same, in their order', async (most) => {
    for (const chunkSize of [1000, 65_536, Number.POSITIVE_INFINITY]) {
      const { partDecoding, sent } = crew(most);
      const { bytes, error } = await read(
        await decoded(codec, feed(file, chunkSize).stream, { partDecoding }),
      );
      expect(error).toBeUndefined();
      expect(isSame(bytes, PLAIN)).toBe(true);
      // The first is decoded here.
      expect(sent).toEqual(PLAINS.slice(1).map(({ length }) => length));
    }
  });

  test('nobody waits for the first part of several: it is decoded as the others are', async () => {
    const { partDecoding, sent } = crew(2);
    const setup = { partDecoding, decodedSize: PLAIN.length };
    const { bytes } = await read(await decoded(codec, feed(file).stream, setup));
    expect(isSame(bytes, PLAIN)).toBe(true);
    expect(sent).toEqual(PLAINS.map(({ length }) => length));
  });

  test('what ends past what is wanted is decoded as it comes, and nothing after it is fetched', async () => {
    const { partDecoding, sent } = crew(2);
    const wanted = TWO + 10;
    const fed = feed(file, 1000);
    let size = 0;
    for await (const chunk of await decoded(codec, fed.stream, { partDecoding, wantedUntil: () => wanted })) {
      size += chunk.length;
      if (size >= wanted) break;
    }
    expect(sent).toEqual([90_000]);
    // A block of 128 KiB is the least that can be decoded.
    expect(fed.pulled * 1000).toBeLessThan((starts[2] ?? 0) + 140_000);
    expect(fed.returned).toBe(1);
  });

  test('who leaves does not wait for what is being fetched ahead', async () => {
    const abort = new AbortController();
    const stalled = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(new Error('aborted')));
    });
    async function* stallingInTheThirdPart(): ByteStream {
      yield file.slice(0, (starts[2] ?? 0) + 10);
      await stalled;
    }
    const setup = { decodedSize: PLAIN.length, stop: () => abort.abort() };
    let size = 0;
    for await (const chunk of await decoded(codec, stallingInTheThirdPart(), setup)) {
      size += chunk.length;
      if (size === TWO) break;
    }
    expect(size).toBe(TWO);
    expect(abort.signal.aborted).toBe(true);
  });

  test('no more is fetched ahead than the threads have work', async () => {
    const one = crew(2);
    one.hold();
    const part = noise(90_000);
    const parts = Array.from({ length: 20 }, () => part);
    const many =
      codec === 'xz'
        ? sh(`xz -T2 --block-size=${part.length}`, concat(...parts))
        : concat(...parts.map((one) => sh(`zstd --stream-size=${one.length}`, one)));
    const fed = feed(many, 4096);
    const stream = (await decoded(codec, fed.stream, one))[Symbol.asyncIterator]();
    await stream.next();
    const next = (async () => {
      for (let size = 0; size <= 90_000; ) size += (await stream.next()).value?.length ?? size;
    })();
    await expect.poll(() => one.sent.length).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(fed.pulled * 4096).toBeLessThan(part.length * 5.5);
    one.letGo();
    await next;
    await stream.return?.();
  });

  describe('a part that is wrong', () => {
    const cases: Record<string, [Uint8Array, string, number]> = {
      'a flip in the third part': [flip(file, (starts[2] ?? 0) + 1000), 'corrupt', starts[2] ?? 0],
      'a flip in its checksum': [flip(file, (starts[3] ?? 0) - 2), 'corrupt', starts[2] ?? 0],
      'the file cut in the third part': [
        file.subarray(0, (starts[2] ?? 0) + 1000),
        'truncated',
        starts[2] ?? 0,
      ],
      'junk behind the third part': [
        concat(file.subarray(0, starts[3] ?? 0), words(3000)),
        codec === 'xz' ? 'corrupt' : 'trailing-bytes',
        starts[3] ?? 0,
      ],
      // Of zstd the size that it states.
      'a flip in its header': [flip(file, (starts[2] ?? 0) + 7), 'corrupt', starts[2] ?? 0],
    };
    test.each(Object.entries(cases))(
      '%s: all before it comes, then the failure',
      async (_, [file, reason, from]) => {
        const { bytes, error } = await read(await decoded(codec, feed(file, 4096).stream));
        expect(error).toBeInstanceOf(CodecError);
        expect(error).toMatchObject({ reason, codec });
        expect((error as CodecError).compressedOffset).toBeGreaterThanOrEqual(from);
        expect((error as CodecError).compressedOffset).toBeLessThanOrEqual(file.length);
        expect(isSame(bytes.subarray(0, TWO), PLAIN.subarray(0, TWO))).toBe(true);
      },
    );
  });

  test('what the input throws comes when all before it was handed out', async () => {
    const failure = new Error('the network is gone');
    const fed = feed(file.subarray(0, (starts[3] ?? 0) + 5), 4096, failure);
    const { bytes, error } = await read(await decoded(codec, fed.stream));
    expect(error).toBe(failure);
    expect(isSame(bytes, concat(...PLAINS.slice(0, 3)))).toBe(true);
  });

  test('an abort ends the wait for a part, and the threads go on with what comes next', async () => {
    const one = crew(2);
    one.hold();
    const abort = new AbortController();
    const reading = read(await decoded(codec, feed(file).stream, { ...one, signal: abort.signal }));
    await expect.poll(() => one.sent.length).toBe(2);
    abort.abort();
    expect((await reading).error).toMatchObject({ name: 'AbortError' });
    one.letGo();
    const { bytes } = await read(await decoded(codec, feed(file).stream, one));
    expect(isSame(bytes, PLAIN)).toBe(true);
    expect(one.started()).toBe(2);
  });

  test('a thread that dies fails what it decoded, and another takes its place', async () => {
    const one = crew(2);
    one.hold();
    const reading = read(await decoded(codec, feed(file).stream, one));
    await expect.poll(() => one.sent.length).toBe(2);
    one.die();
    expect((await reading).error).toMatchObject({ failure: { kind: 'internal', reason: 'worker-died' } });
    expect(one.ended()).toBe(1);
    one.letGo();
    const { bytes } = await read(await decoded(codec, feed(file).stream, one));
    expect(isSame(bytes, PLAIN)).toBe(true);
    expect(one.started()).toBe(3);
  });

  test('a thread that cannot be started is a failure, not a wait', async () => {
    const partDecoding = decodingIn(() => {
      throw new Error('no threads here');
    }, 2);
    const { error } = await read(await decoded(codec, feed(file).stream, { partDecoding }));
    expect(error).toMatchObject({ failure: { kind: 'internal', reason: 'worker-not-loaded' } });
  });
});

test.each([
  ['zstd', sh(`zstd --stream-size=${PLAIN.length}`, PLAIN), PLAIN],
  ['zstd', concat(sh('zstd', PLAIN), sh('zstd', PLAIN)), concat(PLAIN, PLAIN)],
  ['xz', sh('xz -T2', PLAIN), PLAIN],
  ['xz', sh('xz -T1 --block-size=100000', PLAIN), PLAIN],
] as const)(
  '%s, one part, or parts that do not state their size: no thread is started',
  async (codec, file, plain) => {
    const { partDecoding, started } = crew(2);
    const setup = { partDecoding, decodedSize: plain.length };
    const { bytes } = await read(await decoded(codec, feed(file).stream, setup));
    expect(isSame(bytes, plain)).toBe(true);
    expect(started()).toBe(0);
  },
);

test('zstd: frames that do not state their size, skippable ones too, may follow those that do', async () => {
  const { file } = zstdFile();
  const skippable = Uint8Array.of(0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5);
  const all = concat(file, skippable, sh('zstd', words(2000)), file);
  const { bytes, error } = await read(await decoded('zstd', feed(all, 5000).stream));
  expect(error).toBeUndefined();
  expect(isSame(bytes, concat(PLAIN, words(2000), PLAIN))).toBe(true);
});

test('xz: another stream, and padding, may follow the one of several blocks', async () => {
  const { file } = await xzFile();
  const all = concat(file, new Uint8Array(8), sh('xz', words(2000)), file);
  const { bytes, error } = await read(await decoded('xz', feed(all, 5000).stream));
  expect(error).toBeUndefined();
  expect(isSame(bytes, concat(PLAIN, words(2000), PLAIN))).toBe(true);
});

test('xz: the index has to be that of the blocks', async () => {
  const { file, starts } = await xzFile();
  const other = sh(
    `xz -T2 --block-list=${PLAINS.map(({ length }) => length)}`,
    concat(PLAIN.subarray(0, -1), words(9)),
  );
  const otherBlocks = await readXzBlocks(memorySource(other), other.length, new AbortController().signal);
  const { compressedStart = 0, compressedSize = 0 } = otherBlocks.at(-1) ?? {};
  const blocks = file.subarray(0, starts.at(-1));
  const all = concat(blocks, other.subarray(compressedStart + compressedSize));
  const { bytes, error } = await read(await decoded('xz', feed(all, 5000).stream));
  expect(error).toMatchObject({
    reason: 'corrupt',
    detail: 'an index of other blocks',
    compressedOffset: expect.any(Number),
  });
  expect((error as CodecError).compressedOffset).toBeGreaterThanOrEqual(blocks.length);
  expect(isSame(bytes, PLAIN)).toBe(true);
});

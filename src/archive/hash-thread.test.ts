import { createHash } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { answerHashing } from './answer-hashing';
import type { HashAnswer, HashRequest } from './hash-messages';
import { hashingIn } from './hash-thread';
import type { Hasher } from './hashing';
import type { Thread } from './thread';

/** The thread's own code on the other end of a real channel; it can be held, so that nothing is answered. */
function thread() {
  const { port1, port2 } = new MessageChannel();
  const listeners: ((event: Event) => void)[] = [];
  let posted = 0;
  answerHashing(port2 as unknown as Parameters<typeof answerHashing>[0]);
  const near: Thread<HashRequest, HashAnswer> = {
    postMessage: (request, transfer) => {
      posted++;
      port1.postMessage(request, transfer);
    },
    addEventListener: (type: string, listener: (event: never) => void) => {
      // The types of both listeners meet in `Event`.
      if (type === 'message') port1.onmessage = listener as never;
      else listeners.push(listener as (event: Event) => void);
    },
    terminate: () => port1.close(),
  };
  onTestFinished(() => port1.close());
  return {
    near,
    posted: () => posted,
    die: () => {
      for (const tell of listeners) tell(Object.assign(new Event('error'), { message: 'out of memory' }));
    },
  };
}

const sha256 = (...chunks: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
};
const digestOf = async (hasher: Hasher) => {
  const { hash, size } = await hasher.digest();
  return [`${hash.algorithm}:${Buffer.from(hash.digest).toString('hex')}`, size];
};
const bytes = (size: number, seed: number) =>
  new Uint8Array(size).map((_, i) => Math.imul(i + seed, 2654435761) >>> 9);

test('what passes is hashed as it is, whatever the chunks, and the chunk stays the caller’s', async () => {
  const hasher = await hashingIn(() => thread().near)();
  const all: Uint8Array[] = [];
  for (const size of [0, 1, 1000, 262_143, 262_144, 262_145, 1_000_000]) {
    const chunk = bytes(size, size);
    all.push(chunk.slice());
    await hasher.update(chunk);
    chunk.fill(0xff);
  }
  expect(await digestOf(hasher)).toEqual([sha256(...all), all.reduce((sum, { length }) => sum + length, 0)]);
});

test('a digest is of what passed so far, and more may follow; restarting forgets', async () => {
  const hasher = await hashingIn(() => thread().near)();
  const [a, b] = [bytes(300_000, 1), bytes(10, 2)];
  void hasher.update(a);
  const first = digestOf(hasher);
  void hasher.update(b);
  expect(await first).toEqual([sha256(a), a.length]);
  expect(await digestOf(hasher)).toEqual([sha256(a, b), a.length + b.length]);
  void hasher.update(a);
  hasher.restart();
  void hasher.update(b);
  expect(await digestOf(hasher)).toEqual([sha256(b), b.length]);
});

test('several hashers share the thread and do not mix, each with its algorithm', async () => {
  let started = 0;
  const startHashing = hashingIn(() => {
    started++;
    return thread().near;
  });
  const [one, two] = [await startHashing(), await startHashing('sha1')];
  const [a, b] = [bytes(500_000, 3), bytes(500_000, 4)];
  for (let at = 0; at < a.length; at += 7919) {
    await one.update(a.subarray(at, at + 7919));
    await two.update(b.subarray(at, at + 7919));
  }
  expect(await digestOf(one)).toEqual([sha256(a), a.length]);
  expect((await digestOf(two))[0]).toBe(`sha1:${createHash('sha1').update(b).digest('hex')}`);
  expect(started).toBe(1);
});

test('whoever is faster than the thread waits, with a bounded amount on the way', async () => {
  const { near, posted } = thread();
  const hasher = await hashingIn(() => near)();
  const chunk = bytes(262_144, 5);
  let sent = 0;
  const send = () => {
    sent++;
    return hasher.update(chunk);
  };
  let full = send();
  while (!full && sent < 1000) full = send();
  expect({ sent, posted: posted() }).toEqual({ sent: 16, posted: 17 });
  await full;
  expect((await digestOf(hasher))[1]).toBe(16 * chunk.length);
});

test('a thread that dies fails what is asked of it, and the next hasher has another thread', async () => {
  const threads = [thread(), thread()];
  let started = 0;
  const startHashing = hashingIn(() => threads[started++]?.near ?? thread().near);
  const hasher = await startHashing();
  const asked = hasher.digest();
  threads[0]?.die();
  await expect(asked).rejects.toMatchObject({ failure: { kind: 'internal', reason: 'worker-died' } });
  expect(hasher.update(bytes(5_000_000, 6))).toBeUndefined();
  await expect(hasher.digest()).rejects.toMatchObject({ failure: { reason: 'worker-died' } });
  const next = await startHashing();
  void next.update(bytes(3, 7));
  expect(await digestOf(next)).toEqual([sha256(bytes(3, 7)), 3]);
  expect(started).toBe(2);
});

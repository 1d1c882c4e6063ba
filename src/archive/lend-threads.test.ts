import { expect, onTestFinished, test } from 'vitest';
import { answerHashing } from './answer-hashing';
import { borrowThreads } from './borrow-threads';
import { hashingIn } from './hash-thread';
import { type LentThread, lendThreads } from './lend-threads';

/** The page and the archive's thread on both ends of a real channel. */
function twoSides(start: (name: string) => LentThread) {
  const { port1, port2 } = new MessageChannel();
  const endAll = lendThreads(port1, start);
  onTestFinished(endAll);
  return { borrow: borrowThreads(port2), endAll };
}

/** A thread that hashes, as its script does. */
function hashThread() {
  const events = new EventTarget();
  let ended = 0;
  const thread: LentThread = {
    postMessage: (_message: unknown, [port]: MessagePort[]) => {
      if (port) answerHashing(port);
    },
    addEventListener: events.addEventListener.bind(events),
    terminate: () => ended++,
  } as LentThread;
  const fail = (type: string, message?: string) =>
    events.dispatchEvent(Object.assign(new Event(type), message === undefined ? undefined : { message }));
  return { thread, fail, ended: () => ended };
}

test('a helper is started by the page and spoken to without it', async () => {
  const started: string[] = [];
  const { borrow } = twoSides((name) => {
    started.push(name);
    return hashThread().thread;
  });
  const hasher = await hashingIn(() => borrow('hash'))();
  await hasher.update(new Uint8Array(1_000_000));
  expect(await hasher.digest()).toMatchObject({ size: 1_000_000 });
  expect(started).toEqual(['hash']);
});

test.each([
  ['a script that cannot be had', 'error', undefined, 'worker-not-loaded'],
  ['a script that throws', 'error', 'out of memory', 'worker-died'],
  ['an answer that cannot be read', 'messageerror', undefined, 'worker-died'],
])('%s fails where it is waited for', async (_, type, message, reason) => {
  const helper = hashThread();
  const { borrow } = twoSides(() => helper.thread);
  const hasher = await hashingIn(() => borrow('hash'))();
  await hasher.digest();
  helper.fail(type, message);
  await expect.poll(() => hasher.digest().catch((error) => error.failure)).toMatchObject({ reason });
});

test('a helper that cannot be started fails as one that cannot be had', async () => {
  const { borrow } = twoSides(() => {
    throw new TypeError('not allowed');
  });
  const hasher = await hashingIn(() => borrow('hash'))();
  await expect(hasher.digest()).rejects.toMatchObject({ failure: { reason: 'worker-not-loaded' } });
});

test('who is not needed any more is ended, and all with the page’s side', async () => {
  const helpers = [hashThread(), hashThread()];
  const rest = [...helpers];
  const { borrow, endAll } = twoSides(() => rest.shift()?.thread as LentThread);
  const [first] = [borrow('decode'), borrow('decode')];
  await expect.poll(() => rest.length).toBe(0);
  first?.terminate();
  await expect.poll(() => helpers.map(({ ended }) => ended())).toEqual([1, 0]);
  endAll();
  expect(helpers.map(({ ended }) => ended())).toEqual([1, 1]);
});

import { expose } from 'comlink';
import { expect, test, vi } from 'vitest';
import { gate } from '../bytes/testing';
import { dir, exe, file, nar } from '../nix/nar/testing';
import { type ArchiveThread, connectArchiveService } from './client';
import { createArchiveService } from './create-service';
import type { ArchiveService, OpenUpdate } from './service';
import { registerTransferHandlers, withTransfers } from './transfer-handlers';

const NAR = nar(dir({ bin: dir({ nix: exe('#!/bin/sh') }), big: file('x'.repeat(3_000_000)) }));
const signal = () => new AbortController().signal;
const localNar = () => ({ kind: 'file' as const, file: new File([NAR], 'a.nar') });

/** The far side of a real message channel, as the worker's entry sets it up. */
function threadWith(service: ArchiveService): ArchiveThread & { die(message?: string): void } {
  registerTransferHandlers();
  const { port1, port2 } = new MessageChannel();
  expose(withTransfers(service), port2);
  port1.start();
  const errors = new EventTarget();
  return {
    postMessage: port1.postMessage.bind(port1),
    addEventListener: (type: string, listener: EventListener) =>
      (type === 'error' ? errors : port1).addEventListener(type, listener),
    removeEventListener: port1.removeEventListener.bind(port1),
    terminate: () => port1.close(),
    die: (message) =>
      errors.dispatchEvent(
        Object.assign(
          new Event('error', { cancelable: true }),
          message === undefined ? undefined : { message },
        ),
      ),
  };
}

test('updates, tables, bytes and reports survive the crossing', async () => {
  const client = connectArchiveService(() => threadWith(createArchiveService()));
  const updates: OpenUpdate[] = [];
  const outcome = await client.open(localNar(), (update) => updates.push(update), signal());
  if (!outcome.ok || outcome.value.kind !== 'archive') throw new Error('not opened');
  const { archive } = outcome.value;
  expect(archive.listing).toMatchObject({ length: 4, kind: expect.any(Uint8Array) });
  expect(updates[0]).toMatchObject({ type: 'head', head: { compression: 'none' } });

  const read = await client.read(archive.id, { row: 3, fileOffset: 0 }, () => undefined, signal());
  expect(read.ok && new TextDecoder().decode(read.value.bytes)).toBe('#!/bin/sh');

  const sizes: number[] = [];
  const written = await client.stream(
    archive.id,
    { row: 1, fileOffset: 0 },
    async (chunk) => void sizes.push(chunk.length),
    () => undefined,
    signal(),
  );
  expect(written).toMatchObject({ ok: true, value: { quirks: [] } });
  expect(sizes).toEqual([1048576, 1048576, 902848]);
  await client.close(archive.id);
});

test('a failure crosses as data, with its fields', async () => {
  const client = connectArchiveService(() => threadWith(createArchiveService()));
  const input = { kind: 'file' as const, file: new File([NAR.slice(0, 200)], 'cut.nar') };
  expect(await client.open(input, () => undefined, signal())).toMatchObject({
    ok: false,
    failure: { kind: 'nar-format', reason: 'truncated', narOffset: 200 },
  });
});

test('a signal crosses: aborted before, or in the middle of a call', async () => {
  const client = connectArchiveService(() => threadWith(createArchiveService()));
  const cancelled = { ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } };
  expect(await client.open(localNar(), () => undefined, AbortSignal.abort())).toEqual(cancelled);
  const outcome = await client.open(localNar(), () => undefined, signal());
  if (!outcome.ok || outcome.value.kind !== 'archive') throw new Error('not opened');
  const stop = new AbortController();
  const stopped = await client.stream(
    outcome.value.archive.id,
    { row: 1, fileOffset: 0 },
    async () => stop.abort(),
    () => undefined,
    stop.signal,
  );
  expect(stopped).toEqual(cancelled);
});

test('what waits for a thread that dies fails, and the next call has a new thread', async () => {
  const asked = gate();
  const silent: ArchiveService = {
    ...createArchiveService(),
    open: () => {
      asked.open();
      return new Promise(() => undefined);
    },
  };
  const threads = [threadWith(silent), threadWith(createArchiveService())];
  let started = 0;
  const client = connectArchiveService(() => threads[started++] ?? threadWith(silent));
  const waiting = client.open(localNar(), () => undefined, signal());
  await asked.opened;
  threads[0]?.die('out of memory');
  expect(await waiting).toEqual({
    ok: false,
    failure: { kind: 'internal', reason: 'worker-died', message: 'out of memory', stack: undefined },
  });
  expect(await client.open(localNar(), () => undefined, signal())).toMatchObject({ ok: true });
  expect(started).toBe(2);
});

test('a thread whose script cannot be had is another failure, and the next call has a new thread', async () => {
  const unborn = { ...threadWith(createArchiveService()), postMessage: () => undefined };
  const threads = [unborn, threadWith(createArchiveService())];
  let started = 0;
  const client = connectArchiveService(() => {
    const thread = threads[started++];
    if (!thread) throw new DOMException('not from there', 'SecurityError');
    return thread;
  });
  const notLoaded = (message: string) => ({
    ok: false,
    failure: { kind: 'internal', reason: 'worker-not-loaded', message, stack: undefined },
  });
  const waiting = client.open(localNar(), () => undefined, signal());
  unborn.die();
  expect(await waiting).toEqual(notLoaded(''));
  expect(await client.open(localNar(), () => undefined, signal())).toMatchObject({ ok: true });
  threads[1]?.die('x');
  expect(await client.open(localNar(), () => undefined, signal())).toEqual(notLoaded('not from there'));
});

test('after a decoder that could not be fetched the next path has another thread; the old one ends its calls', async () => {
  const missing: ArchiveService = {
    ...createArchiveService(),
    open: async () => ({
      ok: false,
      failure: { kind: 'codec', reason: 'not-loaded', codec: 'xz', compressedOffset: 0, detail: undefined },
    }),
    verify: () =>
      saving.opened.then(() => ({ ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } })),
  };
  const saving = gate();
  const ended = gate();
  const first = { ...threadWith(missing), terminate: ended.open };
  const threads = [first, threadWith(createArchiveService())];
  const client = connectArchiveService(() => threads.shift() ?? first);
  const underWay = client.verify(1, () => undefined, signal());
  expect(await client.open(localNar(), () => undefined, signal())).toMatchObject({ ok: false });
  expect(await client.open(localNar(), () => undefined, signal())).toMatchObject({ ok: true });
  saving.open();
  expect(await underWay).toMatchObject({ failure: { kind: 'cancelled' } });
  await ended.opened;
});

test('no thread is started before the first call', async () => {
  let started = 0;
  const client = connectArchiveService(() => {
    started++;
    return threadWith(createArchiveService());
  });
  await client.close(1);
  expect(started).toBe(0);
});

test('a call leaves no port behind: neither of its signal nor of its callbacks', async () => {
  const ports = () => process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
  const others = ports();
  const client = connectArchiveService(() => threadWith(createArchiveService()));
  const opened = await client.open(localNar(), () => undefined, signal());
  if (!opened.ok || opened.value.kind !== 'archive') throw new Error('not opened');
  const { id } = opened.value.archive;
  const range = { row: 3, fileOffset: 0 };
  const nothing = () => undefined;
  for (let calls = 0; calls < 5; calls++) {
    await client.read(id, range, nothing, signal());
    await client.stream(id, range, async () => undefined, nothing, signal());
  }
  const ownOfTheThread = 2;
  await vi.waitFor(() => expect(ports()).toBeLessThanOrEqual(others + ownOfTheThread));
});

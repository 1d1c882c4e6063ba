import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSpool, Spool } from './spool';
import type { SpoolFile, SpoolStorage } from './spool-storage';
import { collect } from './stream';
import { cut, drain, gate, pattern } from './testing';

const BLOCK = 16;
const NEVER = new AbortController().signal;

type Fault = 'none' | 'open throws' | 'write throws' | 'write is short';

/** A file in memory, which fails at the write that it is told to fail at, and at every one after. */
class FakeStorage implements SpoolStorage {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  writes = 0;
  failsToRead: 'no' | 'throws' | 'is short' = 'no';
  readonly log: string[] = [];
  private readonly fault: Fault;
  private readonly faultyWrite: number;

  constructor(fault: Fault = 'none', faultyWrite = 0) {
    this.fault = fault;
    this.faultyWrite = faultyWrite;
  }

  async open(): Promise<SpoolFile> {
    this.log.push('open');
    if (this.fault === 'open throws') throw new DOMException('no', 'SecurityError');
    return {
      write: (at, bytes) => this.write(at, bytes),
      read: (at, into) => this.read(at, into),
      truncate: (size) => {
        this.log.push(`truncate ${size}`);
        this.bytes = this.bytes.slice(0, size);
      },
      close: () => this.log.push('close'),
      remove: async () => {
        this.log.push('remove');
      },
    };
  }

  private write(at: number, bytes: Uint8Array<ArrayBuffer>): number {
    // Whole blocks, one behind the other: what storage is fast with.
    expect(bytes).toHaveLength(BLOCK);
    expect(at).toBe(this.writes * BLOCK);
    const fails = this.fault !== 'none' && this.writes >= this.faultyWrite;
    if (fails && this.fault === 'write throws') throw new DOMException('full', 'QuotaExceededError');
    const written = fails ? 5 : bytes.length;
    const longer = new Uint8Array(at + written);
    longer.set(this.bytes.subarray(0, at));
    longer.set(bytes.subarray(0, written), at);
    this.bytes = longer;
    if (!fails) this.writes++;
    return written;
  }

  private read(at: number, into: Uint8Array<ArrayBuffer>): number {
    if (this.failsToRead === 'throws') throw new DOMException('gone', 'NotReadableError');
    if (this.failsToRead === 'is short') return into.length - 1;
    const bytes = this.bytes.subarray(at, at + into.length);
    into.set(bytes);
    return bytes.length;
  }
}

/** 4 blocks in memory beside a storage, 8 without one. */
function smallSpool(storage?: SpoolStorage): Spool {
  return new Spool({ storage, blockSize: BLOCK, memoryLimit: 4 * BLOCK, hardLimit: 8 * BLOCK });
}

/** Lends the chunk: it is overwritten when the append is over. */
async function appendLent(spool: Spool, bytes: Uint8Array): Promise<boolean> {
  const lent = bytes.slice();
  const taken = await spool.append(lent);
  lent.fill(0xff);
  return taken;
}

async function filled(spool: Spool, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = pattern(size);
  for (const chunk of cut(bytes, 7)) expect(await appendLent(spool, chunk)).toBe(true);
  return bytes;
}

const steps = fc.array(
  fc.record({ size: fc.integer({ min: 0, max: 40 }), from: fc.nat(400), length: fc.nat(200) }),
  { maxLength: 25 },
);

test('appends and reads are those of a plain array until there is no room, on any storage', async () => {
  const faults = fc.constantFrom<(Fault | 'no storage')[]>(
    ...(['none', 'no storage', 'open throws', 'write throws', 'write is short'] as const),
  );
  let [full, onStorage] = [0, 0];
  await fc.assert(
    fc.asyncProperty(faults, fc.integer({ min: 0, max: 12 }), steps, async (fault, faultyWrite, script) => {
      const storage = fault === 'no storage' ? undefined : new FakeStorage(fault, faultyWrite);
      const spool = smallSpool(storage);
      let model: Uint8Array<ArrayBuffer> = new Uint8Array(0);
      let refused = false;
      for (const { size, from, length } of script) {
        const chunk = pattern(model.length + size).slice(model.length);
        const taken = await appendLent(spool, chunk);
        const room = fault === 'none' ? Number.POSITIVE_INFINITY : (8 + (storage?.writes ?? 0)) * BLOCK;
        expect(taken).toBe(!refused && model.length + size <= room);
        refused ||= !taken;
        if (taken) model = pattern(model.length + size);
        expect(spool.size).toBe(model.length);
        const start = Math.min(from, model.length);
        const end = Math.min(start + length, model.length);
        expect(await collect(spool.read({ start, end }, NEVER), 1e6)).toEqual(model.slice(start, end));
      }
      expect(await collect(spool.read({ start: 0 }, NEVER), 1e6)).toEqual(model);
      expect(spool.keptIn).toBe(storage && storage.writes > 0 ? 'opfs' : 'memory');
      if (refused) full++;
      if (spool.keptIn === 'opfs') onStorage++;
      await spool.close();
    }),
    { numRuns: 500 },
  );
  // The scripts reach both ends.
  expect(full).toBeGreaterThan(20);
  expect(onStorage).toBeGreaterThan(20);
});

test('a read goes on while appends move what it reads', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(60),
      fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }),
      async (start, sizes) => {
        const spool = smallSpool(new FakeStorage());
        const model = await filled(spool, 60);
        const reading = spool.read({ start }, NEVER)[Symbol.asyncIterator]();
        let at = start;
        for (const size of [...sizes, ...Array.from({ length: 6 }, () => 1)]) {
          const pulled = await reading.next();
          await appendLent(spool, pattern(size));
          if (pulled.done) continue;
          // Still right after the append: a chunk is valid until the next pull.
          expect(pulled.value).toEqual(model.subarray(at, at + pulled.value.length));
          at += pulled.value.length;
        }
        expect(at).toBe(60);
      },
    ),
  );
});

test('memory holds no more than its limit while the storage takes the rest', async () => {
  const storage = new FakeStorage();
  const spool = smallSpool(storage);
  await filled(spool, 4 * BLOCK);
  expect(storage.log).toEqual([]);
  expect(spool.keptIn).toBe('memory');
  await spool.append(pattern(1));
  expect(spool.keptIn).toBe('opfs');
  expect(storage.bytes).toHaveLength(BLOCK);
  await spool.append(pattern(100 * BLOCK));
  expect(storage.bytes.length).toBe(spool.size - 1 - 3 * BLOCK);
  expect(storage.log).toEqual(['open']);
});

for (const fault of ['write throws', 'write is short'] as const) {
  for (const faultyWrite of [0, 1, 2, 7]) {
    test(`${fault} at write ${faultyWrite}: nothing is lost, and memory takes the rest`, async () => {
      const storage = new FakeStorage(fault, faultyWrite);
      const spool = smallSpool(storage);
      const model = await filled(spool, (8 + faultyWrite) * BLOCK);
      const expectKept = async () => {
        expect(await drain(spool.read({ start: 0 }, NEVER))).toEqual({ bytes: model, error: undefined });
      };
      await expectKept();
      expect(spool.keptIn).toBe(faultyWrite === 0 ? 'memory' : 'opfs');
      expect(await spool.append(pattern(1))).toBe(false);
      expect(await spool.append(pattern(0))).toBe(false);
      await expectKept();
      // A file with nothing in it goes at once; another gives back what was written in part.
      expect(storage.log).toEqual(
        faultyWrite === 0 ? ['open', 'close', 'remove'] : ['open', `truncate ${faultyWrite * BLOCK}`],
      );
      await spool.close();
      expect(storage.log.filter((entry) => entry === 'remove')).toHaveLength(1);
    });
  }
}

test('a chunk that only fits in part is not taken at all, and nothing after it', async () => {
  const spool = smallSpool();
  const model = await filled(spool, 7 * BLOCK + 3);
  expect(await spool.append(pattern(BLOCK))).toBe(false);
  expect(spool.size).toBe(model.length);
  expect(await spool.append(pattern(1))).toBe(false);
  expect(await collect(spool.read({ start: 0 }, NEVER), 1e6)).toEqual(model);
});

test('memory that cannot be had is no room', async () => {
  const spool = new Spool({ blockSize: 2 ** 45, memoryLimit: 2 ** 50, hardLimit: 2 ** 50 });
  expect(await spool.append(pattern(1))).toBe(false);
  expect(spool.size).toBe(0);
});

test('a storage that cannot be read any more is a failure, never wrong bytes', async () => {
  for (const failsToRead of ['throws', 'is short'] as const) {
    const storage = new FakeStorage();
    const spool = smallSpool(storage);
    const model = await filled(spool, 10 * BLOCK);
    storage.failsToRead = failsToRead;
    const { bytes, error } = await drain(spool.read({ start: 0 }, NEVER));
    expect(bytes).toEqual(model.subarray(0, 3 * BLOCK));
    expect(error).toMatchObject({ kind: 'source', reason: 'kept-bytes-lost' });
    expect((await drain(spool.read({ start: 9 * BLOCK }, NEVER))).error).toBeUndefined();
  }
});

test('close removes the file, once, and ends what reads', async () => {
  const storage = new FakeStorage();
  const spool = smallSpool(storage);
  await filled(spool, 10 * BLOCK);
  const reading = spool.read({ start: 0 }, NEVER)[Symbol.asyncIterator]();
  await reading.next();
  await Promise.all([spool.close(), spool.close()]);
  expect(storage.log).toEqual(['open', 'close', 'remove']);
  await expect(reading.next()).rejects.toMatchObject({ reason: 'kept-bytes-lost', detail: 'closed' });
  expect(await spool.append(pattern(1))).toBe(false);
});

test('a file that was being opened while the spool was closed is removed', async () => {
  const storage = new FakeStorage();
  const opening = gate();
  const slow: SpoolStorage = { open: () => opening.opened.then(() => storage.open()) };
  const spool = smallSpool(slow);
  await filled(spool, 4 * BLOCK);
  const appending = spool.append(pattern(1));
  await spool.close();
  opening.open();
  expect(await appending).toBe(false);
  expect(storage.log).toEqual(['open', 'close', 'remove']);
});

test('close succeeds where the file cannot be removed', async () => {
  const storage = new FakeStorage();
  const stubborn: SpoolStorage = {
    open: async () => ({
      ...(await storage.open()),
      remove: () => Promise.reject(new DOMException('in use')),
    }),
  };
  const spool = smallSpool(stubborn);
  await filled(spool, 10 * BLOCK);
  await expect(spool.close()).resolves.toBeUndefined();
});

test('a file that can neither be cut nor closed loses nothing, and its name is removed all the same', async () => {
  const storage = new FakeStorage('write is short', 2);
  const gone = () => {
    throw new DOMException('gone', 'InvalidStateError');
  };
  const spool = smallSpool({
    open: async () => ({ ...(await storage.open()), truncate: gone, close: gone }),
  });
  const model = await filled(spool, 10 * BLOCK);
  expect(await collect(spool.read({ start: 0 }, NEVER), 1e6)).toEqual(model);
  await spool.close();
  expect(storage.log).toEqual(['open', 'remove']);
});

test('a range past what is kept fails', async () => {
  const spool = smallSpool();
  await filled(spool, 10);
  expect((await drain(spool.read({ start: 0, end: 11 }, NEVER))).error).toMatchObject({
    reason: 'short-read',
  });
});

test('an abort that comes as an event is heard by a loop that finds everything in memory', async () => {
  const spool = new Spool({ blockSize: BLOCK });
  await spool.append(pattern(10_000));
  const abort = new AbortController();
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => abort.abort();
  port2.postMessage('abort');
  const { bytes, error } = await drain(spool.read({ start: 0 }, abort.signal));
  port1.close();
  expect(error).toMatchObject({ name: 'AbortError' });
  expect(bytes.length).toBeLessThan(10_000);
});

test('without a private file system, as here, everything stays in memory', async () => {
  const spool = createSpool();
  for (let i = 0; i < 70; i++) expect(await spool.append(new Uint8Array(2 ** 20).fill(i))).toBe(true);
  expect(spool.keptIn).toBe('memory');
  const bytes = await collect(spool.read({ start: 69 * 2 ** 20 }, NEVER), 2 ** 20);
  expect(bytes?.every((byte) => byte === 69)).toBe(true);
  await spool.close();
});

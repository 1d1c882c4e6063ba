import type { CDPSession, Page } from '@playwright/test';

/** What a thread of the page holds, in bytes, after everything that nobody refers to was collected. */
export interface ThreadMemory {
  /** Objects of JavaScript. */
  readonly heap: number;
  /** What typed arrays stand on, WebAssembly left out. */
  readonly arrays: number;
  /** Every WebAssembly memory that is still referred to. */
  readonly wasm: number;
}

/** The page's worker, over Chromium's DevTools protocol. */
export interface WorkerDevtools {
  memory(): Promise<ThreadMemory>;
}

/** Chromium's own answer to what the page's thread holds. */
export async function pageMemory(devtools: CDPSession): Promise<ThreadMemory> {
  return memoryOf((method, params) => devtools.send(method as 'Runtime.evaluate', params as never));
}

/**
 * Attaches to the next worker that the page starts, before its first line runs: from then on every WebAssembly memory that
 * is made there is noted, weakly. (`Runtime.queryObjects` would find them by itself, but takes a worker down.)
 */
export async function devtoolsOfNextWorker(page: Page): Promise<{
  readonly page: CDPSession;
  /** The worker, once there is one. */
  readonly worker: Promise<WorkerDevtools>;
}> {
  const devtools = await page.context().newCDPSession(page);
  const worker = new Promise<WorkerDevtools>((resolve) => {
    devtools.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
      const target = new ChildTarget(devtools, sessionId);
      const start = async () => {
        if (targetInfo.type === 'worker')
          await target.send('Runtime.evaluate', { expression: NOTE_MEMORIES });
        await target.send('Runtime.runIfWaitingForDebugger');
        if (targetInfo.type === 'worker')
          resolve({ memory: () => memoryOf((method, params) => target.send(method, params)) });
      };
      void start();
    });
  });
  await devtools.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: true,
    flatten: false,
  });
  return { page: devtools, worker };
}

/** Wraps what makes WebAssembly instances and memories; sums up those that a collection has left. */
const NOTE_MEMORIES = `(() => {
  const refs = [];
  const noteAll = (made) => {
    const instance = made?.instance ?? made;
    if (instance instanceof WebAssembly.Instance)
      for (const one of Object.values(instance.exports)) if (one instanceof WebAssembly.Memory) refs.push(new WeakRef(one));
    return made;
  };
  const { instantiate, instantiateStreaming, Instance } = WebAssembly;
  WebAssembly.instantiate = (...parts) => instantiate(...parts).then(noteAll);
  WebAssembly.instantiateStreaming = (...parts) => instantiateStreaming(...parts).then(noteAll);
  WebAssembly.Instance = new Proxy(Instance, { construct: (of, parts) => noteAll(Reflect.construct(of, parts)) });
  globalThis.liveWasmBytes = () => refs.reduce((sum, ref) => sum + (ref.deref()?.buffer.byteLength ?? 0), 0);
})()`;

type Send = (method: string, params?: object) => Promise<unknown>;

async function memoryOf(send: Send): Promise<ThreadMemory> {
  // Twice: what finalizers let go of is garbage only then.
  await send('HeapProfiler.collectGarbage');
  await send('HeapProfiler.collectGarbage');
  const expression = 'globalThis.liveWasmBytes?.() ?? 0';
  const asked = await send('Runtime.evaluate', { expression, returnByValue: true });
  const usage = await send('Runtime.getHeapUsage');
  // As the protocol's documentation has both answers.
  const { result } = asked as { result: { value: number } };
  const { usedSize, backingStorageSize } = usage as { usedSize: number; backingStorageSize: number };
  return { heap: usedSize, arrays: backingStorageSize, wasm: result.value };
}

/** Messages to a worker, wrapped in those to its page: Playwright's sessions cannot reach a worker by themselves. */
class ChildTarget {
  private readonly parent: CDPSession;
  private readonly sessionId: string;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private lastId = 0;

  constructor(parent: CDPSession, sessionId: string) {
    this.parent = parent;
    this.sessionId = sessionId;
    parent.on('Target.receivedMessageFromTarget', (event) => {
      if (event.sessionId !== sessionId) return;
      const answer: Answer = JSON.parse(event.message);
      this.waiting.get(answer.id)?.(answer);
      this.waiting.delete(answer.id);
    });
  }

  send(method: string, params: object = {}): Promise<unknown> {
    const id = ++this.lastId;
    const message = JSON.stringify({ id, method, params });
    return new Promise((resolve, reject) => {
      this.waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(`${method}: ${error.message}`)) : resolve(result),
      );
      this.parent.send('Target.sendMessageToTarget', { sessionId: this.sessionId, message }).catch(reject);
    });
  }
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

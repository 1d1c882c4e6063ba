import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from '@playwright/test';

/**
 * Runs in the page before its own scripts. Times are those of `performance.now()`, of the page.
 *
 * - `painted(when)`: resolves when an expression holds and what it speaks of was painted: after the frame that follows, a task
 *   of a message port runs as soon as the frame is out.
 * - `messages`: when a worker last had something to say; asked for by what follows from it.
 */
export const PAGE_CLOCK = `(() => {
  const afterPaint = () => new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); resolve(performance.now()); };
    port2.postMessage(0);
  }));
  const holds = (when) => new Promise((resolve) => {
    const observer = new MutationObserver(() => look());
    const look = () => {
      if (!when()) return;
      observer.disconnect();
      resolve();
    };
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    look();
  });
  const clock = { lastMessage: 0, messagesBefore: undefined, afterPaint, painted: async (when) => {
    await holds(when);
    // What a worker says later has nothing to do with it.
    clock.messagesBefore = clock.lastMessage;
    return afterPaint();
  } };
  globalThis.Worker = new Proxy(Worker, { construct: (Of, parts) => {
    const worker = Reflect.construct(Of, parts);
    worker.addEventListener('message', () => { clock.lastMessage = performance.now(); });
    return worker;
  } });
  globalThis.pageClock = clock;
})();`;

/** When what an expression speaks of was painted, in milliseconds since 1970, as Node's clock has them. */
export function painted(page: Page, when: string): Promise<number> {
  return page.evaluate(`pageClock.painted(() => ${when}).then((at) => performance.timeOrigin + at)`);
}

/** Waits until an expression holds. Playwright's own way to wait is evaluated in the page, which its policy forbids. */
export async function until(page: Page, expression: string): Promise<void> {
  while (!(await page.evaluate(`Boolean(${expression})`))) await pause(20);
}

/** Milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

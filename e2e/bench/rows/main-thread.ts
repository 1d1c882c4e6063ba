import type { Page } from '@playwright/test';
import { setUp, withBrowser } from '../browser';
import type { Means } from '../means';
import { summarise } from '../measure';
import { until } from '../page-clock';
import { atMost, type Group, group, type Outcome } from '../row';

/** How long the page's own thread is taken while its worker is at it. */
export const mainThreadGroups: readonly Group[] = [
  group(
    {
      row: {
        measure: 'longest main-thread task while a listed NAR is verified, xz',
        target: atMost(50, 'ms'),
        missedBecause: 'what takes the thread has not been profiled',
      },
    },
    async (means) => ({ row: await whileVerifying(means) }),
  ),
  group(
    {
      row: {
        measure: 'longest main-thread task while a tree of 100 000 entries grows, zstd',
        target: atMost(50, 'ms'),
        missedBecause: 'what takes the thread has not been profiled',
      },
    },
    async (means) => ({ row: await whileGrowing(means) }),
  ),
];

/**
 * Notes tasks above 50 ms (Long Tasks API), and the pauses of a timer that should fire every 4 ms: what is shorter than a long task
 * shows there, and never as too short.
 */
const WATCH = `(() => {
  const watch = { tasks: [], pause: 0, beats: 0, stopped: false };
  new PerformanceObserver((list) => watch.tasks.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: false });
  let last = performance.now();
  const beat = () => {
    const now = performance.now();
    // What the timer waits for by itself is no pause.
    if (watch.beats > 0) watch.pause = Math.max(watch.pause, now - last - 4);
    watch.beats += 1;
    last = now;
    if (!watch.stopped) setTimeout(beat, 4);
  };
  setTimeout(beat, 4);
  globalThis.watch = watch;
})()`;

interface Watched {
  readonly tasks: readonly number[];
  readonly pause: number;
  readonly beats: number;
}

async function watched(page: Page): Promise<Watched> {
  // Long tasks are told of a little later.
  await page.evaluate('new Promise((resolve) => setTimeout(resolve, 200))');
  await page.evaluate('watch.stopped = true');
  return page.evaluate('watch');
}

async function whileVerifying(means: Means): Promise<Outcome> {
  const { inputs, page: host, rounds } = means;
  const seen: Watched[] = [];
  for (let round = 0; round < rounds; round++) {
    await withBrowser(means, async (browser) => {
      const { page } = browser;
      await setUp(browser, means, 'xz');
      await page.goto(new URL(inputs.kinds.mixed.storePath, host.url).href);
      await page.getByRole('tree', { name: 'Files' }).waitFor();
      await page.evaluate(WATCH);
      await page
        .getByRole('button', { name: /^Verify/ })
        .first()
        .click();
      await page
        .locator('[data-check="nar-hash"][data-state="verified"]')
        .first()
        .waitFor({ state: 'attached' });
      seen.push(await watched(page));
    });
  }
  return longest(seen);
}

async function whileGrowing(means: Means): Promise<Outcome> {
  const { inputs, page: host, caches, rounds } = means;
  const path = inputs.entries.find(({ entries }) => entries === 100_000);
  if (!path) throw new Error('there is no tree of 100 000 entries');
  const seen: Watched[] = [];
  caches.misbehave(`/entries/${path.hashPart}.ls`, { kind: 'status', status: 404 });
  for (let round = 0; round < rounds; round++) {
    await withBrowser(means, async (browser) => {
      const { page } = browser;
      await setUp(browser, means, 'entries');
      await page.goto(host.url);
      await page.getByRole('textbox').first().waitFor();
      await page.evaluate(WATCH);
      await page.getByRole('textbox').first().fill(path.storePath);
      await page.keyboard.press('Enter');
      await until(page, `document.querySelector('[role=status]')?.textContent.includes('Tree from NAR')`);
      seen.push(await watched(page));
    });
  }
  caches.behave();
  return longest(seen);
}

function longest(seen: readonly Watched[]): Outcome {
  const samples = seen.map(({ tasks, pause }) =>
    tasks.length > 0 ? Math.max(...tasks) : Math.min(pause, 50),
  );
  const long = seen.map(({ tasks }) => tasks.length);
  return {
    status: 'measured',
    value: summarise(samples),
    note: `long tasks in each round: ${long.join(', ')} (PerformanceObserver); where there is none, the longest pause of a 4 ms timer, out of ${Math.min(...seen.map(({ beats }) => beats))} beats or more`,
  };
}

import type { Page } from '@playwright/test';
import { ExplorerPage } from '../../support/explorer-page';
import { playwrightPage, startPlaywright } from '../../support/playwright-engine';
import { type BenchBrowser, cacheUrl, setUp, withBrowser } from '../browser';
import type { EntriesPath } from '../inputs/inputs';
import { MILLION } from '../inputs/many-entries';
import type { Means } from '../means';
import { p95, repeat, summarise } from '../measure';
import { now, PAGE_CLOCK, painted, until } from '../page-clock';
import { atMost, type Group, group, type Outcome } from '../row';

const ROWS = `document.querySelectorAll('[role=tree] [role=treeitem]').length > 0`;

/** What the tree costs the page. */
export const treeGroups: readonly Group[] = [
  group(
    {
      row: {
        measure: 'tree from .ls, 100 000 entries: bytes to paint',
        target: atMost(300, 'ms'),
        missedBecause: 'parsing the listing is a part of it; the rest has not been profiled',
      },
    },
    async (means) => {
      const path = entriesOf(means, 100_000);
      const samples = await withBrowser(
        means,
        (browser) => repeat(means.rounds, () => bytesToPaint(browser, means, path)),
        { initScript: PAGE_CLOCK },
      );
      return {
        row: {
          status: 'measured',
          value: summarise(samples),
          note: 'from the moment the server lets the answer go to the frame with the first rows',
        },
      };
    },
  ),
  group(
    {
      first: {
        measure: 'one million entries: first rows',
        target: atMost(120, 'ms'),
        missedBecause: 'the rows, the largest files and the README are each looked for among all entries',
      },
      down: {
        measure: 'one million entries: ArrowDown, p95',
        target: atMost(50, 'ms'),
        missedBecause: 'not profiled',
      },
      end: {
        measure: 'one million entries: End',
        target: atMost(50, 'ms'),
        missedBecause: 'not profiled',
      },
    },
    measureMillion,
  ),
  group(
    {
      row: {
        measure: 'one million entries: wrong rows at both ends and in the middle, Firefox',
        target: atMost(0, 'rows'),
        missedBecause: 'Firefox draws nothing where a page is too high',
      },
    },
    async (means) => ({ row: await measureFirefox(means) }),
  ),
  group(
    {
      hundredThousand: {
        measure: 'fuzzy key, 100 000 paths',
        target: atMost(60, 'ms'),
        missedBecause: 'not built yet',
      },
      million: {
        measure: 'fuzzy key, 1 000 000 paths',
        target: atMost(250, 'ms'),
        missedBecause: 'not built yet',
      },
    },
    async () => {
      const notBuilt = { status: 'not measured', why: 'not built yet: there is no finder' } as const;
      return { hundredThousand: notBuilt, million: notBuilt };
    },
  ),
];

export function entriesOf({ inputs }: Means, entries: number): EntriesPath {
  const path = inputs.entries.find((one) => one.entries === entries);
  if (!path) throw new Error(`there is no tree of ${entries} entries`);
  return path;
}

/**
 * From the moment the server lets the listing go to the frame with its first rows. The page has been at work before: its worker
 * runs, and has the narinfo.
 */
export async function bytesToPaint(browser: BenchBrowser, means: Means, path: EntriesPath): Promise<number> {
  const { page } = browser;
  const { caches } = means;
  await setUp(browser, means, 'entries');
  caches.forget();
  caches.behave();
  const listing = `/entries/${path.hashPart}.ls`;
  caches.misbehave(listing, { kind: 'stall', afterBytes: 0 });
  await page.goto(new URL(path.storePath, means.page.url).href);
  // The narinfo has been read when its facts stand on the page.
  await until(page, `document.body.textContent.includes('entries-${path.entries}')`);
  await answered(means, `/entries/${path.hashPart}.narinfo`);
  const shown = painted(page, ROWS);
  const start = now();
  caches.release();
  const end = await shown;
  caches.behave();
  return end - start;
}

async function answered({ caches }: Means, path: string): Promise<void> {
  const isDone = () => caches.requests.some((one) => one.path === path && one.end === 'complete');
  while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 10));
  // The page gets what the server has handed out, and nothing else is under way.
  await new Promise((resolve) => setTimeout(resolve, 300));
}

async function openMillion(browser: BenchBrowser, means: Means): Promise<Page> {
  const { page } = browser;
  await setUp(browser, means, 'entries');
  await page.goto(new URL(entriesOf(means, MILLION).storePath, means.page.url).href, { waitUntil: 'commit' });
  return page;
}

type Timing = 'first' | 'down' | 'end';

async function measureMillion(means: Means): Promise<Record<Timing, Outcome>> {
  const samples: Record<Timing, number[]> = { first: [], down: [], end: [] };
  for (let round = 0; round < means.rounds; round++) {
    await withBrowser(
      means,
      async (browser) => {
        const page = await openMillion(browser, means);
        await until(page, 'globalThis.pageClock !== undefined');
        const first: number = await page.evaluate(
          `pageClock.painted(() => ${ROWS}).then((at) => at - pageClock.messagesBefore)`,
        );
        samples.first.push(first);
        await page.locator('[role=tree] [tabindex="0"]').focus();
        await page.evaluate(TIME_KEYS);
        samples.down.push(p95(await timesOf(page, 'ArrowDown', 100)));
        samples.end.push(...(await timesOf(page, 'End', 1)));
        await expectLastRow(page);
      },
      { initScript: PAGE_CLOCK },
    );
  }
  const outcome = (timing: Timing, note: string): Outcome => ({
    status: 'measured',
    value: summarise(samples[timing]),
    note,
  });
  return {
    first: outcome(
      'first',
      'from the tree reaching the page, from its worker, to the frame with the first rows',
    ),
    down: outcome('down', 'from the key to the frame with the focus on the next row; 100 keys in each round'),
    end: outcome('end', 'from the key to the frame with the last row'),
  };
}

/** Of each key: from its own time stamp to the frame after the focus has moved. */
const TIME_KEYS = `(() => {
  globalThis.keyTimes = [];
  let start;
  addEventListener('keydown', (event) => { start = event.timeStamp; }, true);
  addEventListener('focusin', () => {
    const began = start;
    if (began !== undefined) pageClock.afterPaint().then((at) => keyTimes.push(at - began));
    start = undefined;
  });
})()`;

async function timesOf(page: Page, key: string, times: number): Promise<number[]> {
  await page.evaluate('keyTimes.length = 0');
  for (let pressed = 1; pressed <= times; pressed++) {
    await page.keyboard.press(key);
    await until(page, `keyTimes.length === ${pressed}`);
  }
  return page.evaluate('keyTimes');
}

async function expectLastRow(page: Page): Promise<void> {
  const name = await page.evaluate('document.activeElement.title');
  if (name !== nameOf(MILLION - 1)) throw new Error(`End led to ${name}`);
}

/** As the million files are called. */
function nameOf(index: number): string {
  return `file-${String(index).padStart(6, '0')}`;
}

/** Counts rows in sight that are not where they belong, after Home, End and a jump to the middle. */
async function measureFirefox(means: Means): Promise<Outcome> {
  const firefox = await startPlaywright('firefox');
  try {
    const engine = await firefox.open();
    const explorer = new ExplorerPage(engine, means.page.url, cacheUrl(means, 'entries'));
    await explorer.visit(entriesOf(means, MILLION).storePath);
    const page = playwrightPage(engine);
    await until(page, ROWS);
    await page.locator('[role=tree] [tabindex="0"]').focus();
    let wrong = 0;
    for (const [key, index] of [
      ['End', MILLION - 1],
      ['Home', 0],
    ] as const) {
      await page.keyboard.press(key);
      await until(page, `document.activeElement.title === ${JSON.stringify(nameOf(index))}`);
      wrong += await wrongRows(page, nameOf(index));
    }
    await page.evaluate(`(() => {
      const tree = document.querySelector('[role=tree]');
      tree.scrollTop = tree.scrollHeight / 2;
    })()`);
    await until(page, `${inSight}.some(({ index }) => Math.abs(index - ${MILLION / 2}) < 1000)`);
    wrong += await wrongRows(page, undefined);
    await engine.close();
    const value = { median: wrong, min: wrong, max: wrong };
    return { status: 'measured', value, note: 'each row in sight holds the name that its place has' };
  } finally {
    await firefox.close();
  }
}

/** Rows in sight, from above: place in the tree, name. */
const inSight = `[...document.querySelectorAll('[role=tree] [role=treeitem]')]
  .map((row) => ({ box: row.getBoundingClientRect(), index: row.getAttribute('aria-posinset') - 1, name: row.title }))
  .filter(({ box }) => {
    const tree = document.querySelector('[role=tree]').getBoundingClientRect();
    return box.top >= tree.top - 1 && box.bottom <= tree.bottom + 1 && box.height > 0;
  })
  .sort((a, b) => a.box.top - b.box.top)
  .map(({ index, name }) => ({ index, name }))`;

async function wrongRows(page: Page, expected: string | undefined): Promise<number> {
  const rows: { index: number; name: string }[] = await page.evaluate(inSight);
  if (rows.length < 10) throw new Error(`only ${rows.length} rows are in sight`);
  const isWrong = ({ index, name }: { index: number; name: string }, at: number) =>
    name !== nameOf(index) || index !== (rows[0]?.index ?? 0) + at;
  const isMissing = expected !== undefined && !rows.some(({ name }) => name === expected);
  return rows.filter(isWrong).length + (isMissing ? 1 : 0);
}

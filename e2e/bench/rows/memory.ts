import { setTimeout as pause } from 'node:timers/promises';
import { startCacheServer } from '../../support/cache-server';
import { setUp, withBrowser } from '../browser';
import { type Huge, type HugePath, makeHuge } from '../huge';
import type { Means } from '../means';
import { summarise } from '../measure';
import { memoryOf, tellsMemory } from '../processes';
import { atMost, type Group, group, type Outcome, type Row } from '../row';

const row = (compression: string): Row => ({
  measure: `a NAR of 3 GB (${compression}), the file at its end: page and workers beyond an empty page`,
  target: atMost(200, 'MB'),
  missedBecause: 'what holds it has not been profiled',
});

/** What the page's processes hold at most while a file at the end of a NAR of 3 GB is saved. */
export const memoryGroups: readonly Group[] = [
  group({ none: row('none'), zstd: row('zstd'), xz: row('xz') }, async (means) => {
    if (!tellsMemory()) return everywhere('this system does not tell what a process holds');
    const huge = await makeHuge(means.say);
    if (typeof huge === 'string') return everywhere(huge);
    try {
      const outcomes = new Map<string, Outcome>();
      for (const path of huge.paths) outcomes.set(path.compression, await measure(means, huge, path));
      const of = (name: string) => outcomes.get(name) ?? notMeasured('it was not made');
      return { none: of('none'), zstd: of('zstd'), xz: of('xz') };
    } finally {
      await huge.remove();
    }
  }),
];

const notMeasured = (why: string): Outcome => ({ status: 'not measured', why });

function everywhere(why: string) {
  return { none: notMeasured(why), zstd: notMeasured(why), xz: notMeasured(why) };
}

async function measure(means: Means, { folder, lastFile }: Huge, path: HugePath): Promise<Outcome> {
  const server = await startCacheServer({ folder });
  const { compression, storePath, narSize } = path;
  try {
    return await withBrowser(means, async (browser) => {
      const { page, profile } = browser;
      const started = performance.now();
      await setUp(browser, { ...means, caches: server }, compression);
      await pause(1000);
      const empty = memoryOf(profile);
      const most = { renderers: 0, all: 0 };
      let isOver = false;
      const watch = async () => {
        while (!isOver) {
          const now = memoryOf(profile);
          most.renderers = Math.max(most.renderers, now.renderers);
          most.all = Math.max(most.all, now.all);
          await pause(100);
        }
      };
      const watching = watch();
      await page.goto(new URL(`${storePath}/${lastFile}`, means.page.url).href);
      const region = page.getByRole('region', { name: 'File' });
      const saved = page.waitForEvent('download');
      await region.getByRole('button', { name: /^Download/ }).click();
      await (await saved).path();
      isOver = true;
      await watching;
      const seconds = (performance.now() - started) / 1000;
      const received = server.requests.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
      means.say(`  ${compression}: ${narSize} bytes in ${seconds.toFixed(0)} s, ${received} fetched`);
      const inMb = (bytes: number) => bytes / 1e6;
      return {
        status: 'measured',
        value: summarise([inMb(most.renderers - empty.renderers)]),
        note: `PSS of the renderer processes, the most of ten looks a second; the whole browser: ${inMb(most.all - empty.all).toFixed(0)} MB; ${(received / 1e6).toFixed(1)} MB fetched`,
      };
    });
  } finally {
    await server.close();
  }
}

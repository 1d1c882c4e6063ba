import { corpusMissing } from '../fixtures/corpus';
import { makeSoakCache, type SoakCache, type SoakFile, type SoakPath } from '../fixtures/soak/soak-cache';
import { startCacheServer } from './cache-server';
import { test as base, expect } from './explorer';
import type { ExplorerPage } from './explorer-page';

interface SoakFixtures {
  /** What `cache` serves here: many small store paths, and some that are too large for the spool's memory. */
  soak: SoakCache;
}

export const test = base.extend<SoakFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern.
  soak: async ({}, use, testInfo) => {
    const why = await corpusMissing();
    if (why && process.env.CI !== 'true') testInfo.skip(true, why);
    await use(await makeSoakCache());
  },

  cache: async ({ soak }, use) => {
    const server = await startCacheServer({ folder: soak.folder });
    await use(server);
    await server.close();
  },
});

export { expect };

/** A file of a store path by its place in it. */
export function fileOf({ name, files }: SoakPath, narPath: string): SoakFile {
  const file = files.find((one) => one.narPath === narPath);
  if (!file) throw new Error(`${name} has no ${narPath}`);
  return file;
}

/** A path without listing is open: its last byte has been read and kept. */
export async function wholeNarIsRead({ engine }: ExplorerPage): Promise<void> {
  // Not `text`: of this line WebKit's driver gives a part only.
  const outcome = () => engine.evaluate("document.querySelector('[role=status]')?.textContent ?? ''");
  await expect.poll(outcome, { timeout: 30_000 }).toContain('Tree from NAR');
}

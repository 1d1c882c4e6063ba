import type { Page } from '@playwright/test';
import { formatIec } from '../src/nix/format';
import { sha256 } from './fixtures/expected';
import type { SoakCache, SoakPath } from './fixtures/soak/soak-cache';
import type { CacheServer } from './support/cache-server';
import { devtoolsOfNextWorker, pageMemory } from './support/chromium-devtools';
import type { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';
import { playwrightPage } from './support/playwright-engine';
import { expect, fileOf, test } from './support/soak';
import { keptNars, spoolFiles } from './support/spool-folder';

/** Two of each compression, one of them large: every decoder is loaded by then. */
const WARM_UP = 12;

/** Counts object URLs, and keeps by hand what the page puts off for a minute: giving them back. */
const COUNT_OBJECT_URLS = `(() => {
  delete globalThis.showSaveFilePicker;
  const live = new Set();
  const late = [];
  const { createObjectURL, revokeObjectURL } = URL;
  const { setTimeout } = globalThis;
  URL.createObjectURL = (blob) => { const url = createObjectURL(blob); live.add(url); return url; };
  URL.revokeObjectURL = (url) => { live.delete(url); revokeObjectURL(url); };
  globalThis.setTimeout = (work, after, ...rest) => after >= 60000 ? late.push(work) : setTimeout(work, after, ...rest);
  globalThis.objectUrls = { count: () => live.size, aMinuteLater: () => { for (const work of late.splice(0)) work(); } };
})()`;

test.use({ openOptions: { initScript: COUNT_OBJECT_URLS } });

interface Journey {
  readonly explorer: ExplorerPage;
  readonly page: Page;
  readonly cache: CacheServer;
}

/** What somebody does with one store path, and leaves it for the next. */
type Visit = (journey: Journey, path: SoakPath) => Promise<void>;

const arrive = async ({ explorer, page }: Journey, { storePath, name }: SoakPath) => {
  await explorer.open(storePath);
  await page.waitForFunction((wanted) => document.title.includes(wanted), name);
};

const selectLong = async ({ explorer, page }: Journey) => {
  await page.getByRole('treeitem', { name: 'share', exact: true }).click();
  await page.getByRole('treeitem', { name: 'long.txt', exact: true }).click();
  await explorer.engine.waitFor({ role: 'button', name: /^Download/ });
};

const preview: Visit = async (journey, path) => {
  await arrive(journey, path);
  await selectLong(journey);
  await journey.page.getByText('byte 0', { exact: false }).first().waitFor();
};

const verify: Visit = async (journey, path) => {
  await arrive(journey, path);
  const { page } = journey;
  // Who opens a path without listing has read all of it by then.
  if (path.hasListing) await page.getByRole('button', { name: /^Verify/ }).click();
  await page.locator('[data-check="nar-hash"][data-state="verified"]').waitFor();
};

const save: Visit = async (journey, path) => {
  await arrive(journey, path);
  await selectLong(journey);
  const saved = await journey.explorer.download();
  expect(sha256(saved.bytes), path.name).toBe(fileOf(path, 'share/long.txt').sha256);
};

const byAddress: Visit = async ({ explorer, page }, { storePath, name }) => {
  await explorer.open(`${storePath}/share/zlast.txt`);
  await page.waitForFunction((wanted) => document.title.includes(wanted), `zlast.txt · ${name}`);
  await page.getByText('the last of', { exact: false }).first().waitFor();
};

const leaveAtOnce: Visit = async ({ explorer }, { storePath }) => explorer.open(storePath);

const cancelOpening: Visit = async ({ explorer, cache }, path) => {
  const { storePath, hashPart, hasListing, narUrl, fileSize } = path;
  const where = hasListing ? `/${hashPart}` : `/${narUrl}`;
  cache.misbehave(where, { kind: 'stall', afterBytes: hasListing ? 0 : Math.floor(fileSize / 2) });
  await explorer.open(storePath);
  await asked(cache, where);
  await explorer.cancel();
  await explorer.failure();
  cache.release();
  cache.behave();
};

/** Without listing all is decoded by then: there the save runs while the next path is opened. */
const cancelSaving: Visit = async (journey, path) => {
  const { explorer, cache, page } = journey;
  const { narUrl, fileSize, hasListing } = path;
  await arrive(journey, path);
  if (hasListing) cache.misbehave(`/${narUrl}`, { kind: 'stall', afterBytes: Math.floor(fileSize / 2) });
  await selectLong(journey);
  await explorer.startDownload();
  if (!hasListing) return;
  await asked(cache, `/${narUrl}`);
  await explorer.cancel();
  await page.getByText(/was not saved: cancelled/).waitFor();
  cache.release();
  cache.behave();
};

/** Nearly all of it is decoded and kept when the person changes his mind. */
const cancelLate: Visit = async ({ explorer, cache, page }, { storePath, narUrl, fileSize }) => {
  cache.misbehave(`/${narUrl}`, { kind: 'stall', afterBytes: fileSize - 50 });
  await explorer.open(storePath);
  await expect.poll(async () => (await spoolFiles(page)).length).toBe(1);
  await explorer.cancel();
  await explorer.failure();
  cache.release();
  cache.behave();
};

const asked = (cache: CacheServer, path: string) =>
  expect
    .poll(() => cache.requests.some((one) => one.path.startsWith(path) && one.end === 'open'), {
      intervals: [20],
    })
    .toBe(true);

const VISITS: readonly Visit[] = [preview, verify, save, cancelOpening, leaveAtOnce, cancelSaving, byAddress];
const LARGE_VISITS: readonly Visit[] = [save, preview, verify, cancelLate];

const visitOf = (index: number): Visit =>
  (index < WARM_UP
    ? [preview, verify, save][index % 3]
    : index % 50 === 5
      ? LARGE_VISITS[Math.floor(index / 50)]
      : VISITS[index % VISITS.length]) ?? preview;

const MIB = 2 ** 20;

/**
 * How much more than after the warm-up may be held at the end. Heaps grow by compiled code and by what the browser itself
 * notes of a page (its last requests, input events, undo steps); what paths are made of stands in typed arrays.
 */
const BOUNDS = { pageHeap: 1.5 * MIB, workerHeap: 0.75 * MIB, arrays: 0.125 * MIB, wasm: 2 * MIB };

interface Soak {
  readonly title: string;
  /** How many are opened. */
  readonly count: number;
  readonly what: string;
  /** Of what is kept between visits. */
  readonly keptQuota: number;
}

const SOAKS: readonly Soak[] = [
  {
    title: 'what they took is given back',
    count: 200,
    what: 'store paths opened in one page, their files shown, saved, verified, cancelled midway and left',
    keptQuota: 0,
  },
  {
    title: 'what is kept of them stays below its quota, and all else is given back',
    count: 80,
    what: 'the same, with a quota of 8 MiB for what is kept between visits: more is read whole than that',
    keptQuota: 8 * MIB,
  },
];

for (const one of SOAKS)
  test(`${one.count} store paths in one page: ${one.title}`, ({ explorer, cache, soak }) =>
    soakOnce(one, { explorer, cache, soak }));

type Given = Pick<Journey, 'explorer' | 'cache'> & { readonly soak: SoakCache };

async function soakOnce({ count, what, keptQuota }: Soak, { explorer, cache, soak }: Given): Promise<void> {
  test.setTimeout(300_000);
  const page = playwrightPage(explorer.engine);
  const devtools = await devtoolsOfNextWorker(page);
  const journey = { explorer, page, cache };
  await explorer.visit('/', { settings: { keptQuota } });
  const stored = async () => (await page.evaluate(() => navigator.storage.estimate())).usage ?? 0;
  const storedAtFirst = await stored();

  const heldOnLanding = async () => {
    await explorer.engine.click({ role: 'link', name: /^NAR.Explorer/ });
    await page.waitForFunction(() => location.pathname === '/');
    await page.evaluate('objectUrls.aMinuteLater()');
    expect(await page.evaluate('objectUrls.count()'), 'object URLs').toBe(0);
    const open = () => cache.requests.filter(({ end }) => end === 'open').length;
    await expect.poll(open, 'requests that are open').toBe(0);
    await expect.poll(() => spoolFiles(page), 'files of spools').toEqual([]);
    const ofWorker = await (await devtools.worker).memory();
    const ofPage = await pageMemory(devtools.page);
    return {
      pageHeap: ofPage.heap,
      workerHeap: ofWorker.heap,
      arrays: ofPage.arrays + ofWorker.arrays,
      wasm: ofWorker.wasm,
      stored: await stored(),
    };
  };

  for (const [index, path] of soak.paths.slice(0, WARM_UP).entries()) await visitOf(index)(journey, path);
  const before = await heldOnLanding();
  expect(before.wasm, 'decoders are kept for the next path').toBeGreaterThan(0);
  for (const [index, path] of soak.paths.slice(0, count).entries()) {
    if (index >= WARM_UP) await visitOf(index)(journey, path);
  }
  const after = await heldOnLanding();
  const seen = `before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`;
  for (const name of ['pageHeap', 'workerHeap', 'arrays', 'wasm'] as const) {
    expect.soft(after[name], `${name}: ${seen}`).toBeLessThan(before[name] + BOUNDS[name]);
  }
  const most = keptQuota === 0 ? before.stored : storedAtFirst + keptQuota;
  expect.soft(after.stored, `bytes of the origin on disk: ${seen}`).toBeLessThanOrEqual(most);
  if (keptQuota > 0) expect.soft(await keptNars(page), 'NARs that are kept').toBeGreaterThan(WARM_UP);
  if (test.info().errors.length > 0) return;
  recordFact({
    kind: 'soak',
    what,
    times: count,
    returned: [
      `the heap of the page, within ${formatIec(BOUNDS.pageHeap)}`,
      `the heap of the worker, within ${formatIec(BOUNDS.workerHeap)}`,
      `the bytes that typed arrays stand on, within ${formatIec(BOUNDS.arrays)}`,
      `the memories of WebAssembly, within ${formatIec(BOUNDS.wasm)}`,
      keptQuota === 0 ? 'private files: none is left' : 'private files: no more than the quota is left',
      'requests: none is open',
      'object URLs: none is left',
    ],
    where: 'chromium',
    command: 'npm run test:page -- --project=chromium soak.chromium',
  });
}

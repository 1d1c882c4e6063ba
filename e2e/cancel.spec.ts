import type { SoakPath } from './fixtures/soak/soak-cache';
import type { CacheServer } from './support/cache-server';
import type { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';
import { expect, test } from './support/soak';
import { spoolFiles } from './support/spool-folder';

interface Moment {
  readonly name: string;
  /** Whether the path is opened by its listing. */
  readonly listed: boolean;
  /** Which answer is held back, and after how many of its bytes. */
  readonly held: (path: SoakPath) => readonly [where: string, afterBytes: number];
  /** Comes to where it is held, from the landing page. */
  readonly until: (explorer: ExplorerPage, path: SoakPath) => Promise<void>;
}

const open = (explorer: ExplorerPage, { storePath }: SoakPath) => explorer.open(storePath);

const nar =
  (share: number) =>
  ({ narUrl, fileSize }: SoakPath) =>
    [`/${narUrl}`, Math.floor(fileSize * share)] as const;

const MOMENTS: readonly Moment[] = [
  {
    name: 'the narinfo has not come',
    listed: true,
    held: ({ hashPart }) => [`/${hashPart}.narinfo`, 0],
    until: open,
  },
  {
    name: 'the narinfo has come in part',
    listed: true,
    held: ({ hashPart }) => [`/${hashPart}.narinfo`, 60],
    until: open,
  },
  {
    name: 'the listing has not come',
    listed: true,
    held: ({ hashPart }) => [`/${hashPart}.ls`, 0],
    until: open,
  },
  {
    name: 'the listing has come in part',
    listed: true,
    held: ({ hashPart }) => [`/${hashPart}.ls`, 40],
    until: open,
  },
  { name: 'no byte of the NAR has come', listed: false, held: nar(0), until: open },
  { name: 'a tenth of the NAR has come', listed: false, held: nar(0.1), until: open },
  { name: 'nearly all of 160 MiB is decoded', listed: false, held: nar(0.99), until: open },
  {
    name: 'one half has come while it is verified',
    listed: true,
    held: nar(0.5),
    until: async (explorer, path) => {
      await open(explorer, path);
      await explorer.engine.click({ role: 'button', name: /^Verify/ });
    },
  },
  {
    name: 'one half has come while a file is saved',
    listed: true,
    held: nar(0.5),
    until: async (explorer, path) => {
      await explorer.open(`${path.storePath}/share/long.txt`);
      await explorer.fileIs('long.txt');
      await explorer.startDownload();
    },
  },
];

for (const { name, listed, held, until } of MOMENTS) {
  test(`cancelled when ${name}: nothing is left, and the next opens`, async ({ explorer, cache, soak }) => {
    const path = listed ? soak.huge.listed : soak.huge.unlisted;
    const [where, afterBytes] = held(path);
    await explorer.visit();
    cache.misbehave(where, { kind: 'stall', afterBytes });
    await until(explorer, path);
    // A browser that holds a request back is asked for it again after 30 seconds of silence.
    test.setTimeout(120_000);
    await expect
      .poll(() => cache.requests.some((one) => one.path === where && one.end === 'open'), { timeout: 60_000 })
      .toBe(true);
    await expect
      .poll(() => Math.max(...cache.requests.map((one) => (one.path === where ? one.writtenBytes : 0))))
      .toBe(afterBytes);
    await explorer.cancel();
    await explorer.progressIsGone();
    await expect.poll(() => cache.requests.filter(({ end }) => end === 'open')).toEqual([]);
    await leave(explorer);
    await nothingIsLeft(explorer, cache);
    cache.behave();
    await explorer.open(soak.paths[0]?.storePath ?? '');
    await explorer.select('bin/first');
    await explorer.fileIs('first');
    recordFact({
      kind: 'fault',
      area: 'threads',
      fault: `somebody cancels when ${name}`,
      outcome: 'the connection is closed, no private file is left, and the next path opens',
      where: explorer.engine.name,
      command: `npm run test:page -- --project=${explorer.engine.name} cancel.spec`,
    });
  });
}

const leave = (explorer: ExplorerPage) => explorer.engine.click({ role: 'link', name: /^NAR.Explorer/ });

async function nothingIsLeft({ engine }: ExplorerPage, cache: CacheServer): Promise<void> {
  await expect.poll(() => cache.requests.filter(({ end }) => end === 'open')).toEqual([]);
  await expect.poll(() => spoolFiles(engine)).toEqual([]);
}

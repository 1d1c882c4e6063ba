import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NodeCode, narPathOf } from '../../../src/nix/nar/listing';
import { parseListing } from '../../../src/nix/nar/listing-json';
import { cacheUrl, setUp, withBrowser } from '../browser';
import type { InputPath } from '../inputs/inputs';
import type { Means } from '../means';
import { interleave, median, ratioOf, type Samples, type Summary, summarise } from '../measure';
import { timeProgram, timeShell } from '../native';
import { now } from '../page-clock';
import { atLeast, atMost, type Group, group, type Outcome, type Unit } from '../row';

/** A file of a NAR, by its listing. */
export interface NarEntry {
  readonly narPath: string;
  /** Of its first byte in the NAR. */
  readonly narOffset: number;
  readonly size: number;
}

/** Milliseconds, and bytes that the server handed out for the NAR and all else. */
export interface Cost {
  readonly milliseconds: number;
  readonly bytes: number;
}

export interface PageCost extends Cost {
  /** Milliseconds until the page had a button to press. */
  readonly untilPressed: number;
}

const WALL = 'a page that has never been opened has to load itself, its worker and its decoder first';
const WINDOWS = 'the NAR is asked for in windows, whose end is estimated';
const FIRST = 'save the first program of a 170 MB NAR (cold page, .ls)';

export const saveGroups: readonly Group[] = [
  group(
    {
      wall: {
        measure: `${FIRST}: time`,
        against: 'curl | xz -dc | tail -c +N | head -c M > f',
        target: atMost(1.2, '×'),
        missedBecause: WALL,
      },
      bytes: {
        measure: `${FIRST}: bytes fetched`,
        against: 'curl | xz -dc | tail -c +N | head -c M > f',
        target: atMost(1.05, '×'),
        missedBecause: WINDOWS,
      },
    },
    (means) => measure(means, cutOut, 'curl | xz -dc | tail | head', (ours, native) => ratioOf(ours, native)),
  ),
  group(
    {
      wall: {
        measure: `${FIRST}: time`,
        against: 'nix store cat --store http://…',
        target: atLeast(5, '×', 'faster'),
        missedBecause: WALL,
      },
      bytes: {
        measure: `${FIRST}: bytes fetched`,
        against: 'nix store cat --store http://…',
        target: atMost(0.2, '×'),
        missedBecause: WINDOWS,
      },
    },
    (means) => measure(means, nixStoreCat, 'nix store cat', (ours, native) => ratioOf(native, ours)),
  ),
];

async function measure(
  means: Means,
  native: typeof cutOut,
  tool: string,
  wallRatio: (ours: Samples, native: Samples) => Summary,
): Promise<Record<'wall' | 'bytes', Outcome>> {
  const input = means.inputs.kinds.mixed;
  const file = await firstProgram(means, input);
  const costs = await saveInTurn(means, input, file, native);
  const line = (what: string, unit: Unit, samples: Samples) => ({ what, unit, ...summarise(samples) });
  const pressed = median(costs.ours.map(({ untilPressed }) => untilPressed));
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const place = `${mb(file.size)} MB that begin at ${mb(file.narOffset)} of ${mb(input.narSize)} MB`;
  return {
    wall: {
      status: 'measured',
      value: wallRatio(timesOf(costs.ours), timesOf(costs.native)),
      ours: line('save the first program', 'ms', timesOf(costs.ours)),
      native: line(`${tool}, first program`, 'ms', timesOf(costs.native)),
      note: `${place}; from the page's address to the file on disk, of which ${pressed.toFixed(0)} ms until there is a button to press`,
    },
    bytes: {
      status: 'measured',
      value: ratioOf(bytesOf(costs.ours), bytesOf(costs.native)),
      ours: line('save the first program: from the cache', 'bytes', bytesOf(costs.ours)),
      native: line(`${tool}: from the cache`, 'bytes', bytesOf(costs.native)),
      note: 'as the server counts what it handed out, what was on its way when the reader went included',
    },
  };
}

/** What both sides cost, round by round. */
export interface Costs {
  readonly ours: readonly PageCost[];
  readonly native: readonly Cost[];
}

/** Saves a file from a cold page, and with a native tool, in turn. */
export async function saveInTurn(
  means: Means,
  input: InputPath,
  file: NarEntry,
  native: typeof cutOut,
): Promise<Costs> {
  const costs: { ours: PageCost[]; native: Cost[] } = { ours: [], native: [] };
  await interleave({
    rounds: means.rounds,
    ours: async (round) => {
      const cost = await saveFromColdPage(means, input, file);
      if (round >= 0) costs.ours.push(cost);
      return cost.milliseconds;
    },
    native: async (round) => {
      const cost = await native(means, input, file);
      if (round >= 0) costs.native.push(cost);
      return cost.milliseconds;
    },
    say: means.say,
  });
  return costs;
}

const timesOf = (costs: readonly Cost[]) => costs.map(({ milliseconds }) => milliseconds);
const bytesOf = (costs: readonly Cost[]) => costs.map(({ bytes }) => bytes);

/** Presses Download as soon as it can be pressed. */
const PRESS_DOWNLOAD = `(() => {
  const press = () => {
    const buttons = [...document.querySelectorAll('[role=region][aria-label=File] button, section[aria-label=File] button')];
    const button = buttons.find((one) => one.textContent.startsWith('Download') && !one.disabled);
    if (!button) return;
    observer.disconnect();
    globalThis.pressedAt = performance.timeOrigin + performance.now();
    button.click();
  };
  const observer = new MutationObserver(press);
  document.addEventListener('DOMContentLoaded', () => {
    observer.observe(document, { subtree: true, childList: true, attributes: true });
    press();
  });
})();`;

/** From the address of a file, in a browser that has never seen the page, to the file on disk. */
export async function saveFromColdPage(means: Means, input: InputPath, file: NarEntry): Promise<PageCost> {
  return withBrowser(
    means,
    async (browser) => {
      await setUp(browser, means, 'xz');
      const { page } = browser;
      means.caches.forget();
      const saved = page.waitForEvent('download');
      const start = now();
      await page.goto(new URL(`${input.storePath}/${file.narPath}`, means.page.url).href, {
        waitUntil: 'commit',
      });
      const path = await (await saved).path();
      const milliseconds = now() - start;
      await sameFile(input, file, path);
      const pressedAt: number = await page.evaluate('pressedAt');
      return { milliseconds, untilPressed: pressedAt - start, bytes: await handedOut(means) };
    },
    { initScript: PRESS_DOWNLOAD },
  );
}

/** What a person would do in a shell who knows where the file lies. */
export async function cutOut(
  means: Means,
  input: InputPath,
  { narOffset, size, narPath }: NarEntry,
): Promise<Cost> {
  const { caches, scratch } = means;
  caches.forget();
  const saved = join(scratch, 'cut-out');
  const milliseconds = await timeShell(
    'curl -s "$1" | xz -dc | tail -c "+$2" | head -c "$3" > "$4"',
    `${caches.url}/${input.nars.xz.urlPath}`,
    String(narOffset + 1),
    String(size),
    saved,
  );
  await sameFile(input, { narOffset, size, narPath }, saved);
  return { milliseconds, bytes: await handedOut(means) };
}

async function nixStoreCat(means: Means, input: InputPath, file: NarEntry): Promise<Cost> {
  const { caches, scratch } = means;
  caches.forget();
  // Nix keeps narinfos in the home folder: a cold page is held against a cold Nix.
  const home = mkdtempSync(join(scratch, 'home-'));
  const saved = join(home, 'saved');
  const milliseconds = await timeProgram(
    'sh',
    [
      '-c',
      'nix store cat --store "$1" "$2" > "$3"',
      'sh',
      cacheUrl(means, 'xz'),
      `${input.storePath}/${file.narPath}`,
      saved,
    ],
    { HOME: home, XDG_CACHE_HOME: home, NIX_CONFIG: 'experimental-features = nix-command' },
  );
  await sameFile(input, file, saved);
  rmSync(home, { recursive: true, force: true });
  return { milliseconds, bytes: await handedOut(means) };
}

/** Once all answers have come to an end. */
async function handedOut({ caches }: Means): Promise<number> {
  while (caches.requests.some(({ end }) => end === 'open')) await pause(10);
  return caches.requests.reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
}

async function sameFile(
  { nars }: InputPath,
  { narOffset, size, narPath }: NarEntry,
  path: string,
): Promise<void> {
  const nar = await open(nars.none.path);
  try {
    const { buffer } = await nar.read({ buffer: Buffer.alloc(size), position: narOffset });
    if (!buffer.equals(await readFile(path)))
      throw new Error(`${narPath} was saved with other bytes than it has`);
  } finally {
    await nar.close();
  }
}

async function firstProgram(means: Means, input: InputPath): Promise<NarEntry> {
  const [first] = await filesOf(means, input);
  if (!first?.narPath.startsWith('bin/') || first.narOffset + first.size > input.narSize / 10)
    throw new Error(`the first file of ${input.name} is no program in its first tenth`);
  return first;
}

/** The regular files of an input in the order of the NAR. */
export async function filesOf({ inputs }: Means, { hashPart }: InputPath): Promise<NarEntry[]> {
  const { listing } = parseListing(await readFile(join(inputs.folder, 'xz', `${hashPart}.ls`)));
  const files: NarEntry[] = [];
  for (let row = 0; row < listing.length; row++) {
    const kind = listing.kind[row];
    if (kind !== NodeCode.regular && kind !== NodeCode.executable) continue;
    files.push({
      narPath: new TextDecoder().decode(narPathOf(listing, row)),
      narOffset: listing.narOffset[row] ?? 0,
      size: listing.size[row] ?? 0,
    });
  }
  return files;
}

import { withBrowser } from '../browser';
import type { Means } from '../means';
import { type Rounds, repeat, type Samples, summarise } from '../measure';
import { PAGE_CLOCK } from '../page-clock';
import type { Plot, Point } from '../report/plot';
import { measurePipeline } from './pipeline';
import { type Cost, type Costs, cutOut, filesOf, type NarEntry, saveInTurn } from './save';
import { bytesToPaint } from './tree';

/** How cost grows: pictures instead of rows. */
export const GROWTH: readonly ((means: Means) => Promise<Plot[]>)[] = [bySize, byEntries, byPosition];

const pointOf = (x: number, samples: Samples): Point => {
  const { median, min, max } = summarise(samples);
  return { x, y: median, min, max };
};

async function bySize(means: Means): Promise<Plot[]> {
  const plots: Plot[] = [];
  for (const codec of ['xz', 'zstd'] as const) {
    const measured: { megabytes: number; rounds: Rounds }[] = [];
    for (const input of means.inputs.growth) {
      means.say(`  ${codec}, NAR of ${input.narSize} bytes`);
      measured.push({
        megabytes: input.narSize / 1e6,
        rounds: await measurePipeline(codec, input, means),
      });
    }
    plots.push({
      name: `size-${codec}`,
      title: `Reading a whole NAR, ${codec}`,
      x: { label: 'NAR size, MB', scale: 'linear' },
      y: { label: 'ms', scale: 'linear' },
      series: [
        {
          label: 'explorer',
          points: measured.map(({ megabytes, rounds }) => pointOf(megabytes, rounds.ours)),
        },
        {
          label: `${codec} | tee | sha256sum`,
          points: measured.map(({ megabytes, rounds }) => pointOf(megabytes, rounds.native)),
        },
      ],
    });
  }
  return plots;
}

async function byEntries(means: Means): Promise<Plot[]> {
  const points: Point[] = [];
  for (const path of means.inputs.entries) {
    means.say(`  ${path.entries} entries`);
    const samples = await withBrowser(
      means,
      (browser) => repeat(means.rounds, () => bytesToPaint(browser, means, path)),
      { initScript: PAGE_CLOCK },
    );
    points.push(pointOf(path.entries, samples));
  }
  return [
    {
      name: 'entries',
      title: 'Tree from .ls: bytes to paint',
      x: { label: 'entries', scale: 'log' },
      y: { label: 'ms', scale: 'log' },
      series: [{ label: 'explorer', points }],
    },
  ];
}

/** Where in the NAR, as a share of it. */
const POSITIONS = [0.1, 0.3, 0.5, 0.7, 0.9, 1];

async function byPosition(means: Means): Promise<Plot[]> {
  // Of all inputs the one whose files are small: there is one at any place.
  const input = means.inputs.kinds.text;
  const files = await filesOf(means, input);
  const measured: { x: number; costs: Costs }[] = [];
  for (const position of POSITIONS) {
    const file = fileNear(files, position * input.narSize);
    means.say(`  ${file.narPath}, at ${file.narOffset}`);
    const x = ((file.narOffset + file.size) / input.narSize) * 100;
    measured.push({ x, costs: await saveInTurn(means, input, file, cutOut) });
  }
  const plot = (name: string, title: string, label: string, of: (cost: Cost) => number): Plot => ({
    name: `position-${name}`,
    title: `Saving a file from a cold page, 150 MB of text, xz: ${title}`,
    x: { label: 'where in the NAR the file ends, in %', scale: 'linear' },
    y: { label, scale: 'linear' },
    series: [
      { label: 'explorer', points: measured.map(({ x, costs }) => pointOf(x, costs.ours.map(of))) },
      {
        label: 'curl | xz | tail | head',
        points: measured.map(({ x, costs }) => pointOf(x, costs.native.map(of))),
      },
    ],
  });
  return [
    plot('time', 'time', 'ms', ({ milliseconds }) => milliseconds),
    plot('bytes', 'bytes fetched', 'MB', ({ bytes }) => bytes / 1e6),
  ];
}

/** A file below 1 MB whose end is nearest to a place in the NAR. */
function fileNear(files: readonly NarEntry[], narOffset: number): NarEntry {
  const distance = (file: NarEntry) => Math.abs(file.narOffset + file.size - narOffset);
  const small = files.filter(({ size }) => size > 0 && size < 1_000_000);
  const [nearest] = small.sort((a, b) => distance(a) - distance(b));
  if (!nearest) throw new Error('there is no small file');
  return nearest;
}

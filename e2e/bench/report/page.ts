import type { Machine } from '../machine';
import type { Line, Result } from '../row';
import type { Plot } from './plot';
import {
  formatNumber,
  formatRate,
  formatReached,
  formatSpread,
  formatTarget,
  formatVerdict,
  markdownTable,
} from './text';

export interface Report {
  readonly machine: Machine;
  readonly rounds: number;
  readonly results: readonly Result[];
  readonly plots: readonly Plot[];
}

/** docs/performance.md. */
export function performancePage({ machine, rounds, results, plots }: Report): string {
  const sections = [
    INTRODUCTION,
    '## On what',
    machineTable(machine, rounds),
    '## What has to be reached',
    READING,
    resultTable(results),
    '## The native tools',
    'The other side of the same rounds. Rates are of decoded bytes.',
    lineTable(results.flatMap(({ outcome }) => linesOf(outcome, 'native'))),
    '## Ours',
    lineTable(results.flatMap(({ outcome }) => linesOf(outcome, 'ours'))),
    '## How cost grows',
    ...plots.flatMap((plot) => [`![${plot.title}](${plotFile(plot)})`]),
  ];
  return `${sections.join('\n\n')}\n`;
}

/** Beside the page. */
export function plotFile({ name }: Plot): string {
  return `performance-${name}.svg`;
}

const INTRODUCTION = `# Performance

Written by \`npm run bench\`: nothing here is a promise for another machine. Where something native does the same, both sides run
in turn, in one run, and what counts is how they relate.`;

const READING = `Medians; the spread is from the least to the most of all rounds. “≥ … ×” is how much faster ours is than the native tool, “≤ … ×” how much
more ours takes. Decoding runs in a worker of Chromium, with its input in memory and its output thrown away, against the
native program with a file in the page cache and \`/dev/null\`, each as a whole process; every output is checked once by its SHA-256.
Everything else goes through the built page and its own workers, with a binary cache on loopback. Inputs are made from Debian's
files by Nix: libraries and text with a program (mixed), one shared library, text alone. Bytes fetched are what the server handed out.`;

function machineTable({ date, processor, cores, memory, load, versions }: Machine, rounds: number): string {
  const rows = [
    ['date', date],
    ['processor', `${processor}, ${cores} ${cores === 1 ? 'core' : 'cores'}`],
    ['memory', `${Math.round(memory / 2 ** 30)} GiB`],
    ...Object.entries(versions),
    ['rounds', String(rounds)],
    ['load in the minute before', load.toFixed(1)],
  ];
  return markdownTable(['what', 'which'], rows);
}

export function resultTable(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.row.measure,
    result.row.against === undefined ? '–' : `\`${result.row.against}\``,
    formatTarget(result.row.target),
    formatReached(result),
    result.outcome.status === 'measured' ? formatSpread(result.outcome.value, result.row.target.unit) : '–',
    formatVerdict(result),
  ]);
  return markdownTable(['measure', 'against', 'to reach', 'found', 'spread', 'verdict'], rows);
}

function linesOf(outcome: Result['outcome'], side: 'ours' | 'native'): Line[] {
  const line = outcome.status === 'measured' ? outcome[side] : undefined;
  return line ? [line] : [];
}

function lineTable(lines: readonly Line[]): string {
  const rows = lines.map((line) => [
    line.what,
    formatNumber(line.median, line.unit),
    formatSpread(line, line.unit),
    formatRate(line),
  ]);
  return markdownTable(['what', 'median', 'spread', 'rate'], rows);
}

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCacheServer } from '../support/cache-server';
import { missingFor } from '../support/requirements.mjs';
import { HUGE_FOLDER } from './huge';
import { makeInputs } from './inputs/inputs';
import { describeMachine } from './machine';
import type { Means } from './means';
import { performancePage, plotFile, type Report } from './report/page';
import { drawPlot, type Plot } from './report/plot';
import { formatReached, formatSpread, formatTarget, formatVerdict } from './report/text';
import type { Group, Outcome, Result } from './row';
import { GROUPS } from './rows/groups';
import { GROWTH } from './rows/growth';
import { startSites } from './sites';

const USAGE = `npm run bench -- [--only PART OF A ROW'S NAME] [--rounds N] [--json FILE]
  Without --only and --json it writes docs/performance.md and its pictures. --only growth draws what grows.`;

const NEEDED = ['nix', 'chromium', 'firefox'] as const;

const GROWTH_NAME = 'growth';

interface Options {
  /** In lower case; empty for everything. */
  readonly only: string;
  readonly rounds: number;
  readonly json: string | undefined;
}

/** Answers the exit code. A row that is missed is no failure: the table says it. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  const missing = (await Promise.all(NEEDED.map(missingFor))).flat();
  if (missing.length > 0) {
    console.error(`missing: ${missing.join(', ')}; npm test installs them, or says how`);
    return 1;
  }
  const report = await withMeans(options, (means) => measureAll(options, means));
  console.log(`\n${report.results.map(resultText).join('\n')}`);
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.only === '' && options.json === undefined) writeDocs(report);
  return 0;
}

function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { only: text, rounds: text, json: text } });
  const only = (values.only ?? '').toLowerCase();
  const rounds = Number(values.rounds ?? 5);
  const isRight = Number.isInteger(rounds) && rounds > 0 && (isGrowth(only) || chosen(only).length > 0);
  return isRight ? { only, rounds, json: values.json } : undefined;
}

function isGrowth(only: string): boolean {
  return only === '' || only === GROWTH_NAME;
}

/** Groups that hold a row of that name. */
function chosen(only: string): Group[] {
  return GROUPS.filter(({ rows }) => Object.values(rows).some((row) => isNamed(row, only)));
}

function isNamed({ measure, against = '' }: Group['rows'][string], only: string): boolean {
  return `${measure} ${against}`.toLowerCase().includes(only);
}

async function withMeans(options: Options, use: (means: Means) => Promise<Report>): Promise<Report> {
  const scratch = mkdtempSync(join(tmpdir(), 'explorer-bench-'));
  // Also when somebody interrupts it: what is huge must not stay.
  process.once('exit', () => {
    for (const used of [scratch, HUGE_FOLDER]) rmSync(used, { recursive: true, force: true });
  });
  process.once('SIGINT', () => process.exit(130));
  const say = (line: string) => console.log(line);
  const inputs = await makeInputs(say);
  const sites = await startSites();
  const caches = await startCacheServer({ folder: inputs.folder });
  try {
    return await use({ inputs, rounds: options.rounds, caches, ...sites, scratch, say });
  } finally {
    await Promise.all([sites.page.close(), sites.site.close(), caches.close()]);
  }
}

async function measureAll({ only, rounds }: Options, means: Means): Promise<Report> {
  const machine = await describeMachine();
  if (machine.load > 1)
    means.say(`this machine is busy (load ${machine.load.toFixed(1)}): numbers will be noisy`);
  const results: Result[] = [];
  for (const group of chosen(only)) results.push(...(await measureGroup(group, only, means)));
  const plots: Plot[] = [];
  for (const draw of isGrowth(only) ? GROWTH : []) plots.push(...(await draw(means)));
  return { machine, rounds, results, plots };
}

/** A row that cannot be measured is said to be so, and the rest goes on. */
async function measureGroup({ rows, measure }: Group, only: string, means: Means): Promise<Result[]> {
  const wanted = Object.entries(rows).filter(([, row]) => isNamed(row, only));
  for (const [, row] of wanted) means.say(row.measure);
  const outcomes = await measure(means).catch((error: unknown) => {
    console.error(error);
    const why = `it failed: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
    return Object.fromEntries(wanted.map(([key]) => [key, { status: 'not measured', why } as const]));
  });
  means.caches.behave();
  return wanted.map(([key, row]) => {
    const outcome: Outcome = outcomes[key] ?? { status: 'not measured', why: 'it was left out' };
    const result = { row, outcome };
    means.say(`  ${resultText(result)}`);
    return result;
  });
}

function resultText(result: Result): string {
  const { row, outcome } = result;
  const { unit } = row.target;
  const spread = outcome.status === 'measured' ? formatSpread(outcome.value, unit) : '–';
  return `${row.measure}: ${formatReached(result)} [${spread}] of ${formatTarget(row.target)}; ${formatVerdict(result)}`;
}

function writeDocs(report: Report): void {
  for (const plot of report.plots) writeFileSync(join('docs', plotFile(plot)), drawPlot(plot));
  writeFileSync(join('docs', 'performance.md'), performancePage(report));
  console.log('wrote docs/performance.md');
}

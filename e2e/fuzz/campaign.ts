import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { inputOf } from './one-input';
import { TARGETS } from './targets';

/** Inputs for one thread, from and up to these numbers. */
export interface Job {
  readonly parser: string;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

export type Report =
  | { readonly kind: 'finding'; readonly input: number; readonly what: string }
  /** How often inputs ended in which way. */
  | { readonly kind: 'done'; readonly counts: Readonly<Record<string, number>> };

export interface Finding {
  readonly parser: string;
  readonly seed: number;
  readonly input: number;
  readonly what: string;
  /** Where the input was written. */
  readonly file: string;
  /** Tries it again, alone. */
  readonly command: string;
}

export interface Result {
  readonly counts: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** Milliseconds of processor time, of all threads, that may go by at one input: more than any may take three times. */
const HANGS_AFTER = 15_000;
/** The same on the clock, for what waits and does nothing. */
const STALLS_AFTER = 120_000;
/** Until it is at its first, programs are run that make the files. */
const OPENS_WITHIN = 300_000;
const NO_INPUT_YET = -1;
const FINDINGS = join('node_modules', '.cache', 'nar-explorer-fuzz', 'findings');

/** One of several threads of a campaign: does a job after the other, and is replaced when it hangs or dies. */
export class FuzzThread {
  private readonly script: string;
  private readonly current = new SharedArrayBuffer(4);
  private worker: Worker | undefined;

  constructor(script: string) {
    this.script = script;
  }

  async run(job: Job): Promise<Result> {
    const findings: Finding[] = [];
    const counts: Record<string, number> = {};
    let { from } = job;
    while (from < job.to) {
      const part = await this.runPart({ ...job, from }, findings);
      for (const [word, count] of Object.entries(part.counts)) counts[word] = (counts[word] ?? 0) + count;
      from = part.stoppedAt === undefined ? job.to : part.stoppedAt + 1;
    }
    return { counts, findings };
  }

  async close(): Promise<void> {
    await this.worker?.terminate();
    this.worker = undefined;
  }

  /** Up to the end, or to the input that the thread did not survive. */
  private async runPart(
    job: Job,
    findings: Finding[],
  ): Promise<{ counts: Readonly<Record<string, number>>; stoppedAt?: number }> {
    this.worker ??= new Worker(this.script, {
      workerData: { current: this.current },
      resourceLimits: { maxOldGenerationSizeMb: 384 },
    });
    Atomics.store(new Int32Array(this.current), 0, NO_INPUT_YET);
    const waiting: Promise<void>[] = [];
    const note = async (input: number, what: string) => {
      findings.push(await writtenDown({ parser: job.parser, seed: job.seed, input, what }));
    };
    const ended = await this.untilEnd(this.worker, job, (input, what) => waiting.push(note(input, what)));
    await Promise.all(waiting);
    if (typeof ended !== 'string') return { counts: ended };
    const stoppedAt = Atomics.load(new Int32Array(this.current), 0);
    await this.close();
    if (stoppedAt === NO_INPUT_YET) throw new Error(`${job.parser} cannot be tried: ${ended}`);
    await note(stoppedAt, ended);
    // What was counted in the thread is lost with it: all that is known of these inputs is that they ended.
    return {
      counts: { 'findings: the thread was lost': 1, 'ended before it': stoppedAt - job.from },
      stoppedAt,
    };
  }

  /** The counts of the job, or what was wrong with the thread. */
  private untilEnd(
    worker: Worker,
    job: Job,
    onFinding: (input: number, what: string) => void,
  ): Promise<Readonly<Record<string, number>> | string> {
    return new Promise((resolve) => {
      let at = NO_INPUT_YET;
      let since = performance.now();
      let used = process.cpuUsage();
      const timer = setInterval(() => {
        const now = Atomics.load(new Int32Array(this.current), 0);
        if (now !== at) {
          at = now;
          since = performance.now();
          used = process.cpuUsage();
          return;
        }
        const { user, system } = process.cpuUsage(used);
        const stood = performance.now() - since;
        const isHanging = at !== NO_INPUT_YET && (user + system) / 1000 > HANGS_AFTER;
        if (isHanging || stood > (at === NO_INPUT_YET ? OPENS_WITHIN : STALLS_AFTER)) {
          end(`did not end within ${Math.round(stood)} ms`);
        }
      }, 250);
      const onMessage = (report: Report) => {
        if (report.kind === 'finding') onFinding(report.input, report.what);
        else end(report.counts);
      };
      const onError = (error: Error) => end(error.stack ?? error.message);
      const onExit = () => end('the thread ended');
      const end = (result: Readonly<Record<string, number>> | string) => {
        clearInterval(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        resolve(result);
      };
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.postMessage(job);
    });
  }
}

async function writtenDown(found: Omit<Finding, 'file' | 'command'>): Promise<Finding> {
  const { parser, seed, input } = found;
  const target = TARGETS.find(({ name }) => name === parser);
  if (!target) throw new Error(`no parser named ${parser}`);
  mkdirSync(FINDINGS, { recursive: true });
  const file = join(FINDINGS, `${parser}-${seed}-${input}`);
  writeFileSync(file, (await inputOf(target, { parser, seed, input })).bytes);
  return { ...found, file, command: `npm run fuzz -- --only ${parser} --seed ${seed} --input ${input}` };
}

/** Adds one result to another. */
export function sum(a: Result, b: Result): Result {
  const counts: Record<string, number> = { ...a.counts };
  for (const [word, count] of Object.entries(b.counts)) counts[word] = (counts[word] ?? 0) + count;
  return { counts, findings: [...a.findings, ...b.findings] };
}

export function inputsIn({ counts }: Result): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

/** `nar: 100000 inputs; 2400 read, 97600 refused (truncated 30000, …)` */
export function described(parser: string, result: Result): string {
  const most = Object.entries(result.counts).sort(([, a], [, b]) => b - a);
  return `${parser}: ${inputsIn(result)} inputs, ${result.findings.length} findings; ${most
    .map(([word, count]) => `${word} ${count}`)
    .join(', ')}`;
}

import { parseArgs } from 'node:util';
import { described, type Finding, FuzzThread, inputsIn, type Job, type Result, sum } from './campaign';
import { TARGETS } from './targets';

const USAGE = `npm run fuzz -- [--only PARSER] [--seed N] [--inputs N | --seconds N | --input K]
  Without a bound it runs until it is interrupted. Parsers: ${TARGETS.map(({ name }) => name).join(', ')}.`;

/** Inputs that a thread is given at a time. */
const SLICE = 5000;
const THREADS = 2;

interface Options {
  readonly parsers: readonly string[];
  readonly seed: number;
  /** For each parser. */
  readonly inputs: number;
  readonly first: number;
  readonly seconds: number;
}

/** Answers the exit code: 1 when something was found. */
export async function runCommand(args: readonly string[], script: string): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) {
    console.error(USAGE);
    return 2;
  }
  console.log(`seed ${options.seed}`);
  const results = await runAll(options, script);
  for (const [parser, result] of results) console.log(described(parser, result));
  const findings = [...results.values()].flatMap((result) => result.findings);
  console.log(
    `${[...results.values()].reduce((all, one) => all + inputsIn(one), 0)} inputs, ${findings.length} findings`,
  );
  return findings.length > 0 ? 1 : 0;
}

function readOptions(args: readonly string[]): Options | undefined {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { only: text, seed: text, inputs: text, seconds: text, input: text },
  });
  const number = (value: string | undefined, otherwise: number) =>
    value === undefined ? otherwise : Number(value);
  const all = TARGETS.map(({ name }) => name);
  const parsers = all.filter((name) => values.only === undefined || name === values.only);
  const seed = number(values.seed, Math.floor(Math.random() * 2 ** 31));
  const first = number(values.input, 0);
  const inputs = values.input === undefined ? number(values.inputs, Number.POSITIVE_INFINITY) : 1;
  const seconds = number(values.seconds, Number.POSITIVE_INFINITY);
  const isRight = parsers.length > 0 && [seed, first, inputs, seconds].every((value) => value >= 0);
  return isRight ? { parsers, seed, inputs, first, seconds } : undefined;
}

async function runAll(options: Options, script: string): Promise<Map<string, Result>> {
  const results = new Map<string, Result>();
  const jobs = jobsOf(options);
  const end = performance.now() + options.seconds * 1000;
  let interrupted = false;
  process.once('SIGINT', () => {
    interrupted = true;
    console.log('ending after the inputs that are under way');
  });
  const work = async () => {
    const thread = new FuzzThread(script);
    for (const job of jobs) {
      const result = await thread.run(job);
      for (const finding of result.findings) console.log(told(finding));
      results.set(job.parser, sum(results.get(job.parser) ?? { counts: {}, findings: [] }, result));
      if (interrupted || performance.now() > end) break;
    }
    await thread.close();
  };
  await Promise.all(Array.from({ length: THREADS }, work));
  return results;
}

/** Slice by slice, all parsers in turn. */
function* jobsOf({ parsers, seed, inputs, first }: Options): Generator<Job> {
  for (let from = first; from < first + inputs; from += SLICE) {
    for (const parser of parsers) yield { parser, seed, from, to: Math.min(first + inputs, from + SLICE) };
  }
}

function told({ parser, input, what, file, command }: Finding): string {
  return `${parser}, input ${input}: ${what}\n  ${file}\n  ${command}`;
}

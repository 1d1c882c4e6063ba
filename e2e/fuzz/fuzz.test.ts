import { availableParallelism } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordFact } from '../support/facts';
import { buildFuzzer } from './bundle.mjs';
import { described, FuzzThread, inputsIn, type Job, type Result, sum } from './campaign';
import { TARGETS } from './targets';

const INPUTS = 100_000;
const SEED = 20_260_727;
/** Inputs that a thread is given at a time. */
const SLICE = 10_000;

let built: Awaited<ReturnType<typeof buildFuzzer>>;
const threads: FuzzThread[] = [];
const idle: FuzzThread[] = [];
const waiting: ((thread: FuzzThread) => void)[] = [];

beforeAll(async () => {
  built = await buildFuzzer();
  for (let count = Math.min(4, Math.max(2, availableParallelism())); count > 0; count--) {
    threads.push(new FuzzThread(built.worker));
  }
  idle.push(...threads);
});

afterAll(async () => {
  await Promise.all(threads.map((thread) => thread.close()));
  built.remove();
});

async function onSomeThread(job: Job): Promise<Result> {
  const thread = idle.pop() ?? (await new Promise<FuzzThread>((resolve) => waiting.push(resolve)));
  try {
    return await thread.run(job);
  } finally {
    const next = waiting.shift();
    if (next) next(thread);
    else idle.push(thread);
  }
}

async function runAll(parser: string): Promise<Result> {
  const jobs: Job[] = [];
  for (let from = 0; from < INPUTS; from += SLICE) jobs.push({ parser, seed: SEED, from, to: from + SLICE });
  const results = await Promise.all(jobs.map(onSomeThread));
  return results.reduce(sum, { counts: {}, findings: [] });
}

// All at once: the threads decide how many are under way.
test.concurrent.each(TARGETS.map(({ name }) => name))('%s', async (parser) => {
  const result = await runAll(parser);
  console.log(described(parser, result));
  expect(result.findings).toEqual([]);
  expect(inputsIn(result)).toBe(INPUTS);
  const command = `npm run fuzz -- --only ${parser} --seed ${SEED} --inputs ${INPUTS}`;
  recordFact({ kind: 'fuzz', parser, inputs: INPUTS, seed: SEED, command });
});

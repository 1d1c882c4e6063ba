import { parentPort, workerData } from 'node:worker_threads';
import { watchConstructors } from './allocations';
import type { Job, Report } from './campaign';
import { openOnce, tryInput } from './one-input';
import { TARGETS } from './targets';

/** A thread that tries inputs. Whoever started it sees in the shared number which one it is at, and ends what hangs. */

const current = new Int32Array(workerData.current);

function report(message: Report): void {
  parentPort?.postMessage(message);
}

watchConstructors();

parentPort?.on('message', async ({ parser, seed, from, to }: Job) => {
  const target = TARGETS.find(({ name }) => name === parser);
  if (!target) throw new Error(`no parser named ${parser}`);
  const counts: Record<string, number> = {};
  await openOnce(target);
  for (let input = from; input < to; input++) {
    Atomics.store(current, 0, input);
    const ending = await tryInput(target, { parser, seed, input });
    if (ending.kind === 'finding') report({ kind: 'finding', input, what: ending.what });
    const word = ending.kind === 'finding' ? 'findings' : `${ending.kind}: ${ending.how}`;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  report({ kind: 'done', counts });
});

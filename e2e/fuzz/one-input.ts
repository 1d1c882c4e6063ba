import { allocatedBy, watchAllocations } from './allocations';
import { Random } from './random';
import { type Input, type OpenTarget, refusalOf, type Target, Violation } from './target';

/** Which input: it depends on nothing else. */
export interface InputName {
  readonly parser: string;
  readonly seed: number;
  readonly input: number;
}

/** What became of an input: a word to be counted, or what must not be. */
export type Ending =
  | { readonly kind: 'read' | 'refused'; readonly how: string }
  | { readonly kind: 'finding'; readonly what: string };

/** Milliseconds that one input may take, of the processor's time: how busy the machine is says nothing of a parser. */
const MAX_TIME = 2000;

const opened = new Map<Target, Promise<OpenTarget>>();

/** Also while the first input is not tried yet: real files are made ready for it. */
export function openOnce(target: Target): Promise<OpenTarget> {
  const before = opened.get(target);
  if (before) return before;
  const opening = Promise.resolve(target.open());
  opened.set(target, opening);
  return opening;
}

function randomOf({ parser, seed, input }: InputName): Random {
  return new Random(`${seed}/${parser}/${input}`);
}

export async function inputOf(target: Target, name: InputName): Promise<Input> {
  return (await openOnce(target)).generate(randomOf(name));
}

/** Tries one. What took too long is tried again, for another thread's time is counted with it: the shortest counts. */
export async function tryInput(target: Target, name: InputName): Promise<Ending> {
  let ending = await tryOnce(target, name);
  for (let again = 0; again < 2 && ending.milliseconds > MAX_TIME; again++)
    ending = await tryOnce(target, name);
  if (ending.milliseconds <= MAX_TIME) return ending;
  return { kind: 'finding', what: `took ${Math.round(ending.milliseconds)} ms` };
}

async function tryOnce(target: Target, name: InputName): Promise<Ending & { readonly milliseconds: number }> {
  const { generate, run } = await openOnce(target);
  const random = randomOf(name);
  const input = generate(random);
  watchAllocations();
  const start = performance.now();
  const before = process.cpuUsage();
  const ending = await endingOf(input, () => run(input, random));
  const { user, system } = process.cpuUsage(before);
  const milliseconds = Math.min(performance.now() - start, (user + system) / 1000);
  const tooMuch = allocatedBy(input.bytes.length);
  return { ...(tooMuch ? { kind: 'finding' as const, what: tooMuch } : ending), milliseconds };
}

async function endingOf(input: Input, run: () => ReturnType<OpenTarget['run']>): Promise<Ending> {
  try {
    return { kind: 'read', how: (await run()) ?? 'nothing' };
  } catch (error) {
    if (error instanceof Violation) return { kind: 'finding', what: error.message };
    const reason = refusalOf(error);
    if (reason === undefined) {
      return {
        kind: 'finding',
        what: error instanceof Error ? (error.stack ?? error.message) : String(error),
      };
    }
    if (input.isIntact) return { kind: 'finding', what: `an undamaged file was refused: ${error}` };
    return { kind: 'refused', how: reason };
  }
}

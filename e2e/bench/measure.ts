/** Numbers of the same unit, one for each round. */
export type Samples = readonly number[];

export interface Summary {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Rounds {
  readonly ours: Samples;
  readonly native: Samples;
}

interface Interleaved {
  readonly rounds: number;
  /** Each answers what it took; the order is ours, native, ours, native … */
  readonly ours: (round: number) => Promise<number>;
  readonly native: (round: number) => Promise<number>;
  readonly say: (line: string) => void;
}

/**
 * Runs both sides in turn, so that what slows the machine down for a while slows both. One round before them is not counted:
 * after it files lie in the page cache, for both.
 */
export async function interleave({ rounds, ours, native, say }: Interleaved): Promise<Rounds> {
  const measured: { ours: number[]; native: number[] } = { ours: [], native: [] };
  for (let round = -1; round < rounds; round++) {
    const one = await ours(round);
    const other = await native(round);
    if (round < 0) continue;
    measured.ours.push(one);
    measured.native.push(other);
    say(`  round ${round + 1}: ours ${one.toFixed(1)}, native ${other.toFixed(1)}`);
  }
  return measured;
}

/** The same for what has nothing to be held against. */
export async function repeat(rounds: number, measure: (round: number) => Promise<number>): Promise<number[]> {
  const samples: number[] = [];
  for (let round = 0; round < rounds; round++) samples.push(await measure(round));
  return samples;
}

export function summarise(samples: Samples): Summary {
  return { median: median(samples), min: Math.min(...samples), max: Math.max(...samples) };
}

/** The middle one; of an even number the mean of the two in the middle. */
export function median(samples: Samples): number {
  return (quantile(samples, 0.5, Math.floor) + quantile(samples, 0.5, Math.ceil)) / 2;
}

/** The smallest of the samples that 95 of 100 do not pass. */
export function p95(samples: Samples): number {
  const sorted = inOrder(samples);
  return sorted[Math.ceil(0.95 * sorted.length) - 1] ?? Number.NaN;
}

/** Of the medians; the spread is that of the quotients of each round. */
export function ratioOf(numerators: Samples, denominators: Samples): Summary {
  if (numerators.length !== denominators.length) throw new Error('rounds have two sides');
  const each = numerators.map((one, round) => one / (denominators[round] ?? Number.NaN));
  return { ...summarise(each), median: median(numerators) / median(denominators) };
}

function quantile(samples: Samples, share: number, round: (index: number) => number): number {
  const sorted = inOrder(samples);
  return sorted[round(share * (sorted.length - 1))] ?? Number.NaN;
}

function inOrder(samples: Samples): number[] {
  return [...samples].sort((a, b) => a - b);
}

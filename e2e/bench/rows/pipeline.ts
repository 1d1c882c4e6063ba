import { join } from 'node:path';
import { cacheUrl, openSite, withBrowser } from '../browser';
import type { InputPath } from '../inputs/inputs';
import type { Means } from '../means';
import { interleave, type Rounds, ratioOf, summarise } from '../measure';
import { timeShell } from '../native';
import { atLeast, type Group, group, type Outcome } from '../row';

type Codec = 'xz' | 'zstd';

/** What a person waits for who presses Verify, or opens a path without a listing. */
export const pipelineGroups: readonly Group[] = [
  group(
    {
      row: {
        measure: 'xz: decode, NarHash, FileHash and spool, mixed binaries',
        against: 'xz -dc | tee f | sha256sum',
        target: atLeast(1, '×'),
        missedBecause: 'the thread that decodes is busy from beginning to end',
      },
    },
    async (means) => ({ row: await measure('xz', means) }),
  ),
  group(
    {
      row: {
        measure: 'zstd: decode, NarHash, FileHash and spool, mixed binaries',
        against: 'zstd -dc | tee f | sha256sum',
        target: atLeast(0.85, '×'),
        missedBecause:
          'the thread that hashes is busy from beginning to end: SHA-256 in WebAssembly is as fast as sha256sum',
      },
    },
    async (means) => ({ row: await measure('zstd', means) }),
  ),
];

async function measure(codec: Codec, means: Means): Promise<Outcome> {
  const input = means.inputs.kinds.mixed;
  const measured = await measurePipeline(codec, input, means);
  const line = { unit: 'ms', bytes: input.narSize } as const;
  return {
    status: 'measured',
    value: ratioOf(measured.native, measured.ours),
    ours: { what: `verify a store path, ${codec}, mixed binaries`, ...line, ...summarise(measured.ours) },
    native: {
      what: `${codec} -dc | tee f | sha256sum, mixed binaries`,
      ...line,
      ...summarise(measured.native),
    },
    note: 'ours fetches by HTTP, hashes the compressed file and parses the NAR as well',
  };
}

/** Reading a whole NAR in the page's own workers, against the shell. */
export function measurePipeline(codec: Codec, input: InputPath, means: Means): Promise<Rounds> {
  const { inputs, rounds, scratch, say } = means;
  return withBrowser(means, async (browser) => {
    const site = await openSite(browser, means);
    return interleave({
      rounds,
      ours: async () => {
        const { milliseconds, unverified } = await site.call(
          'verify',
          cacheUrl(means, codec),
          input.hashPart,
          inputs.publicKey.trim(),
        );
        if (unverified.length > 0) throw new Error(`${input.name}: ${unverified.join(', ')} not verified`);
        return milliseconds;
      },
      native: () =>
        timeShell(
          `${codec} -dc "$1" | tee "$2" | sha256sum`,
          input.nars[codec].path,
          join(scratch, 'decoded'),
        ),
      say,
    });
  });
}

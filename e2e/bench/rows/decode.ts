import type { CodecName } from '../../../src/codecs/codec';
import { openSite, withBrowser } from '../browser';
import { type InputPath, KINDS, type Kind, type Variant } from '../inputs/inputs';
import type { Means } from '../means';
import { interleave, ratioOf, summarise } from '../measure';
import { timeProgram } from '../native';
import { atLeast, type Group, group, type Outcome, type Row, type Target } from '../row';

/** A way to compress, and what decoding it in the page's worker has to reach. */
interface Format {
  readonly measure: string;
  readonly codec: CodecName & ('xz' | 'zstd');
  readonly variant: Variant;
  readonly target: Target;
  readonly missedBecause: string;
}

const FORMATS: readonly Format[] = [
  {
    measure: 'xz, one block: decode in the worker',
    codec: 'xz',
    variant: 'xz',
    target: atLeast(1.1, '×'),
    missedBecause: 'what the kernel spends its time on has not been profiled',
  },
  {
    measure: 'xz, blocks of 24 MiB, two workers: decode',
    codec: 'xz',
    variant: 'xz-blocks',
    target: atLeast(2, '×'),
    missedBecause: 'both threads are busy from beginning to end, and each is slower while the other works',
  },
  {
    measure: 'zstd, one frame: decode in the worker',
    codec: 'zstd',
    variant: 'zstd',
    target: atLeast(0.5, '×', 'own kernel: 0.65'),
    missedBecause: 'the decoder is the C library, compiled to WebAssembly',
  },
  {
    measure: 'zstd, frames of 16 MiB, two workers: decode',
    codec: 'zstd',
    variant: 'zstd-frames',
    target: atLeast(0.95, '×'),
    missedBecause:
      'memory that is new costs more than the decoding: the first parts have no buffers to be decoded into',
  },
];

const KIND_TEXT: Readonly<Record<Kind, string>> = {
  mixed: 'mixed binaries',
  elf: 'one big ELF',
  text: 'text',
};

/** Decoding alone: the input lies in the worker's memory, what comes out is thrown away. */
export const decodeGroups: readonly Group[] = FORMATS.flatMap((format) =>
  KINDS.map((kind) =>
    group({ row: rowOf(format, kind) }, async (means) => ({ row: await measure(format, kind, means) })),
  ),
);

function rowOf({ measure: what, codec, target, missedBecause }: Format, kind: Kind): Row {
  return { measure: `${what}, ${KIND_TEXT[kind]}`, against: `${codec} -dc`, target, missedBecause };
}

async function measure({ codec, variant }: Format, kind: Kind, means: Means): Promise<Outcome> {
  const { inputs, caches, rounds, say } = means;
  const input = inputs.kinds[kind];
  const nar = input.nars[variant];
  return withBrowser(means, async (browser) => {
    const site = await openSite(browser, means);
    await site.call('load', `${caches.url}/${nar.urlPath}`);
    sameBytes(await site.call('digest', codec, input.narSize), input);
    const measured = await interleave({
      rounds,
      ours: async () => {
        const { milliseconds, bytes } = await site.call('decode', codec, input.narSize);
        if (bytes !== input.narSize) throw new Error(`${bytes} bytes of ${input.narSize} came out`);
        return milliseconds;
      },
      native: () => timeProgram(codec, ['-dc', nar.path]),
      say,
    });
    const line = { unit: 'ms', bytes: input.narSize } as const;
    return {
      status: 'measured',
      value: ratioOf(measured.native, measured.ours),
      ours: { what: `decode, ${variant}, ${KIND_TEXT[kind]}`, ...line, ...summarise(measured.ours) },
      native: {
        what: `${codec} -dc, ${variant}, ${KIND_TEXT[kind]}`,
        ...line,
        ...summarise(measured.native),
      },
    };
  });
}

/** Speed says nothing of a decoder that is wrong. */
function sameBytes(found: string, { name, sha256 }: InputPath): void {
  if (found !== sha256) throw new Error(`${name}: SHA-256 of what was decoded is ${found}, not ${sha256}`);
}

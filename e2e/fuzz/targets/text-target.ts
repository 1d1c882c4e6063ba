import { mutate } from '../mutate';
import type { Random } from '../random';
import { mixed, type Target } from '../target';

const encoder = new TextEncoder();

/** As every reader of a text here gets it. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** A target whose inputs are texts: real ones mutated, and made ones. */
export function textTarget(
  name: string,
  {
    files,
    pieces,
    made,
    run,
  }: {
    readonly files: () => Uint8Array[];
    readonly pieces: readonly string[];
    readonly made: (random: Random, files: readonly Uint8Array[]) => string;
    readonly run: (bytes: Uint8Array) => void;
  },
): Target {
  return {
    name,
    open: () => {
      const real = files();
      const material = { others: real, pieces: pieces.map((piece) => encoder.encode(piece)) };
      return {
        generate: mixed({
          files: real,
          mutated: (random) => mutate(random.pick(real), material, random),
          made: (random) => encoder.encode(made(random, real)),
        }),
        run: ({ bytes }) => {
          run(bytes);
          return 'read';
        },
      };
    },
  };
}

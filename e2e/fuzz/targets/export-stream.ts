import { type ExportedPath, ExportParser, formatExport } from '../../../src/nix/export-stream';
import { strs, u64 } from '../../../src/nix/nar/testing';
import { concatBytes } from '../../../src/nix/nar/wire';
import { parseBaseName } from '../../../src/nix/store-path';
import { nars } from '../corpus';
import { chunksOf, mutate } from '../mutate';
import type { Random } from '../random';
import { mixed, mustBeSame, outcomeOf, type Target } from '../target';
import { madeNar } from './nar';

const WORDS = parseBaseName('1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0');
const GREETING = parseBaseName('1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-greeting-2.0');
const NUMBERS = [
  0,
  1,
  2,
  3,
  8,
  255,
  400,
  2 ** 32 - 1,
  2 ** 32,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
  0x4558494e,
  0x324f4952414e,
];
const TEXTS = [
  '',
  '/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0',
  '/nix/store/',
  '\0',
  'x'.repeat(300),
  'é',
];

/** The parts of a path in order, each of them now and then another. */
function made(random: Random, files: readonly Uint8Array[]): Uint8Array {
  const number = (usual: number) => u64(random.once(12) ? random.pick(NUMBERS) : usual);
  const text = (usual = TEXTS[1] ?? '') => strs(random.once(12) ? random.pick(TEXTS) : usual);
  const parts: Uint8Array[] = [];
  for (let left = random.small(4); left > 0; left--) {
    const references = random.small(4);
    parts.push(number(1), random.once(4) ? madeNar(random) : random.pick(files), number(0x4558494e), text());
    parts.push(
      number(references),
      ...random.times(references, () => text()),
      text(random.once(2) ? '' : undefined),
    );
    parts.push(...(random.once(3) ? [number(1), text('signature')] : [number(0)]));
  }
  if (!random.once(8)) parts.push(number(0));
  return concatBytes(parts);
}

function readIn(chunks: Iterable<Uint8Array>): ExportedPath[] {
  const paths: ExportedPath[] = [];
  const parser = new ExportParser({ exportedPath: (path) => paths.push(path) });
  for (const chunk of chunks) {
    parser.push(chunk);
    chunk.fill(0xff);
  }
  parser.finish();
  return paths;
}

export const exportTarget: Target = {
  name: 'export-stream',
  open: () => {
    const small = nars().slice(0, 12);
    const paths = small.map((nar, at) => ({
      nar: [nar],
      storePath: at % 2 ? WORDS : GREETING,
      references: [WORDS],
      deriver: undefined,
    }));
    const files = [0, 2, 4, 6].map((at) => concatBytes([...formatExport(paths.slice(at, at + 1 + at / 2))]));
    const material = { others: files, pieces: [...TEXTS.map((text) => strs(text)), ...NUMBERS.map(u64)] };
    return {
      generate: mixed({
        files,
        mutated: (random) => mutate(random.pick(files), material, random),
        made: (random) => made(random, small),
      }),
      run: ({ bytes }, random) => {
        const whole = outcomeOf(() => JSON.stringify(readIn([bytes.slice()])));
        const cut = outcomeOf(() => JSON.stringify(readIn(chunksOf(bytes, random))));
        mustBeSame(cut, whole, 'the export in other chunks');
        const read = readIn([bytes.slice()]);
        const again = formatExport(
          read.map((path) => ({
            ...path,
            nar: [bytes.subarray(path.narStart, path.narStart + path.narSize)],
          })),
        );
        const placeless = (paths: readonly ExportedPath[]) => paths.map((path) => ({ ...path, narStart: 0 }));
        mustBeSame(
          placeless(readIn([concatBytes([...again])])),
          placeless(read),
          'the export written and read',
        );
        return 'read';
      },
    };
  },
};

import { formatListing, parseListing } from '../../../src/nix/nar/listing-json';
import { ListingChecker } from '../../../src/nix/nar/listing-visitor';
import { NarParser, parseWholeNar } from '../../../src/nix/nar/parser';
import { listingOf, Notes, u64 } from '../../../src/nix/nar/testing';
import { concatBytes } from '../../../src/nix/nar/wire';
import { NarWriter } from '../../../src/nix/nar/writer';
import { nars } from '../corpus';
import { chunksOf, mutate } from '../mutate';
import type { Random } from '../random';
import { mixed, mustBeSame, outcomeOf, type Target } from '../target';

const NAMES = [
  'a',
  'b',
  'bin',
  'é',
  '.',
  '..',
  '',
  'a/b',
  '\0',
  'a\0',
  '...',
  'z'.repeat(255),
  'z'.repeat(256),
  '\u202e',
];
const TOKENS = [
  '(',
  ')',
  'type',
  'regular',
  'directory',
  'symlink',
  'entry',
  'name',
  'node',
  'contents',
  'executable',
  'target',
  '',
];
const LENGTHS = [
  0,
  1,
  7,
  8,
  32,
  33,
  255,
  256,
  4095,
  4096,
  2 ** 31,
  2 ** 32,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/** The strings of a node, in order. */
function* node(random: Random, depth: number): Generator<string> {
  yield* ['(', 'type'];
  const kind = depth > 0 ? random.below(4) : 3;
  if (kind === 0)
    yield* ['symlink', 'target', random.once(9) ? 't'.repeat(4090 + random.below(9)) : random.pick(NAMES)];
  else if (kind === 1) yield* ['regular', 'contents', 'x'.repeat(random.small(40))];
  else if (kind === 2) yield* ['regular', 'executable', '', 'contents', random.pick(NAMES)];
  else {
    yield 'directory';
    const names = random.times(random.small(5), () => random.pick(NAMES));
    for (const name of random.once(8) ? names : [...new Set(names)].sort()) {
      yield* ['entry', '(', 'name', name, 'node'];
      yield* node(random, depth < 70 ? (random.once(200) ? 100 : depth + 1) : 0);
      yield ')';
    }
  }
  yield ')';
}

/** A NAR of strings that are swapped, lost, doubled, and lie about their lengths. */
export function madeNar(random: Random): Uint8Array {
  const strings = random.once(40) ? deep(random) : ['nix-archive-1', ...node(random, 1 + random.below(2))];
  for (let left = random.small(4); left > 0; left--) {
    const at = random.below(strings.length);
    const way = random.below(4);
    if (way === 0) strings.splice(at, 1);
    else if (way === 1) strings.splice(at, 0, random.pick(TOKENS));
    else if (way === 2) strings[at] = random.pick(TOKENS);
    else strings[at] = strings[random.below(strings.length)] ?? '';
  }
  const liar = random.once(3) ? random.below(strings.length) : -1;
  return concatBytes(strings.map((text, at) => written(text, at === liar ? random : undefined)));
}

function deep(random: Random): string[] {
  const depth = 60 + random.below(8);
  const opened = random.times(depth, () => ['(', 'type', 'directory', 'entry', '(', 'name', 'd', 'node']);
  return [
    'nix-archive-1',
    ...opened.flat(),
    '(',
    'type',
    'regular',
    'contents',
    '',
    ')',
    ...random.times(depth, () => [')', ')']).flat(),
  ];
}

function written(text: string, liar: Random | undefined): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  const padding = new Uint8Array((8 - (bytes.length % 8)) % 8);
  if (!liar) return concatBytes([u64(bytes.length), bytes, padding]);
  if (liar.once(2)) return concatBytes([u64(bytes.length), bytes, padding.fill(liar.below(3))]);
  return concatBytes([u64(liar.pick(LENGTHS)), bytes, padding]);
}

function readIn(chunks: Iterable<Uint8Array>): string {
  const notes = new Notes();
  const parser = new NarParser(notes);
  for (const chunk of chunks) {
    parser.pushWhole(chunk);
    chunk.fill(0xff);
  }
  parser.finish();
  return notes.lines.join('\n');
}

/** How many bytes are found too many depends on the chunk. */
function comparable(outcome: string): string {
  return outcome.replace(/found \d+ bytes or more/, '');
}

export const narTarget: Target = {
  name: 'nar',
  open: () => {
    const files = nars().slice(0, 24);
    const material = { others: files, pieces: TOKENS.map((token) => written(token, undefined)) };
    return {
      generate: mixed({
        files,
        mutated: (random) => mutate(random.pick(files), material, random),
        made: madeNar,
      }),
      run: ({ bytes }, random) => {
        const whole = outcomeOf(() => readIn([bytes.slice()]));
        const cut = outcomeOf(() => readIn(chunksOf(bytes, random)));
        mustBeSame(comparable(cut), comparable(whole), 'the NAR in other chunks');
        const listing = listingOf(bytes);
        const chunks: Uint8Array[] = [];
        parseWholeNar(bytes, new NarWriter((chunk) => chunks.push(chunk.slice())));
        mustBeSame(concatBytes(chunks), new Uint8Array(bytes), 'the NAR written again');
        parseWholeNar(bytes, new ListingChecker(listing));
        const again = parseListing(formatListing(listing));
        mustBeSame(again, { listing, narSize: bytes.length, quirks: [] }, 'the listing written and read');
        return 'read';
      },
    };
  },
};

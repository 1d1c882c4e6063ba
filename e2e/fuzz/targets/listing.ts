import { narSizeOf } from '../../../src/nix/nar/layout';
import { formatListing, parseListing } from '../../../src/nix/nar/listing-json';
import { listings } from '../corpus';
import type { Random } from '../random';
import { mustBeSame } from '../target';
import { textTarget } from './text-target';

const JSON_ODD = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1.5',
  '1e400',
  '9007199254740991',
  '9007199254740992',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc80"',
  '""',
  '[]',
  '{}',
  '"x"',
];
const JSON_NAMES = [
  'a',
  'b',
  '',
  '.',
  '..',
  'a/b',
  '__proto__',
  'constructor',
  '10',
  '9',
  '\\udcff',
  '\\ud83d\\ude00',
  'é',
  'x'.repeat(256),
];

/** A tree as a listing has it, with values and keys now and then that it has not. */
function node(random: Random, depth: number): string {
  const odd = (usual: string) => (random.once(25) ? random.pick(JSON_ODD) : usual);
  if (random.once(30)) return nested(random);
  switch (depth > 0 ? random.below(3) : 0) {
    case 0: {
      const offset = random.once(12) ? `,"narOffset":${odd(String(random.below(2000)))}` : '';
      const size = random.once(12)
        ? random.pick(['9007199254740991', '4503599627370496'])
        : String(random.small(100));
      return odd(`{"type":${odd('"regular"')},"size":${odd(size)},"executable":${odd('false')}${offset}}`);
    }
    case 1:
      return odd(`{"type":"symlink","target":${odd(`"${random.pick(JSON_NAMES)}x"`)}}`);
    default: {
      const entries = random.times(random.small(5), () => {
        const name = random.once(6)
          ? random.pick(JSON_NAMES)
          : random.pick(['a', 'b', 'c', 'd', 'e', '7', '10']);
        return `"${name}":${node(random, depth - 1)}`;
      });
      return `{"type":"directory","entries":${odd(`{${entries.join(',')}}`)}}`;
    }
  }
}

/** Deep in arrays or directories: past our limit, and now and then past any stack. */
function nested(random: Random): string {
  const depth = random.once(20) ? 20_000 : 60 + random.below(8);
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"type":"directory","entries":{"a":', '}}'],
    ['{"a":', '}'],
  ] as const);
  return `${open.repeat(depth)}{}${close.repeat(depth)}`;
}

export const listingTarget = textTarget('listing', {
  files: listings,
  pieces: [
    ...JSON_ODD,
    ...JSON_NAMES.map((name) => `"${name}":`),
    '"narOffset":',
    ',',
    '{',
    '}',
    '"entries":{',
  ],
  made: (random) => {
    const version = random.once(12) ? (random.once(2) ? nested(random) : random.pick(JSON_ODD)) : '1';
    return `{"version":${version},"root":${node(random, 4)}}`;
  },
  run: (bytes) => {
    const { listing, narSize } = parseListing(bytes);
    mustBeSame(narSizeOf(listing), narSize, 'the size of the NAR');
    const written = formatListing(listing);
    mustBeSame(parseListing(written), { listing, narSize, quirks: [] }, 'the listing written and read');
  },
});

import { formatCacheInfo, parseCacheInfo } from '../../../src/nix/cache-info';
import { formatDerivation, parseDerivation, structuredAttrsOf } from '../../../src/nix/derivation';
import { narSizeOf } from '../../../src/nix/nar/layout';
import { formatListing, parseListing } from '../../../src/nix/nar/listing-json';
import { formatNarInfo, parseNarInfo } from '../../../src/nix/narinfo';
import { cacheInfos, derivations, listings, narInfos } from '../corpus';
import { mutate } from '../mutate';
import type { Random } from '../random';
import { mixed, mustBeSame, type Target } from '../target';

const encoder = new TextEncoder();

/** As every reader of a text here gets it. */
function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function target(
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

const ODD = [
  '',
  ' ',
  '0',
  '-1',
  '1',
  '9007199254740991',
  '9007199254740992',
  '1e3',
  '0x10',
  '\0',
  '\r',
  '\u2028',
  '\ufeff',
  'unknown-deriver',
  'é',
  'a:b',
  ': ',
  'x'.repeat(300),
];
const STORE_PATH = '/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0';
const NARINFO_FIELDS = [
  'StorePath',
  'URL',
  'Compression',
  'FileHash',
  'FileSize',
  'NarHash',
  'NarSize',
  'References',
  'Deriver',
  'System',
  'Sig',
  'CA',
  'X-Other',
  '__proto__',
  'constructor',
];

/** Lines of several real ones, in any order, some with another's value or an odd one. */
function recombined(random: Random, files: readonly Uint8Array[], fields: readonly string[]): string {
  const lines = [random.pick(files), random.pick(files)].flatMap((file) =>
    textOf(file).trimEnd().split('\n'),
  );
  const base = textOf(random.pick(files)).trimEnd().split('\n');
  for (let left = 1 + random.small(5); left > 0; left--) {
    const at = random.below(base.length + 1);
    const odd = `${random.pick(fields)}${random.pick([': ', ':', ' : ', ':  '])}${random.pick(ODD)}`;
    base.splice(at, random.below(2), random.once(2) ? random.pick(lines) : odd);
  }
  return base.join(random.once(8) ? '\r\n' : '\n') + (random.once(8) ? '' : '\n');
}

export const narInfoTarget = target('narinfo', {
  files: narInfos,
  pieces: [...ODD, ...NARINFO_FIELDS.map((field) => `\n${field}: `), '\r\n', STORE_PATH],
  made: (random, files) => recombined(random, files, NARINFO_FIELDS),
  run: (bytes) => {
    const { quirks: _, ...said } = parseNarInfo(textOf(bytes));
    const written = formatNarInfo({ ...said, quirks: [] });
    const { quirks: __, ...again } = parseNarInfo(written);
    mustBeSame(again, said, 'the narinfo written and read');
    mustBeSame(formatNarInfo({ ...again, quirks: [] }), written, 'the narinfo written twice');
  },
});

const CACHE_FIELDS = ['StoreDir', 'WantMassQuery', 'Priority', 'Other'];
export const cacheInfoTarget = target('nix-cache-info', {
  files: cacheInfos,
  pieces: [...ODD, ...CACHE_FIELDS.map((field) => `\n${field}: `), '<!DOCTYPE html>'],
  made: (random, files) => recombined(random, files, CACHE_FIELDS),
  run: (bytes) => {
    const info = parseCacheInfo(textOf(bytes));
    mustBeSame(parseCacheInfo(formatCacheInfo(info)), info, 'the cache info written and read');
  },
});

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

export const listingTarget = target('listing', {
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

const ATERM_TEXTS = [
  '',
  'out',
  'a',
  'b',
  STORE_PATH,
  '/nix/store/x',
  'sha256',
  'r:sha256',
  'text:sha256',
  'git:sha1',
  'md5',
  'impure',
  '0'.repeat(64),
  '0'.repeat(40),
  '\\n',
  '\\"',
  '\\\\',
  '\\q',
  '\\',
  '\n',
  'é',
  '\0',
  '{\\"a\\":1}',
  'x'.repeat(300),
];

/** The parts of a derivation, each text now and then an odd one, and a letter now and then lost. */
function aterm(random: Random): string {
  const text = (usual: string) => `"${random.once(15) ? random.pick(ATERM_TEXTS) : usual}"`;
  const list = (count: number, item: (at: number) => string) =>
    `[${random.times(count, item).join(random.once(60) ? ', ' : ',')}]`;
  const paths = [
    '1cy7gvbm87d4fn6xhgj598faj3z8l477-a',
    '1i8r3jbi3sn1z6rqfz17lwy6zixp27ym-b.drv',
    'bhsw7x6ic7wspr9cmzv2mfh5zr7vrq4a-c',
  ];
  const path = (at: number) => text(`/nix/store/${paths[at % 3]}`);
  const output = (at: number) => {
    const [where, how, hash] = random.pick([
      [STORE_PATH, '', ''],
      ['', '', ''],
      ['', 'r:sha256', ''],
      ['', 'sha256', 'impure'],
      [STORE_PATH, 'r:sha256', '0'.repeat(64)],
      [STORE_PATH, 'git:sha1', 'a'.repeat(40)],
      [STORE_PATH, 'md5', 'F'.repeat(32)],
    ] as const);
    return `(${[text(`o${at}`), text(where), text(how), text(hash)].join(',')})`;
  };
  const isDynamic = random.once(3);
  const wanted = (depth: number): string => {
    const names = list(random.small(3), (at) => text(`o${at}`));
    if (!isDynamic || random.once(2) || depth > 90) return names;
    const deeper = random.once(100) ? 60 + random.below(10) : 0;
    const inner = '([],[("a",'.repeat(deeper) + wanted(depth + 1) + ')])'.repeat(deeper);
    return `(${names},${list(1 + random.small(2), (at) => `(${text(`o${at}`)},${inner})`)})`;
  };
  const parts = [
    list(random.small(4), output),
    list(random.small(4), (at) => `(${path(at)},${wanted(0)})`),
    list(random.small(4), path),
    text('x86_64-linux'),
    text('/bin/sh'),
    list(random.small(4), () => text('-c')),
    list(random.small(5), (at) => `(${text(`n${at}`)},${text('value')})`),
  ];
  const whole = `${isDynamic ? 'DrvWithVersion("xp-dyn-drv",' : 'Derive('}${parts.join(',')})`;
  if (!random.once(4)) return whole;
  const at = random.below(whole.length);
  return whole.slice(0, at) + whole.slice(at + 1);
}

export const derivationTarget = target('drv', {
  files: derivations,
  pieces: [...ATERM_TEXTS, ...ATERM_TEXTS.map((text) => `"${text}",`), ',', '[', ']', '(', ')', '",', '"],'],
  made: aterm,
  run: (bytes) => {
    const derivation = parseDerivation(bytes);
    structuredAttrsOf(derivation);
    mustBeSame(formatDerivation(derivation), new Uint8Array(bytes), 'the derivation written again');
  },
});

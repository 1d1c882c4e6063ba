import { formatDerivation, parseDerivation, structuredAttrsOf } from '../../../src/nix/derivation';
import { derivations } from '../corpus';
import type { Random } from '../random';
import { mustBeSame } from '../target';
import { textTarget } from './text-target';

const STORE_PATH = '/nix/store/1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0';
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

export const derivationTarget = textTarget('drv', {
  files: derivations,
  pieces: [...ATERM_TEXTS, ...ATERM_TEXTS.map((text) => `"${text}",`), ',', '[', ']', '(', ')', '",', '"],'],
  made: aterm,
  run: (bytes) => {
    const derivation = parseDerivation(bytes);
    structuredAttrsOf(derivation);
    mustBeSame(formatDerivation(derivation), new Uint8Array(bytes), 'the derivation written again');
  },
});

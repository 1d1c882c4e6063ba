import { formatCacheInfo, parseCacheInfo } from '../../../src/nix/cache-info';
import { formatNarInfo, parseNarInfo } from '../../../src/nix/narinfo';
import { cacheInfos, narInfos } from '../corpus';
import type { Random } from '../random';
import { mustBeSame } from '../target';
import { textOf, textTarget } from './text-target';

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

export const narInfoTarget = textTarget('narinfo', {
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
export const cacheInfoTarget = textTarget('nix-cache-info', {
  files: cacheInfos,
  pieces: [...ODD, ...CACHE_FIELDS.map((field) => `\n${field}: `), '<!DOCTYPE html>'],
  made: (random, files) => recombined(random, files, CACHE_FIELDS),
  run: (bytes) => {
    const info = parseCacheInfo(textOf(bytes));
    mustBeSame(parseCacheInfo(formatCacheInfo(info)), info, 'the cache info written and read');
  },
});

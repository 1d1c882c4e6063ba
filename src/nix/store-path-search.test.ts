import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatStorePath } from './store-path';
import { findStorePaths } from './store-path-search';
import { displayBytes } from './text';

const A = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5';
const B = '1cy7gvbm87d4fn6xhgj598faj3z8l477-words-1.0';

/** What was found, as absolute paths. */
function found(text: string): string[] {
  return findStorePaths(text).map(({ storePath, narPath }) =>
    narPath.length === 0
      ? formatStorePath(storePath)
      : `${formatStorePath(storePath)}/${displayBytes(narPath)}`,
  );
}

test.each<[string, string, string[]]>([
  ['nothing', '', []],
  ['a store path', `/nix/store/${A}`, [`/nix/store/${A}`]],
  ['with a path inside', `/nix/store/${A}/bin/nix`, [`/nix/store/${A}/bin/nix`]],
  ['with slashes too many', `/nix/store/${A}//bin///nix/`, [`/nix/store/${A}/bin/nix`]],
  ['a base name', A, [`/nix/store/${A}`]],
  ['a base name with a path inside', `${A}/bin/nix`, [`/nix/store/${A}/bin/nix`]],
  ['blanks around', ` \t/nix/store/${A}\r\n`, [`/nix/store/${A}`]],
  ['the end of a sentence', `See /nix/store/${A}. And ${B}...`, [`/nix/store/${A}`, `/nix/store/${B}`]],
  ['a question', `Is it /nix/store/${A}/bin/nix? Or ${B}?`, [`/nix/store/${A}/bin/nix`, `/nix/store/${B}`]],
  [
    'a line of nix-store',
    `these 2 paths will be fetched (5.96 MiB download):\n  /nix/store/${B}\n  /nix/store/${A}\n`,
    [`/nix/store/${B}`, `/nix/store/${A}`],
  ],
  ["an error in Nix's quotes", `error: path ‘/nix/store/${A}’ is not valid`, [`/nix/store/${A}`]],
  ['an error with a place', `error: at /nix/store/${A}/lib/a.nix:12:3:`, [`/nix/store/${A}/lib/a.nix`]],
  [
    'a linker error',
    `-I/nix/store/${A}/include -L/nix/store/${B}/lib`,
    [`/nix/store/${A}/include`, `/nix/store/${B}/lib`],
  ],
  [
    'a search path',
    `PATH=/nix/store/${A}/bin:/nix/store/${B}/bin`,
    [`/nix/store/${A}/bin`, `/nix/store/${B}/bin`],
  ],
  ['JSON', `{"path":"/nix/store/${A}/a\\nb","deps":["${B}"]}`, [`/nix/store/${A}/a`, `/nix/store/${B}`]],
  [
    'ATerm',
    `Derive([("out","/nix/store/${A}","","")],[("/nix/store/${B}.drv",["out"])]`,
    [`/nix/store/${A}`, `/nix/store/${B}.drv`],
  ],
  [
    'Markdown',
    `\`/nix/store/${A}\`, [x](/nix/store/${B}/a), **${B}**`,
    [`/nix/store/${A}`, `/nix/store/${B}/a`, `/nix/store/${B}`],
  ],
  ['HTML', `<a href='/nix/store/${A}/a'>/nix/store/${A}</a>`, [`/nix/store/${A}/a`, `/nix/store/${A}`]],
  [
    'References of a narinfo',
    `References: ${A} ${B}\nDeriver: ${B}.drv\n`,
    [`/nix/store/${A}`, `/nix/store/${B}`, `/nix/store/${B}.drv`],
  ],
  [
    'a derivation and its outputs',
    `/nix/store/${A}.drv!out,dev /nix/store/${B}.drv^*`,
    [`/nix/store/${A}.drv`, `/nix/store/${B}.drv`],
  ],
  ['a store elsewhere', `/mnt/nix/store/${A}/bin/nix`, [`/nix/store/${A}/bin/nix`]],
  ['each once', `/nix/store/${A} ${A} /nix/store/${A}/`, [`/nix/store/${A}`]],
  ['a name with ? and =', `/nix/store/${A}?x=y`, [`/nix/store/${A}?x=y`]],
  ['a path inside as it is written', `/nix/store/${A}/a%20b?c#d`, [`/nix/store/${A}/a%20b?c#d`]],
  ['letters of all scripts', `/nix/store/${A}/Übung/日本語`, [`/nix/store/${A}/Übung/日本語`]],
  ['a zero-width space behind it', `/nix/store/${A}/bin\u200b`, [`/nix/store/${A}/bin`]],
  ['. and ..', `/nix/store/${A}/lib/./gcc/13/../../x/..`, [`/nix/store/${A}/lib`]],
  ['.. that leaves the store path', `/nix/store/${A}/lib/../../x`, [`/nix/store/${A}`]],
  ['a colour of the terminal', `\x1b[35;1m/nix/store/${A}\x1b[0m`, [`/nix/store/${A}`]],
  ['one store in another', `/nix/store/${A}/nix/store/${B}/bin`, [`/nix/store/${A}/nix/store/${B}/bin`]],
  [
    'a URL of ours',
    `https://nar.example/nix/store/${A}/a%20b%3f?view=hex&cache=x#L10`,
    [`/nix/store/${A}/a b?`],
  ],
  [
    'a URL with a query behind the name',
    `<https://nar.example/x/nix/store/${A}?cache=x.example>`,
    [`/nix/store/${A}`],
  ],
  ['a URL with a fragment', `https://nar.example/nix/store/${A}/bin/nix#L1-L2.`, [`/nix/store/${A}/bin/nix`]],
  [
    'a file URL',
    `file:///nix/store/${A}/caf%C3%A9 /nix/store/${B}/%41`,
    [`/nix/store/${A}/café`, `/nix/store/${B}/%41`],
  ],
  [
    'a URL earlier on the line',
    `--from https://cache.example /nix/store/${B}/%41?x`,
    [`/nix/store/${B}/%41?x`],
  ],
])('%s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

test.each([
  ['a hash part alone', A.slice(0, 32)],
  ['a hash part that is too short', `/nix/store/${A.slice(1)}`],
  ['one that is too long', `/nix/store/0${A}`],
  ['a base name behind letters', `x${A}`],
  ['a base name in another path', `/tmp/${A}`],
  ['a base name behind a dash', `nar-${A}`],
  ['a name that Nix refuses', `/nix/store/${A.slice(0, 33)}..-x`],
  ['a name that is only full stops', `/nix/store/${A.slice(0, 33)}...`],
  ['a name that is too long', `/nix/store/${A.slice(0, 33)}${'x'.repeat(212)}`],
  ['a digest in base 16', 'ba7816bf8f01cfea414140de5dae2223-x'],
  ['other files of the store', '/nix/store/.links/0123 /nix/var/nix/db'],
])('not: %s', (_, text) => {
  expect(found(text)).toEqual([]);
});

test('store paths are found between any texts', () => {
  const between = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !/[?#%]/.test(text));
  fc.assert(
    fc.property(between, between, (before, after) => {
      const text = `${before} /nix/store/${A}/bin/nix ${after} "${B}" ${before}`;
      expect(found(text)).toEqual(expect.arrayContaining([`/nix/store/${A}/bin/nix`, `/nix/store/${B}`]));
    }),
  );
});

test.each([
  ['one long word', 'a'.repeat(1_000_000)],
  ['digits and dashes', `${'0'.repeat(31)}-`.repeat(30_000)],
  ['full stops', `/nix/store/${A}/${'.'.repeat(1_000_000)}/x`],
  ['long words before store paths', `${'://a'.repeat(250_000)} /nix/store/${A}`.repeat(2)],
  ['a long name', `/nix/store/${A}${'?'.repeat(1_000_000)}`],
  ['very many', `/nix/store/${A}/a:`.repeat(20_000)],
])('takes time in proportion to the text: %s', (_, text) => {
  expect(findStorePaths(text).length).toBeLessThanOrEqual(2);
});

import { expect, test } from 'vitest';
import { locate, narPathOf } from '../../../nix/nar/listing';
import { ListingBuilder } from '../../../nix/nar/listing-builder';
import { largestFiles, programsOf, readmeOf } from './programs';

const utf8 = (text: string) => new TextEncoder().encode(text);
const OTHER = '/nix/store/0i2jd68mp5g6h2sa5k9c85rb80sn8hi9-hello-2.10/bin/hello';

function sample() {
  const builder = new ListingBuilder();
  const file = (name: string, size: number, executable = false) =>
    builder.addRegular(utf8(name), { size, executable, narOffset: 0 });
  builder.enterDirectory(utf8(''));
  file('README.md', 7);
  builder.enterDirectory(utf8('bin'));
  builder.addSymlink(utf8('gone'), utf8('nowhere'));
  builder.addSymlink(utf8('hello'), utf8(OTHER));
  file('nix', 100, true);
  builder.addSymlink(utf8('nix-build'), utf8('nix'));
  file('notes', 50);
  builder.leaveDirectory();
  file('big', 1000);
  builder.addSymlink(utf8('sbin'), utf8('bin'));
  builder.leaveDirectory();
  return builder.snapshot();
}

const listing = sample();
const row = (path: string) => locate(listing, utf8(path));

test('programs are what can be run out of bin/, symlinks to it too', () => {
  expect(programsOf(listing, undefined)).toEqual([
    { row: row('bin/hello'), fileRow: undefined },
    { row: row('bin/nix'), fileRow: row('bin/nix') },
    { row: row('bin/nix-build'), fileRow: row('bin/nix') },
  ]);
});

test('the largest files, the largest first', () => {
  const paths = largestFiles(listing, 3).map((largest) =>
    new TextDecoder().decode(narPathOf(listing, largest)),
  );
  expect(paths).toEqual(['big', 'bin/nix', 'bin/notes']);
  expect(largestFiles(listing, 99)).toHaveLength(4);
});

test('a README at the top', () => {
  expect(readmeOf(listing)).toBe(row('README.md'));
});

test.each([
  ['readme', true],
  ['Readme.TXT', true],
  ['readme.markdown', true],
  ['README.markdown.gz', false],
  ['README-old', false],
  ['zreadme', false],
  ['', false],
])('%s at the top', (name, isOne) => {
  const builder = new ListingBuilder();
  builder.enterDirectory(utf8(''));
  builder.addRegular(utf8(name), { size: 5, executable: false, narOffset: 0 });
  builder.leaveDirectory();
  expect(readmeOf(builder.snapshot())).toBe(isOne ? 1 : undefined);
});

test('a store path that is a file has no programs and no README', () => {
  const builder = new ListingBuilder();
  builder.addRegular(utf8(''), { size: 5, executable: true, narOffset: 0 });
  expect(programsOf(builder.snapshot(), undefined)).toEqual([]);
  expect(readmeOf(builder.snapshot())).toBeUndefined();
  expect(largestFiles(builder.snapshot(), 3)).toEqual([0]);
});

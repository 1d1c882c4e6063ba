import { expect, test } from 'vitest';
import { NarFormatError } from '../errors';
import { type NarListing, NodeCode } from './listing';
import { ListingBuilder } from './listing-builder';
import { ListingChecker } from './listing-visitor';
import { parseWholeNar } from './parser';
import { dir, exe, file, link, listingOf, nar, strs, thrownBy } from './testing';

const contents = { bin: dir({ hello: exe('ELF'), hi: link('hello') }), empty: dir(), zero: file() };
const whole = nar(dir(contents));
const listing = listingOf(whole);

function disagreement(archive: Uint8Array, expected: NarListing = listing) {
  const error = thrownBy(NarFormatError, () => parseWholeNar(archive, new ListingChecker(expected)));
  expect(error.reason).toBe('listing-disagrees');
  const { narOffset, expected: listed, found } = error;
  return { narPath: new TextDecoder().decode(error.narPath), narOffset, expected: listed, found };
}

test.each([
  ['a tree', whole],
  ['a file', nar(file('x'))],
  ['a symlink', nar(link('x'))],
  ['an empty directory', nar(dir())],
])('%s agrees with its own listing', (_, archive) => {
  parseWholeNar(archive, new ListingChecker(listingOf(archive)));
});

test('the first entry that differs is named, and where it begins', () => {
  const hello = nar(
    strs('(', 'type', 'directory', 'entry', '(', 'name', 'bin', 'node', '(', 'type', 'directory'),
  ).length;
  expect(
    disagreement(nar(dir({ ...contents, bin: dir({ hello: exe('ELF!'), hi: link('hello') }) }))),
  ).toEqual({
    narPath: 'bin/hello',
    narOffset: hello,
    expected: 'executable "hello" of 3 bytes at 400',
    found: 'executable "hello" of 4 bytes at 400',
  });
});

test.each([
  ['a size', { bin: dir({ hello: exe('EL'), hi: link('hello') }) }, 'bin/hello'],
  ['an executable bit', { bin: dir({ hello: file('ELF'), hi: link('hello') }) }, 'bin/hello'],
  ['a target', { bin: dir({ hello: exe('ELF'), hi: link('hellO') }) }, 'bin/hi'],
  ['a name', { bin: dir({ hello: exe('ELF'), ho: link('hello') }) }, 'bin/ho'],
  ['a kind', { empty: file() }, 'empty'],
  ['a symlink for a file', { zero: link('x') }, 'zero'],
  ['an entry less', { bin: dir({ hello: exe('ELF') }) }, 'bin/hi'],
  ['an entry more', { bin: dir({ hello: exe('ELF'), hi: link('hello'), more: file() }) }, 'bin/more'],
  ['an entry in the directory before', { empty: dir({ zero: file() }) }, 'empty/zero'],
])('%s that differs is found', (_, changed, narPath) => {
  expect(disagreement(nar(dir({ ...contents, ...changed }))).narPath).toBe(narPath);
});

test('an entry that one of the two lacks is said to be missing', () => {
  const { bin, empty } = contents;
  expect(disagreement(nar(dir({ bin, empty })))).toMatchObject({
    narPath: 'zero',
    expected: `regular "zero" of 0 bytes at ${whole.length - strs(')', ')', ')').length}`,
    found: 'the end of the directory',
  });
  expect(disagreement(nar(dir({ ...contents, zzz: dir() })))).toMatchObject({
    narPath: 'zzz',
    expected: 'nothing more here',
    found: 'directory "zzz"',
  });
});

test('an offset that differs is found', () => {
  const narOffset = listing.narOffset.map((offset, row) =>
    listing.kind[row] === NodeCode.executable ? offset + 8 : offset,
  );
  expect(disagreement(whole, { ...listing, narOffset })).toMatchObject({
    narPath: 'bin/hello',
    expected: 'executable "hello" of 3 bytes at 408',
    found: 'executable "hello" of 3 bytes at 400',
  });
});

test('a listing without rows agrees with nothing', () => {
  const nothing = new ListingBuilder().snapshot();
  expect(disagreement(whole, nothing)).toMatchObject({
    narPath: '',
    expected: 'nothing more here',
    found: 'directory',
  });
});

test('a listing that was cut off disagrees', () => {
  const builder = new ListingBuilder();
  builder.enterDirectory(new Uint8Array(0));
  expect(disagreement(whole, builder.snapshot())).toMatchObject({ narPath: 'bin' });
});

import { expect, test } from 'vitest';
import { NarLayout, narSizeOf } from './layout';
import { locate } from './listing';
import { dir, exe, file, link, listingOf, nar } from './testing';

const utf8 = (text: string) => new TextEncoder().encode(text);

const bin = dir({ a: exe('12345678'), 'a name of eighteen': link('a'), b: file('123456789') });
const whole = nar(dir({ bin, empty: dir(), link: link('/nix/store/x'), zero: file() }));
const listing = listingOf(whole);

test.each([
  ['a tree', whole],
  ['a file', nar(file('x'))],
  ['an executable', nar(exe('12345678'))],
  ['a symlink', nar(link('12345678'))],
  ['an empty directory', nar(dir())],
])('the size of %s follows from its listing', (_, archive) => {
  expect(narSizeOf(listingOf(archive))).toBe(archive.length);
});

test('a subtree has the size of a NAR of its own', () => {
  const sizeOf = (path: string) => narSizeOf(listing, locate(listing, utf8(path)));
  expect(sizeOf('bin')).toBe(nar(bin).length);
  expect(sizeOf('empty')).toBe(nar(dir()).length);
  expect(sizeOf('zero')).toBe(nar(file()).length);
});

test('contents begin where the parser finds them', () => {
  const layout = new NarLayout();
  layout.enterDirectory(utf8(''));
  layout.enterDirectory(utf8('bin'));
  const a = layout.addRegular(utf8('a'), { executable: true, size: 8 });
  layout.addSymlink(utf8('a name of eighteen'), utf8('a'));
  const b = layout.addRegular(utf8('b'), { executable: false, size: 9 });
  expect([a, b]).toEqual([listing.narOffset[2], listing.narOffset[4]]);
  expect(new TextDecoder().decode(whole.subarray(a, a + 8))).toBe('12345678');
  expect(new TextDecoder().decode(whole.subarray(b, b + 9))).toBe('123456789');
});

test('sizes beyond 32 bits add up', () => {
  const layout = new NarLayout();
  layout.addRegular(utf8(''), { executable: false, size: 2 ** 40 + 1 });
  expect(layout.narOffset).toBe(nar(file()).length + 2 ** 40 + 8);
});

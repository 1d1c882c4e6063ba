import { expect, test } from 'vitest';
import {
  childNamed,
  childRows,
  compareBytes,
  locate,
  narPathOf,
  nodeAt,
  splitNarPath,
  walkRows,
} from './listing';
import { ListingBuilder } from './listing-builder';
import { bytes, dir, exe, file, link, listingOf, nar } from './testing';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const tree = listingOf(
  nar(
    dir({
      bin: dir({ hello: exe('ELF'), hi: link('hello') }),
      empty: dir(),
      share: dir({ doc: dir({ README: file('read me') }) }),
    }),
  ),
);

test('rows are the entries in NAR order', () => {
  const paths = Array.from({ length: tree.length }, (_, row) => text(narPathOf(tree, row)));
  expect(paths).toEqual([
    '',
    'bin',
    'bin/hello',
    'bin/hi',
    'empty',
    'share',
    'share/doc',
    'share/doc/README',
  ]);
});

test('a row says what it is', () => {
  expect(nodeAt(tree, 0)).toEqual({ kind: 'directory', row: 0, name: bytes(), size: 10 });
  expect(nodeAt(tree, 1)).toEqual({ kind: 'directory', row: 1, name: utf8('bin'), size: 3 });
  const hello = { kind: 'regular', row: 2, name: utf8('hello'), executable: true, size: 3, narOffset: 400 };
  expect(nodeAt(tree, 2)).toEqual(hello);
  expect(nodeAt(tree, 3)).toEqual({ kind: 'symlink', row: 3, name: utf8('hi'), target: utf8('hello') });
  expect(nodeAt(tree, tree.length)).toBeUndefined();
  expect(nodeAt(tree, -1)).toBeUndefined();
});

test('a directory names its rows', () => {
  expect([...childRows(tree, 0)]).toEqual([1, 4, 5]);
  expect([...childRows(tree, 1)]).toEqual([2, 3]);
  expect([...childRows(tree, 4)]).toEqual([]);
  expect([...childRows(tree, 2)]).toEqual([]);
});

test('every path leads to its row, and no other does', () => {
  for (let row = 0; row < tree.length; row++) expect(locate(tree, narPathOf(tree, row))).toBe(row);
  for (const path of [
    'b',
    'bi',
    'bin0',
    'bin/',
    '/bin',
    'zz',
    'bin/hello/x',
    'bin/hi/x',
    'empty/x',
    '..',
    '.',
  ]) {
    expect(locate(tree, utf8(path))).toBe({ 'bin/': 1, '/bin': 1 }[path]);
  }
});

test('nothing is found in a table without rows', () => {
  expect(locate(new ListingBuilder().snapshot(), bytes())).toBeUndefined();
});

test('paths are split at slashes, and empty names dropped', () => {
  expect(splitNarPath(utf8('//a/b c//d/')).map(text)).toEqual(['a', 'b c', 'd']);
  expect(splitNarPath(bytes())).toEqual([]);
});

test('bytes are compared as unsigned, the shorter first', () => {
  expect(compareBytes(bytes(1), bytes(1))).toBe(0);
  expect(compareBytes(bytes(0x7f), bytes(0x80))).toBeLessThan(0);
  expect(compareBytes(bytes(1, 0), bytes(1))).toBeGreaterThan(0);
  expect(compareBytes(bytes(), bytes(0))).toBeLessThan(0);
});

test('a walk enters every row below and leaves every directory', () => {
  const walked = (root: number) => {
    const steps: string[] = [];
    const enter = (row: number) => steps.push(`+${row}`);
    walkRows(tree, root, { enter, leave: (row) => steps.push(`-${row}`) });
    return steps.join(' ');
  };
  expect(walked(0)).toBe('+0 +1 +2 +3 -1 +4 -4 +5 +6 +7 -6 -5 -0');
  expect(walked(1)).toBe('+1 +2 +3 -1');
  expect(walked(2)).toBe('+2');
  expect(walked(4)).toBe('+4 -4');
});

test('one of 100 000 names in a directory is found by looking at some twenty', () => {
  const builder = new ListingBuilder();
  builder.enterDirectory(bytes());
  for (let i = 0; i < 100_000; i++) {
    builder.enterDirectory(utf8(`d${String(i).padStart(5, '0')}`));
    builder.addRegular(utf8('file'), { executable: false, size: i, narOffset: 0 });
    builder.leaveDirectory();
  }
  builder.leaveDirectory();
  const listing = builder.snapshot();
  for (const i of [0, 1, 49_999, 50_000, 99_998, 99_999]) {
    expect(locate(listing, utf8(`d${String(i).padStart(5, '0')}/file`))).toBe(2 * i + 2);
  }
  let looks = 0;
  const counted = new Proxy(listing.text, {
    get: (target, key) => {
      if (key !== 'subarray') return Reflect.get(target, key);
      looks++;
      return target.subarray.bind(target);
    },
  });
  expect(childNamed({ ...listing, text: counted }, 0, utf8('d77777'))).toBe(2 * 77_777 + 1);
  expect(looks).toBeLessThan(20);
});

import { expect, test } from 'vitest';
import { type NarListing, nameOf } from '../../../nix/nar/listing';
import { ListingBuilder } from '../../../nix/nar/listing-builder';
import { visibleRows } from '../../../store/tree-store';
import { type TreeView, treeStep } from './tree-keys';
import { findTyped, indexOfRow, setPositionOf, shownIndex } from './tree-rows';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** bin/{nix, nix-build → nix}, empty/, share/{doc/README, info} */
function sample(): NarListing {
  const builder = new ListingBuilder();
  const file = { executable: false, size: 1, narOffset: 0 };
  builder.enterDirectory(utf8(''));
  builder.enterDirectory(utf8('bin'));
  builder.addRegular(utf8('nix'), { ...file, executable: true });
  builder.addSymlink(utf8('nix-build'), utf8('nix'));
  builder.leaveDirectory();
  builder.enterDirectory(utf8('empty'));
  builder.leaveDirectory();
  builder.enterDirectory(utf8('share'));
  builder.enterDirectory(utf8('doc'));
  builder.addRegular(utf8('README'), file);
  builder.leaveDirectory();
  builder.addRegular(utf8('info'), file);
  builder.leaveDirectory();
  builder.leaveDirectory();
  return builder.snapshot();
}

const listing = sample();
const rowOf = (name: string) =>
  Array.from({ length: listing.length }, (_, row) => row).find(
    (row) => new TextDecoder().decode(nameOf(listing, row)) === name,
  ) ?? -1;

/** The tree with these directories open and the focus on this entry. */
function viewOf(focused: string, open: readonly string[]): TreeView {
  const expanded = new Set(open.map(rowOf));
  const rows = visibleRows(listing, expanded);
  return { listing, rows, expanded, index: indexOfRow(rows, rowOf(focused)), pageRows: 3, letterKeys: true };
}

const ALL = ['bin', 'empty', 'share', 'doc'];

test.each([
  ['ArrowDown', 'bin', [], 'empty'],
  ['ArrowDown', 'bin', ['bin'], 'nix'],
  ['ArrowDown', 'share', [], 'share'],
  ['ArrowUp', 'empty', ['bin'], 'nix-build'],
  ['ArrowUp', 'bin', [], 'bin'],
  ['Home', 'README', ALL, 'bin'],
  ['End', 'bin', ALL, 'info'],
  ['PageDown', 'bin', ALL, 'nix-build'],
  ['PageUp', 'README', ALL, 'share'],
  ['ArrowRight', 'bin', ['bin'], 'nix'],
  ['ArrowRight', 'empty', ['empty'], 'empty'],
  ['ArrowRight', 'nix', ['bin'], 'nix'],
  ['ArrowLeft', 'nix', ['bin'], 'bin'],
  ['ArrowLeft', 'bin', [], 'bin'],
  ['j', 'bin', [], 'empty'],
  ['k', 'empty', [], 'bin'],
  ['h', 'README', ALL, 'doc'],
  ['l', 'doc', ALL, 'README'],
])('%s on %s with %j open moves to %s', (key, focused, open, target) => {
  expect(treeStep(key, viewOf(focused, open))).toEqual({ to: 'focus', row: rowOf(target) });
});

test('right opens what is shut, left shuts what is open', () => {
  expect(treeStep('ArrowRight', viewOf('bin', []))).toEqual({ to: 'expand', rows: [rowOf('bin')] });
  expect(treeStep('ArrowLeft', viewOf('bin', ['bin']))).toEqual({ to: 'collapse', row: rowOf('bin') });
});

test('the asterisk opens all directories beside', () => {
  const rows = ['bin', 'empty', 'share'].map(rowOf);
  expect(treeStep('*', viewOf('empty', []))).toEqual({ to: 'expand', rows });
});

test('Enter opens, Space selects', () => {
  expect(treeStep('Enter', viewOf('bin', []))).toEqual({ to: 'open', row: rowOf('bin') });
  expect(treeStep(' ', viewOf('bin', []))).toEqual({ to: 'select', row: rowOf('bin') });
});

test('letters are keys only when that is switched on; other keys mean nothing', () => {
  expect(treeStep('j', { ...viewOf('bin', []), letterKeys: false })).toBeUndefined();
  expect(treeStep('x', viewOf('bin', []))).toBeUndefined();
  expect(treeStep('constructor', viewOf('bin', []))).toBeUndefined();
});

test.each([
  ['s', 'bin', 'share'],
  ['n', 'bin', 'nix'],
  ['n', 'nix', 'nix-build'],
  ['nn', 'nix-build', 'nix'],
  ['nix-', 'nix', 'nix-build'],
  ['readme', 'bin', 'README'],
  ['b', 'share', 'bin'],
])('typing %s on %s goes to %s', (typed, focused, target) => {
  const { rows, index } = viewOf(focused, ALL);
  expect(findTyped(listing, rows, index, typed)).toBe(rowOf(target));
});

test('typing what no name begins with goes nowhere', () => {
  const { rows, index } = viewOf('bin', ALL);
  expect(findTyped(listing, rows, index, 'xyz')).toBeUndefined();
});

test('a row says its place among its siblings', () => {
  expect(setPositionOf(listing, rowOf('share'))).toEqual({ position: 3, count: 3 });
  expect(setPositionOf(listing, rowOf('info'))).toEqual({ position: 2, count: 2 });
  expect(setPositionOf(listing, 0)).toEqual({ position: 1, count: 1 });
});

test('the focus on a row that went out of sight is on the directory that hides it', () => {
  const { rows } = viewOf('bin', []);
  expect(rows[shownIndex(listing, rows, rowOf('README'))]).toBe(rowOf('share'));
  expect(shownIndex(listing, rows, 0)).toBe(0);
});

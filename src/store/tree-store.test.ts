import { expect, test } from 'vitest';
import { locate, nameOf } from '../nix/nar/listing';
import { ListingBuilder } from '../nix/nar/listing-builder';
import { smallListing } from './testing/fake-service';
import { createTreeStore, visibleRows } from './tree-store';

const utf8 = (text: string) => new TextEncoder().encode(text);
const listing = smallListing();
const row = (narPath: string) => locate(listing, utf8(narPath)) ?? -1;
const names = (expanded: ReadonlySet<number>) =>
  [...visibleRows(listing, expanded)].map((visible) => new TextDecoder().decode(nameOf(listing, visible)));

test('collapsed directories hide what is in them', () => {
  expect(names(new Set())).toEqual(['bin', 'share']);
  expect(names(new Set([row('bin')]))).toEqual(['bin', 'nix', 'nix-store', 'share']);
  expect(names(new Set([row('share/doc')]))).toEqual(['bin', 'share']);
});

test('a path that is one file shows that file', () => {
  const builder = new ListingBuilder();
  builder.addRegular(utf8(''), { executable: false, size: 1, narOffset: 96 });
  expect([...visibleRows(builder.snapshot(), new Set())]).toEqual([0]);
});

test('reveal opens what is above, and focuses', () => {
  const store = createTreeStore();
  store.getState().reveal(listing, row('share/doc/README'));
  expect(store.getState().focused).toBe(row('share/doc/README'));
  expect(names(store.getState().expanded)).toEqual(['bin', 'share', 'doc', 'README']);
});

test('expand all and collapse all', () => {
  const store = createTreeStore();
  store.getState().expandAll(listing);
  expect(names(store.getState().expanded)).toEqual(['bin', 'nix', 'nix-store', 'share', 'doc', 'README']);
  store.getState().toggle(row('bin'));
  expect(names(store.getState().expanded)).toEqual(['bin', 'share', 'doc', 'README']);
  store.getState().collapseAll();
  expect(names(store.getState().expanded)).toEqual(['bin', 'share']);
});

import { expect, test } from 'vitest';
import { LimitError } from '../errors';
import { buffersOf, childRows, locate, narPathOf, nodeAt } from './listing';
import { ListingBuilder, MAX_ENTRIES, wholeListingRoom } from './listing-builder';
import { bytes, thrownBy } from './testing';

const utf8 = (text: string) => new TextEncoder().encode(text);
const NO_FILE = { executable: false, size: 0, narOffset: 0 };

test('a tree can be looked at while it grows', () => {
  const builder = new ListingBuilder();
  expect(builder.snapshot().length).toBe(0);
  builder.enterDirectory(bytes());
  builder.enterDirectory(utf8('bin'));
  builder.addRegular(utf8('a'), { executable: true, size: 5, narOffset: 300 });
  const growing = builder.snapshot();
  expect([...childRows(growing, 0)]).toEqual([1]);
  expect([...childRows(growing, 1)]).toEqual([2]);
  expect(locate(growing, utf8('bin/a'))).toBe(2);
  expect(nodeAt(growing, 0)).toMatchObject({ size: 5 });

  builder.addRegular(utf8('b'), { executable: false, size: 7, narOffset: 500 });
  builder.leaveDirectory();
  builder.addSymlink(utf8('lib'), utf8('bin'));
  builder.leaveDirectory();
  const grown = builder.snapshot();
  expect([...childRows(grown, 0)]).toEqual([1, 4]);
  expect([...grown.size]).toEqual([12, 12, 5, 7, 0]);
  expect([...grown.depth]).toEqual([0, 1, 2, 2, 1]);
  expect([...grown.parent]).toEqual([-1, 0, 1, 1, 0]);
  expect([...grown.subtreeEnd]).toEqual([5, 4, 3, 4, 5]);
  expect(growing.length).toBe(3);
});

test('names are copied, not kept', () => {
  const builder = new ListingBuilder();
  const name = utf8('name');
  builder.addSymlink(name, name);
  name.fill(0xff);
  expect(nodeAt(builder.snapshot(), 0)).toMatchObject({ name: utf8('name'), target: utf8('name') });
});

test('a directory cannot be left that was not entered', () => {
  expect(() => new ListingBuilder().leaveDirectory()).toThrow('leaveDirectory without enterDirectory');
});

test('a table is made of buffers that can be transferred', () => {
  const builder = new ListingBuilder();
  builder.addRegular(bytes(), { executable: false, size: 3, narOffset: 96 });
  const listing = builder.snapshot();
  const transferred = structuredClone(listing, { transfer: buffersOf(listing) });
  expect(nodeAt(transferred, 0)).toMatchObject({ kind: 'regular', size: 3, narOffset: 96 });
  expect(buffersOf(listing).every((buffer) => buffer.byteLength === 0)).toBe(true);
});

test('tables that share a room are counted together', () => {
  const room = wholeListingRoom();
  const { entries, textBytes } = room;
  for (let i = 0; i < 1000; i++) new ListingBuilder(room).addSymlink(utf8('ab'), utf8('cde'));
  expect(room).toEqual({ entries: entries - 1000, textBytes: textBytes - 5000 });
  room.textBytes = 4;
  expect(
    thrownBy(LimitError, () => new ListingBuilder(room).addSymlink(utf8('ab'), utf8('cde'))),
  ).toMatchObject({ what: 'bytes of names in an archive', limit: textBytes });
  room.entries = 0;
  expect(thrownBy(LimitError, () => new ListingBuilder(room).addRegular(utf8(''), NO_FILE))).toMatchObject({
    what: 'entries of an archive',
    limit: entries,
  });
});

test('a million rows are fine, and there is an end', () => {
  const builder = new ListingBuilder();
  const name = new Uint8Array(8);
  const view = new DataView(name.buffer);
  builder.enterDirectory(bytes());
  for (let i = 1; i < MAX_ENTRIES; i++) {
    view.setUint32(0, i);
    builder.addRegular(name, NO_FILE);
    if (i !== 1_000_000) continue;
    const million = builder.snapshot();
    expect(million.length).toBe(1_000_001);
    expect(locate(million, name)).toBe(i);
    expect(narPathOf(million, i)).toEqual(name);
  }
  expect(builder.length).toBe(MAX_ENTRIES);
  expect(thrownBy(LimitError, () => builder.addRegular(name, NO_FILE))).toMatchObject({ limit: MAX_ENTRIES });
  expect(builder.length).toBe(MAX_ENTRIES);
});

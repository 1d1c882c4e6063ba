import { expect, test } from 'vitest';
import { parseWholeNar } from './parser';
import { bytes, dir, exe, file, join, link, nar, nested } from './testing';
import { NarWriter } from './writer';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** What a writer gives out, told by `tell`. */
function written(tell: (writer: NarWriter) => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  tell(new NarWriter((chunk) => chunks.push(chunk.slice())));
  return join(...chunks);
}

test('what is told is written', () => {
  const whole = written((writer) => {
    writer.enterDirectory(bytes());
    writer.enterDirectory(utf8('bin'));
    writer.beginRegular(utf8('hello'), { executable: true, size: 9 });
    writer.contents(utf8('#!/bin'));
    writer.contents(utf8('/sh'));
    writer.endRegular();
    writer.symlink(utf8('hi'), utf8('hello'));
    writer.leaveDirectory();
    writer.beginRegular(utf8('zero'), { executable: false, size: 0 });
    writer.endRegular();
    writer.leaveDirectory();
    expect(writer.done).toBe(true);
  });
  expect(whole).toEqual(nar(dir({ bin: dir({ hello: exe('#!/bin/sh'), hi: link('hello') }), zero: file() })));
});

test.each([
  ['a file', nar(file('x'))],
  ['an executable', nar(exe('12345678'))],
  ['a symlink', nar(link('x'))],
  ['an empty directory', nar(dir())],
  ['the deepest node', nar(nested(63, file('deep')))],
  [
    'names that are not UTF-8',
    nar(
      dir([
        [bytes(0x80), file()],
        [bytes(0xff, 1), link(bytes(0xfe))],
      ]),
    ),
  ],
])('a parser that tells a writer writes %s again', (_, whole) => {
  expect(written((writer) => parseWholeNar(whole, writer))).toEqual(whole);
});

test('it is done with the last byte, not before', () => {
  const writer = new NarWriter(() => {});
  expect(writer.done).toBe(false);
  writer.beginRegular(bytes(), { executable: false, size: 0 });
  expect(writer.done).toBe(false);
  writer.endRegular();
  expect(writer.done).toBe(true);
});

/** Calls that no NAR could come from. */
const misuse: Record<string, { readonly tell: (writer: NarWriter) => void; readonly says: string }> = {
  'names out of order': {
    tell: (writer) => {
      writer.enterDirectory(bytes());
      writer.symlink(utf8('b'), utf8('x'));
      writer.symlink(utf8('a'), utf8('x'));
    },
    says: 'the names do not increase',
  },
  'a name twice': {
    tell: (writer) => {
      writer.enterDirectory(bytes());
      writer.enterDirectory(utf8('a'));
      writer.leaveDirectory();
      writer.enterDirectory(utf8('a'));
    },
    says: 'the names do not increase',
  },
  'a name that is none': {
    tell: (writer) => {
      writer.enterDirectory(bytes());
      writer.enterDirectory(utf8('..'));
    },
    says: 'found the name ".."',
  },
  'an empty target': { tell: (writer) => writer.symlink(bytes(), bytes()), says: 'found an empty target' },
  'more contents than stated': {
    tell: (writer) => {
      writer.beginRegular(bytes(), { executable: false, size: 1 });
      writer.contents(utf8('ab'));
    },
    says: '2 bytes of contents where 1 may follow',
  },
  'less contents than stated': {
    tell: (writer) => {
      writer.beginRegular(bytes(), { executable: false, size: 3 });
      writer.contents(utf8('ab'));
      writer.endRegular();
    },
    says: '1 bytes of contents left to write',
  },
  'contents of nothing': {
    tell: (writer) => writer.contents(utf8('a')),
    says: '1 bytes of contents where 0 may follow',
  },
  'the end of nothing': { tell: (writer) => writer.leaveDirectory(), says: 'no directory is open' },
  'a second root': {
    tell: (writer) => {
      writer.symlink(bytes(), utf8('x'));
      writer.symlink(bytes(), utf8('x'));
    },
    says: 'the archive is complete',
  },
  'a directory left inside of a file': {
    tell: (writer) => {
      writer.enterDirectory(bytes());
      writer.beginRegular(utf8('a'), { executable: false, size: 0 });
      writer.leaveDirectory();
    },
    says: 'a regular file is open',
  },
  'an entry inside of a file': {
    tell: (writer) => {
      writer.enterDirectory(bytes());
      writer.beginRegular(utf8('a'), { executable: false, size: 0 });
      writer.symlink(utf8('b'), utf8('x'));
    },
    says: 'a regular file is open',
  },
  'too many directories': {
    tell: (writer) => {
      for (let depth = 0; depth <= 64; depth++) writer.enterDirectory(utf8('d'));
    },
    says: '64 directories around a node',
  },
};

test.each(Object.entries(misuse))('%s throws', (_, { tell, says }) => {
  expect(() => tell(new NarWriter(() => {}))).toThrow(says);
});

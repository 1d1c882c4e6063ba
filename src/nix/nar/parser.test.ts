import { expect, test } from 'vitest';
import { NarFormatError } from '../errors';
import { NarParser, parseWholeNar } from './parser';
import {
  bytes,
  dir,
  exe,
  file,
  join,
  link,
  Notes,
  nar,
  nested,
  pushPoisoned,
  str,
  strs,
  thrownBy,
  u64,
} from './testing';

const valid = {
  'an empty file': nar(file()),
  'a file': nar(file('hello\n')),
  'a file without padding': nar(file('12345678')),
  'an executable': nar(exe('#!/bin/sh\n')),
  'an empty executable': nar(exe()),
  'a symlink': nar(link('/nix/store')),
  'an empty directory': nar(dir()),
  'a tree': nar(
    dir({
      bin: dir({ hello: exe('ELF!'), hi: link('hello') }),
      empty: dir(),
      share: dir({ doc: dir({ README: file('read me'), 'README.md': file('12345678') }) }),
      zero: file(),
    }),
  ),
  'names out of the ordinary': nar(
    dir([
      ['\n', file()],
      [' ', file()],
      ['-', file()],
      ['...', file()],
      ['10', file()],
      ['9', file()],
      ['A', file()],
      ['a', file()],
      ['a b', file()],
      ['a?b#c%', file()],
      ['é', link('\\')],
      [bytes(0xf0, 0x9f), file()],
      [bytes(0xff), link(bytes(0xff, 0xfe))],
    ]),
  ),
  'the longest name and target': nar(dir({ ['n'.repeat(255)]: link('t'.repeat(4095)) })),
  'names that repeat in other directories': nar(
    dir({ a: dir({ a: dir({ a: file() }), b: file() }), b: dir({ a: file() }) }),
  ),
  'the deepest node': nar(nested(63, file('deep'))),
};

function notesOf(whole: Uint8Array, chunkSizes: readonly number[] = []): string[] {
  const notes = new Notes();
  const parser = new NarParser(notes);
  pushPoisoned(parser, whole, chunkSizes);
  parser.finish();
  expect(parser.narOffset).toBe(whole.length);
  return notes.lines;
}

test('a visitor is told of everything, in order', () => {
  expect(notesOf(valid['a tree'])).toEqual([
    'directory ',
    'directory bin',
    'executable hello 4 @400',
    'ELF!',
    'end',
    'symlink hi -> hello',
    'leave',
    'directory empty',
    'leave',
    'directory share',
    'directory doc',
    'regular README 7 @1256',
    'read me',
    'end',
    'regular README.md 8 @1456',
    '12345678',
    'end',
    'leave',
    'leave',
    'regular zero 0 @1712',
    '',
    'end',
    'leave',
  ]);
});

test('the root has no name', () => {
  expect(notesOf(nar(exe('x')))).toEqual(['executable  1 @128', 'x', 'end']);
});

test.each(Object.entries(valid))('%s reads the same wherever it is cut', (_, whole) => {
  const expected = notesOf(whole).join('\n');
  for (let cut = 1; cut < whole.length; cut++) expect(notesOf(whole, [cut]).join('\n')).toBe(expected);
  for (const size of [1, 2, 3, 7, 8, 9, 64]) {
    expect(notesOf(whole, new Array(Math.ceil(whole.length / size)).fill(size)).join('\n')).toBe(expected);
  }
});

test.each(Object.entries(valid))('%s is truncated wherever it ends early', (_, whole) => {
  const parser = new NarParser(new Notes());
  for (let end = 0; end < whole.length; end++) {
    expect(parser.done).toBe(false);
    expect(thrownBy(NarFormatError, () => parser.finish())).toMatchObject({
      reason: 'truncated',
      narOffset: end,
    });
    expect(parser.push(whole.subarray(end, end + 1))).toBe(1);
  }
  expect(parser.done).toBe(true);
  parser.finish();
});

test('a truncated archive says what should have come', () => {
  const parser = new NarParser(new Notes());
  parser.push(nar(dir({ bin: dir({ hello: exe('0123456789') }) })).subarray(0, -(6 + 6 + 5 * 16)));
  const error = thrownBy(NarFormatError, () => parser.finish());
  expect(new TextDecoder().decode(error.narPath)).toBe('bin/hello');
  expect(error).toMatchObject({ expected: '6 more bytes of contents', found: 'the end' });
});

test('push takes the archive and leaves what follows it', () => {
  const whole = nar(dir({ a: file('x') }));
  const parser = new NarParser(new Notes());
  expect(parser.push(whole.subarray(0, 50))).toBe(50);
  expect(parser.push(join(whole.subarray(50), 'more'))).toBe(whole.length - 50);
  expect(parser.done).toBe(true);
  expect(parser.push(bytes(1, 2, 3))).toBe(0);
  expect(parser.narOffset).toBe(whole.length);
  parser.finish();
});

test('a NAR that stands alone has nothing after its end', () => {
  const whole = nar(file('x'));
  const error = thrownBy(NarFormatError, () => parseWholeNar(join(whole, bytes(0)), new Notes()));
  expect(error).toMatchObject({ reason: 'trailing-bytes', narOffset: whole.length });
});

test('contents are handed out as they came, without a copy', () => {
  const whole = nar(file(new Uint8Array(100_000)));
  const buffers = new Set<ArrayBufferLike>();
  const visitor = new Notes();
  visitor.contents = (chunk) => buffers.add(chunk.buffer);
  parseWholeNar(whole, visitor);
  expect(buffers).toEqual(new Set([whole.buffer]));
});

test('a length that is only claimed allocates and ends nothing', () => {
  const notes = new Notes();
  const parser = new NarParser(notes);
  parser.push(
    join(str('nix-archive-1'), strs('(', 'type', 'regular', 'contents'), u64(Number.MAX_SAFE_INTEGER), 'abc'),
  );
  expect(notes.lines).toEqual(['regular  9007199254740991 @96', 'abc']);
  expect(thrownBy(NarFormatError, () => parser.finish()).expected).toBe(
    '9007199254740988 more bytes of contents',
  );
});

test('what a visitor throws comes out of push', () => {
  const visitor = new Notes();
  visitor.symlink = () => {
    throw new RangeError('enough');
  };
  expect(() => parseWholeNar(valid['a symlink'], visitor)).toThrow(new RangeError('enough'));
});

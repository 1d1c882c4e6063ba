import { expect, test } from 'vitest';
import { NarFormatError } from '../errors';
import { NarParser } from './parser';
import {
  bytes,
  dir,
  entry,
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

const magic = str('nix-archive-1');
const regular = strs('(', 'type', 'regular');

/** An archive with one thing wrong; where that is, counted in bytes; and what the failure says. */
interface Broken {
  readonly whole: Uint8Array;
  readonly reason: string;
  readonly at: Uint8Array;
  readonly path?: string;
  readonly expected: string | RegExp;
  readonly found: string;
}

const LENGTH = bytes(0, 0, 0, 0, 0, 0, 0, 0);

const broken: Record<string, Broken> = {
  'another magic string': {
    whole: join(str('nix-archive-2'), file()),
    reason: 'bad-magic',
    at: LENGTH,
    expected: '"nix-archive-1"',
    found: '"nix-archive-2"',
  },
  'something else altogether': {
    whole: join('<!doctype html><title>Sign in</title>'),
    reason: 'bad-magic',
    at: bytes(),
    expected: '"nix-archive-1"',
    found: 'a length of 8104636974849335612',
  },
  'an unknown type': {
    whole: nar(strs('(', 'type', 'socket', ')')),
    reason: 'unexpected-token',
    at: join(magic, strs('(', 'type'), LENGTH),
    expected: '"regular" or "directory" or "symlink"',
    found: '"socket"',
  },
  'no type': {
    whole: nar(strs('(', ')')),
    reason: 'unexpected-token',
    at: join(magic, strs('('), LENGTH),
    expected: '"type"',
    found: '")"',
  },
  'a file without contents': {
    whole: nar(join(regular, str(')'))),
    reason: 'unexpected-token',
    at: join(magic, regular, LENGTH),
    expected: '"executable" or "contents"',
    found: '")"',
  },
  'an executable without contents': {
    whole: nar(join(regular, strs('executable', '', ')'))),
    reason: 'unexpected-token',
    at: join(magic, regular, strs('executable', ''), LENGTH),
    expected: '"contents"',
    found: '")"',
  },
  'an executable marker with a value': {
    whole: nar(join(regular, strs('executable', 'yes', 'contents', '', ')'))),
    reason: 'unexpected-token',
    at: join(magic, regular, str('executable'), LENGTH),
    expected: '""',
    found: '"yes"',
  },
  'contents before executable': {
    whole: nar(join(regular, strs('contents', '', 'executable', '', ')'))),
    reason: 'unexpected-token',
    at: join(magic, regular, strs('contents', ''), LENGTH),
    expected: '")"',
    found: '"executable"',
  },
  'a field twice': {
    whole: nar(strs('(', 'type', 'symlink', 'target', 'a', 'target', 'b', ')')),
    reason: 'unexpected-token',
    at: join(magic, strs('(', 'type', 'symlink', 'target', 'a'), LENGTH),
    expected: '")"',
    found: '"target"',
  },
  'an empty token': {
    whole: nar(strs('(', 'type', 'directory', '', ')')),
    reason: 'unexpected-token',
    at: join(magic, strs('(', 'type', 'directory'), LENGTH),
    expected: '"entry" or ")"',
    found: '""',
  },
  'an entry without a name': {
    whole: nar(strs('(', 'type', 'directory', 'entry', '(', 'node', '(', 'type')),
    reason: 'unexpected-token',
    at: join(magic, strs('(', 'type', 'directory', 'entry', '('), LENGTH),
    expected: '"name"',
    found: '"node"',
  },
  'an entry without a node': {
    whole: nar(strs('(', 'type', 'directory', 'entry', '(', 'name', 'a', ')')),
    reason: 'unexpected-token',
    at: join(magic, strs('(', 'type', 'directory', 'entry', '(', 'name', 'a'), LENGTH),
    path: 'a',
    expected: '"node"',
    found: '")"',
  },
  'a token that is too long': {
    whole: nar(strs('(', 'type', 'r'.repeat(33), ')')),
    reason: 'too-long',
    at: join(magic, strs('(', 'type')),
    expected: '"regular" or "directory" or "symlink"',
    found: 'a length of 33',
  },
  'a name that is too long': {
    whole: nar(dir({ ['n'.repeat(256)]: file() })),
    reason: 'too-long',
    at: join(magic, strs('(', 'type', 'directory', 'entry', '(', 'name')),
    expected: /^a name of 1 to 255 bytes/,
    found: 'a length of 256',
  },
  'a target that is too long': {
    whole: nar(link('t'.repeat(4096))),
    reason: 'too-long',
    at: join(magic, strs('(', 'type', 'symlink', 'target')),
    expected: /^a target of 1 to 4095 bytes/,
    found: 'a length of 4096',
  },
  'contents of 2^53 bytes': {
    whole: join(magic, regular, str('contents'), u64(2n ** 53n)),
    reason: 'too-long',
    at: join(magic, regular, str('contents')),
    expected: 'the length of contents, below 2^53',
    found: 'a length of 9007199254740992',
  },
  'contents of 2^64 - 1 bytes': {
    whole: join(magic, regular, str('contents'), u64(2n ** 64n - 1n)),
    reason: 'too-long',
    at: join(magic, regular, str('contents')),
    expected: 'the length of contents, below 2^53',
    found: 'a length of 18446744073709551615',
  },
  'padding of a token': {
    whole: nar(join(str('(', 1), strs('type', 'regular', 'contents', '', ')'))),
    reason: 'bad-padding',
    at: join(magic, LENGTH, '('),
    expected: 'a zero byte of padding',
    found: 'the byte 1',
  },
  'padding of a name': {
    whole: nar(join(strs('(', 'type', 'directory', 'entry', '(', 'name'), str('abc', 0x20), str('node'))),
    reason: 'bad-padding',
    at: join(magic, strs('(', 'type', 'directory', 'entry', '(', 'name'), LENGTH, 'abc'),
    expected: 'a zero byte of padding',
    found: 'the byte 32',
  },
  'the last byte of the padding of contents': {
    whole: nar(join(regular, str('contents'), u64(5), 'hello', bytes(0, 0, 255), str(')'))),
    reason: 'bad-padding',
    at: join(magic, regular, str('contents'), LENGTH, 'hello', bytes(0, 0)),
    expected: 'a zero byte of padding',
    found: 'the byte 255',
  },
  'an empty name': badName('', 'an empty name'),
  'the name .': badName('.', 'the name "."'),
  'the name ..': badName('..', 'the name ".."'),
  'a name with a slash': badName('a/b', 'a name with "/"'),
  'a name with a zero byte': badName('a\0', 'a name with a zero byte'),
  'an empty target': badTarget('', 'an empty target'),
  'a target with a zero byte': badTarget('a\0b', 'a target with a zero byte'),
  'a name twice': unsorted('a', 'a'),
  'names that are not sorted': unsorted('b', 'a'),
  'a name before one that continues it': unsorted('ab', 'a'),
  'names sorted by UTF-16 units, not bytes': unsorted('😀', 'Ａ'),
  'names sorted as signed bytes': unsorted('é', 'z'),
  'too many directories': {
    whole: nar(nested(64, file())),
    reason: 'too-deep',
    at: join(
      magic,
      ...new Array(64).fill(strs('(', 'type', 'directory', 'entry', '(', 'name', 'd', 'node')),
    ).subarray(0, -str('node').length - 8),
    path: new Array(64).fill('d').join('/'),
    expected: 'less than 64 directories around a node',
    found: '64 of them',
  },
};

function badName(name: string, found: string): Broken {
  const at = join(
    magic,
    strs('(', 'type', 'directory'),
    entry('a', dir()),
    strs('entry', '(', 'name'),
    LENGTH,
  );
  const whole = nar(
    dir([
      ['a', dir()],
      [name, file()],
    ]),
  );
  return { whole, reason: 'bad-name', at, expected: /^a name of/, found };
}

function badTarget(target: string, found: string): Broken {
  const at = join(
    magic,
    strs('(', 'type', 'directory', 'entry', '(', 'name', 'ln', 'node', '(', 'type', 'symlink', 'target'),
    LENGTH,
  );
  return {
    whole: nar(dir({ ln: link(target) })),
    reason: 'bad-target',
    at,
    path: 'ln',
    expected: /^a target of/,
    found,
  };
}

function unsorted(first: string, second: string): Broken {
  const before = strs('(', 'type', 'directory', 'entry', '(', 'name', 'd', 'node', '(', 'type', 'directory');
  return {
    whole: nar(
      dir({
        d: dir([
          [first, dir({ z: file() })],
          [second, file()],
        ]),
      }),
    ),
    reason: 'unsorted',
    at: join(magic, before, entry(first, dir({ z: file() })), strs('entry', '(', 'name'), LENGTH),
    path: 'd',
    expected: `a name after "${first}"`,
    found: `"${second}"`,
  };
}

test.each(Object.entries(broken))(
  '%s is refused, whole and byte by byte',
  (_, { whole, path = '', at, ...facts }) => {
    for (const chunkSizes of [[], new Array(whole.length).fill(1)]) {
      const parser = new NarParser(new Notes());
      const error = thrownBy(NarFormatError, () => pushPoisoned(parser, whole, chunkSizes));
      expect(error.reason).toBe(facts.reason);
      expect(error.narOffset).toBe(at.length);
      expect(new TextDecoder().decode(error.narPath)).toBe(path);
      expect(error.expected).toMatch(facts.expected);
      expect(error.found).toBe(facts.found);
    }
  },
);

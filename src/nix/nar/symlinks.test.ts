import { expect, test } from 'vitest';
import type { StorePath } from '../store-path';
import { locate, narPathOf } from './listing';
import { type Followed, followNarPath, followSymlink } from './symlinks';
import { dir, file, link, listingOf, nar } from './testing';

const utf8 = (text: string) => new TextEncoder().encode(text);
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

const own: StorePath = { hashPart: 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w', name: 'own-1.0' };
const other = '00bgd045z0d4icpbc2yyz4gx48ak44la-other-2.0';
const OWN = `/nix/store/${own.hashPart}-${own.name}`;
const OTHER = `/nix/store/${other}`;

/**
 * The archive that all links of this test stand in: `lib64` → `lib`, and the link itself at
 * `share/doc/link`.
 */
function archive(target: string) {
  const links = { link: link(target), next: link('link'), loop: link('pool'), pool: link('loop') };
  return listingOf(
    nar(
      dir({
        bin: dir({ hello: file('x') }),
        lib: dir({ 'libc.so': link('libc.so.6'), 'libc.so.6': file('x') }),
        lib64: link('lib'),
        long: link('share/doc/../doc/next'),
        share: dir({ doc: dir(links) }),
        up: link('..'),
      }),
    ),
  );
}

function leadsTo(target: string, path = 'share/doc/link'): string {
  const listing = archive(target);
  return inWords(followSymlink(listing, locate(listing, utf8(path)) ?? -1, own), listing);
}

function inWords(followed: Followed, listing: ReturnType<typeof archive>): string {
  switch (followed.kind) {
    case 'row':
      return `row ${text(narPathOf(listing, followed.row))}`;
    case 'store-path':
      return `${followed.storePath.hashPart}-${followed.storePath.name} : ${text(followed.narPath)}`;
    case 'outside':
      return `outside ${text(followed.target)}`;
    default:
      return followed.kind;
  }
}

test.each([
  ['next to it', 'next', 'loop'],
  ['itself', 'link', 'loop'],
  ['in a circle', 'loop', 'loop'],
  ['its own directory', '.', 'row share/doc'],
  ['above', '..', 'row share'],
  ['the root', '../..', 'row '],
  ['a file elsewhere', '../../bin/hello', 'row bin/hello'],
  ['with dots and slashes in between', './/../doc/./../..///bin/', 'row bin'],
  ['through a symlink to a directory', '../../lib64/libc.so.6', 'row lib/libc.so.6'],
  ['a symlink to a symlink', '../../lib64/libc.so', 'row lib/libc.so.6'],
  ['above a symlink to a directory, which is where that leads', '../../lib64/../bin', 'row bin'],
  ['nothing', 'nothing', 'missing'],
  ['nothing in a directory', '../../bin/nothing', 'missing'],
  ['below a file', '../../bin/hello/x', 'missing'],
  ['above a file', '../../bin/hello/..', 'missing'],
  ['the store', '../../..', 'outside /nix/store'],
  ['through a symlink to the store', '../../up', 'outside /nix/store'],
  ['another store path, climbing', `../../../${other}`, `${other} : `],
  ['into another store path, climbing', `../../../${other}/lib/x`, `${other} : lib/x`],
  ['into another store path', `${OTHER}/lib/x`, `${other} : lib/x`],
  ['into another store path, with dots', `${OTHER}/./lib/../bin//x`, `${other} : bin/x`],
  ['through another store path to itself', `${OTHER}/../${own.hashPart}-${own.name}/bin`, 'row bin'],
  ['the archive itself, climbing', `../../../${own.hashPart}-${own.name}/bin/hello`, 'row bin/hello'],
  ['the archive itself', OWN, 'row '],
  ['into the archive itself', `${OWN}/lib64/libc.so`, 'row lib/libc.so.6'],
  ['what the archive lacks', `${OWN}/nothing`, 'missing'],
  ['itself, absolutely', `${OWN}/share/doc/link`, 'loop'],
  ['an absolute path', '/bin/sh', 'outside /bin/sh'],
  ['an absolute path, climbing', '../../../../../bin/../etc/passwd', 'outside /etc/passwd'],
  ['above everything', '/../../..', 'outside /'],
  ['something in the store that is no store path', '/nix/store/.links/x', 'outside /nix/store/.links/x'],
  ['a store of another place', `/gnu/store/${other}`, `outside /gnu/store/${other}`],
])('a symlink to %s', (_, target, expected) => {
  expect(leadsTo(target)).toBe(expected);
});

test('without the own store path, a way back by name is a store path like any other', () => {
  const listing = archive(`${OWN}/bin/../lib`);
  const followed = followSymlink(listing, locate(listing, utf8('share/doc/link')) ?? -1);
  expect(followed).toEqual({ kind: 'store-path', storePath: own, narPath: utf8('lib') });
});

test('symlinks on the way are followed from where they stand', () => {
  expect(leadsTo('../../bin/hello', 'long')).toBe('row bin/hello');
});

test('what is no symlink leads to itself', () => {
  expect(leadsTo('x', 'bin/hello')).toBe('row bin/hello');
  expect(leadsTo('x', 'bin')).toBe('row bin');
});

test('a symlink as the root stands in the store', () => {
  const root = (target: string) => {
    const listing = listingOf(nar(link(target)));
    return inWords(followSymlink(listing, 0, own), listing);
  };
  expect(root(other)).toBe(`${other} : `);
  expect(root(`${other}/bin/x`)).toBe(`${other} : bin/x`);
  expect(root('.')).toBe('outside /nix/store');
  expect(root(`${own.hashPart}-${own.name}`)).toBe('loop');
});

test('a path is followed through every symlink, the last one too', () => {
  const listing = archive('../../bin');
  const to = (path: string) => inWords(followNarPath(listing, utf8(path), own), listing);
  expect(to('')).toBe('row ');
  expect(to('bin/hello')).toBe('row bin/hello');
  expect(to('lib64/libc.so')).toBe('row lib/libc.so.6');
  expect(to('share/doc/link/hello')).toBe('row bin/hello');
  expect(to('share/doc/nothing')).toBe('missing');
  expect(to('share/doc/loop/x')).toBe('loop');
  expect(to(`up/${other}/x`)).toBe(`${other} : x`);
});

test('as many symlinks as Linux follows, and no more', () => {
  const chain = (links: number) => {
    const names = Array.from(
      { length: links },
      (_, i) => [`l${String(i).padStart(2, '0')}`, link(`l${String(i + 1).padStart(2, '0')}`)] as const,
    );
    const listing = listingOf(nar(dir([...names, [`l${String(links).padStart(2, '0')}`, file()]])));
    return followSymlink(listing, 1);
  };
  expect(chain(40)).toEqual({ kind: 'row', row: 41 });
  expect(chain(41)).toEqual({ kind: 'loop' });
});

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { ArchiveOrigin } from '../../../archive/service';
import { parseNarInfo } from '../../../nix/narinfo';
import { quoteForShell, quoteName, quoteText } from '../../shared/shell';
import { type CommandSubject, chmodLine, commandLines } from './command-lines';

const utf8 = (text: string) => new TextEncoder().encode(text);
const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const NARINFO = `StorePath: /nix/store/${HASH}-nix-2.13.5
URL: nar/1.nar.xz
Compression: xz
NarHash: sha256:${'0'.repeat(52)}
NarSize: 17403448
References: 
`;

const cache: ArchiveOrigin = {
  kind: 'cache',
  cacheUrl: 'https://cache.nixos.org',
  narInfo: parseNarInfo(NARINFO),
  narInfoText: NARINFO,
  narUrl: 'https://cache.nixos.org/nar/1.nar.xz',
};
const subject: CommandSubject = {
  origin: cache,
  compression: 'xz',
  decodeCommand: 'xz -dc',
  storePath: { hashPart: HASH, name: 'nix-2.13.5' },
  node: { kind: 'regular', row: 2, name: utf8('nix'), executable: true, size: 17402816, narOffset: 592 },
  narPath: utf8('bin/nix'),
  fileName: 'nix',
};

test('a program of a cache, without and with Nix', () => {
  expect(commandLines(subject)).toEqual([
    {
      needs: 'curl',
      command:
        'curl -sL https://cache.nixos.org/nar/1.nar.xz | xz -dc | tail -c +593 | head -c 17402816 > nix && chmod +x nix',
    },
    {
      needs: 'Nix',
      command: `nix store cat --store https://cache.nixos.org /nix/store/${HASH}-nix-2.13.5/bin/nix > nix && chmod +x nix`,
    },
  ]);
});

test('what is no program gets no x-bit, what is not compressed no decoder', () => {
  const node = { ...subject.node, executable: false };
  expect(commandLines({ ...subject, node, compression: 'none', decodeCommand: undefined })[0]?.command).toBe(
    'curl -sL https://cache.nixos.org/nar/1.nar.xz | tail -c +593 | head -c 17402816 > nix',
  );
});

test('a local file is read from where it lies', () => {
  const origin: ArchiveOrigin = { kind: 'file', fileName: '-my nar.xz', fileSize: 9 };
  const lines = commandLines({ ...subject, origin, storePath: undefined });
  expect(lines).toEqual([
    {
      needs: 'a shell',
      command: "xz -dc < './-my nar.xz' | tail -c +593 | head -c 17402816 > nix && chmod +x nix",
    },
  ]);
});

test('a directory is listed, the path itself can be had whole', () => {
  const directory = { kind: 'directory', row: 1, name: utf8('bin'), size: 3 } as const;
  const root = { ...subject, node: { ...directory, row: 0 }, narPath: utf8(''), fileName: 'nix-2.13.5' };
  const list = `nix store ls --store https://cache.nixos.org -lR /nix/store/${HASH}-nix-2.13.5`;
  expect(commandLines({ ...subject, node: directory, narPath: utf8('bin') })).toEqual([
    { needs: 'Nix', command: `${list}/bin` },
  ]);
  expect(commandLines(root).map(({ command }) => command)).toEqual([
    'curl -sL https://cache.nixos.org/nar/1.nar.xz | xz -dc > nix-2.13.5.nar',
    list,
  ]);
});

test('out of an export stream, or with a codec nobody knows, there is no command line that is true', () => {
  const origin = {
    kind: 'exported',
    fileName: 'x',
    storePath: { hashPart: 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w', name: 'y' },
    references: [],
    deriver: undefined,
  } as const;
  expect(commandLines({ ...subject, origin })).toEqual([]);
  expect(
    commandLines({ ...subject, compression: 'x', decodeCommand: undefined }).map(({ needs }) => needs),
  ).toEqual(['Nix']);
});

test.each([
  ['nix', 'nix'],
  ['a b', "'a b'"],
  ["it's", "'it'\\''s'"],
  ['$(rm -rf ~)', "'$(rm -rf ~)'"],
  ['=ls', "'=ls'"],
  ['~', "'~'"],
  ['grüße', "'grüße'"],
  ['a\nb', "$'a\\x0ab'"],
  ['\u202egpj.exe', "$'\\xe2\\x80\\xaegpj.exe'"],
  ['', "''"],
])('%j is quoted as %s', (text, quoted) => {
  expect(quoteText(text)).toBe(quoted);
});

test('names that begin with a dash are no options', () => {
  expect(quoteName('-rf')).toBe('./-rf');
  expect(chmodLine('- x')).toBe("chmod +x './- x'");
});

test('bash reads every quoted word as the bytes it was made of', () => {
  const all = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
  const words = [all, utf8(`a'b"c\\d`), utf8('x\ty\u200b'), Uint8Array.of(0xff, 0x27, 0x41), utf8(' lead')];
  for (const word of words) {
    const output = execFileSync('bash', ['-c', `printf %s ${quoteForShell(word)}`]);
    expect(new Uint8Array(output)).toEqual(word);
  }
});

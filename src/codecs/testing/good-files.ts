import type { CodecName } from '../codec';
import {
  ascii,
  type Bytes,
  concat,
  instructions,
  noise,
  runs,
  type Shell,
  withEveryGzipField,
  words,
} from './language';

/** Files that every decoder must give back as they were: the half of the table that holds nothing wrong. */

export interface GoodFile {
  readonly codec: CodecName;
  readonly name: string;
  readonly compressed: Bytes;
  readonly plain: Bytes;
}

const NONE = new Uint8Array(0);
const ONE = ascii('x');
const TEXT = words(210_000);
const MORE = words(60_000, 2);
const NOISE = noise(80_000);
const ZEROS = new Uint8Array(2_000_000);
const PROGRAM = instructions([0xe8, 0xe9], 1);
const ARM_PROGRAM = instructions([0x94, 0x97, 0x90, 0xb0, 0xd0], 4);

export function goodFiles(sh: Shell): GoodFile[] {
  const files: GoodFile[] = [];
  function add(codec: CodecName, rows: Readonly<Record<string, readonly [Bytes, Bytes]>>): void {
    for (const [name, [compressed, plain]] of Object.entries(rows))
      files.push({ codec, name, compressed, plain });
  }
  /** A file made by a command. */
  const by = (command: string, plain: Bytes = TEXT): [Bytes, Bytes] => [sh(command, plain), plain];
  /** Several files, one behind the other. */
  const then = (...parts: [Bytes, Bytes][]): [Bytes, Bytes] => [
    concat(...parts.map(([compressed]) => compressed)),
    concat(...parts.map(([, plain]) => plain)),
  ];
  /** Bytes of the container that stand for none of the content. */
  const filler = (...bytes: number[]): [Bytes, Bytes] => [Uint8Array.from(bytes), NONE];

  add('none', { text: [TEXT, TEXT], nothing: [NONE, NONE] });

  add('xz', {
    'as Nix writes it': by('xz -6 -T1'),
    'check CRC32': by('xz --check=crc32'),
    'check SHA-256': by('xz --check=sha256'),
    'check none': by('xz --check=none'),
    'x86 filter': by('xz --x86 --lzma2', PROGRAM),
    'x86 filter, other start': by('xz --x86=start=4096 --lzma2', PROGRAM),
    'ARM64 filter': by('xz --arm64 --lzma2', ARM_PROGRAM),
    'Delta filter': by('xz --delta=dist=4 --lzma2'),
    'Delta filter of all distances': by('xz --delta=dist=256 --delta=dist=1 --delta=dist=7 --lzma2'),
    'two filters': by('xz --delta --x86 --lzma2', PROGRAM),
    'two filters, nothing in them': by('xz --delta --x86 --lzma2', NONE),
    'fastest, small dictionary': by('xz -0'),
    '64 MiB dictionary': by('xz -9e'),
    'other literal coding': by('xz --lzma2=preset=6,lc=0,lp=2,pb=0'),
    blocks: by('xz -T1 --block-size=40000'),
    'blocks with their sizes': by('xz -T2 --block-size=70000'),
    'streams behind each other': then(by('xz'), by('xz --check=crc32', MORE), by('xz --check=none')),
    'padding at the end': then(by('xz'), filler(0, 0, 0, 0)),
    'padding between streams': then(by('xz'), filler(0, 0, 0, 0, 0, 0, 0, 0), by('xz', MORE)),
    'an empty stream before another': then(by('xz', NONE), by('xz')),
    noise: by('xz', NOISE),
    zeros: by('xz', ZEROS),
    nothing: by('xz', NONE),
    'one byte': by('xz', ONE),
  });

  const skippable = filler(0x5a, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5);
  add('zstd', {
    'as Nix writes it': by('zstd -3'),
    'level 19': by('zstd -19'),
    fastest: by('zstd --fast=5'),
    'size in the header': by(`zstd --stream-size=${TEXT.length}`),
    'no checksum': by('zstd --no-check'),
    'window of 128 MiB': by('zstd --long=27'),
    frames: then(
      by('zstd'),
      by('zstd -19', MORE),
      by('zstd --no-check'),
      by(`zstd --stream-size=${MORE.length}`, MORE),
    ),
    'skippable frames around': then(skippable, by('zstd'), skippable, skippable, by('zstd', MORE), skippable),
    'only a skippable frame': skippable,
    'an empty frame before another': then(by('zstd', NONE), by('zstd')),
    noise: by('zstd', NOISE),
    zeros: by('zstd', ZEROS),
    nothing: by('zstd', NONE),
    'one byte': by('zstd', ONE),
  });

  add('bzip2', {
    'one block': by('bzip2 -9'),
    blocks: by('bzip2 -1'),
    streams: then(by('bzip2 -9'), by('bzip2 -1', MORE), by('bzip2 -5')),
    'an empty stream before another': then(by('bzip2', NONE), by('bzip2')),
    noise: by('bzip2', NOISE),
    zeros: by('bzip2', ZEROS),
    runs: by('bzip2', runs()),
    'all bytes': by(
      'bzip2',
      Uint8Array.from({ length: 256 }, (_, byte) => byte),
    ),
    nothing: by('bzip2', NONE),
    'one byte': by('bzip2', ONE),
  });

  const withName = 'cat > "$TMP/name"; gzip -c -N -6 "$TMP/name"';
  add('gzip', {
    usual: by('gzip -6'),
    best: by('gzip -9'),
    fastest: by('gzip -1'),
    'name in the header': by(`TMP=$(mktemp -d); ${withName}; rm -r "$TMP"`),
    'every header field': [withEveryGzipField(sh('gzip -6', TEXT)), TEXT],
    members: then(by('gzip -6'), by('gzip -1', MORE), by('gzip -9')),
    'padding at the end': then(by('gzip'), filler(0, 0, 0)),
    'an empty member before another': then(by('gzip', NONE), by('gzip')),
    noise: by('gzip', NOISE),
    zeros: by('gzip', ZEROS),
    nothing: by('gzip', NONE),
    'one byte': by('gzip', ONE),
  });

  add('br', {
    'quality 6': by('brotli -q 6'),
    'quality 11': by('brotli -q 11', MORE),
    'quality 1': by('brotli -q 1'),
    'smallest window': by('brotli -q 9 -w 10'),
    'largest window': by('brotli -q 9 -w 24'),
    noise: by('brotli -q 9', NOISE),
    zeros: by('brotli -q 9', ZEROS),
    nothing: by('brotli', NONE),
    'one byte': by('brotli', ONE),
  });
  return files;
}

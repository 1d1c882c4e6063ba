import type { Codec, CodecName } from './codec';
import { CodecError } from './errors';
import { couldBeZstdFrame } from './zstd-frame';

/** Every `Compression` value that can be read. A decoder's package is loaded with its file, and that with `load`. */
export const codecs: Readonly<Record<CodecName, Codec>> = {
  none: {
    name: 'none',
    recognises: (head) =>
      isNar(head) || (startsWith(head, [1, 0, 0, 0, 0, 0, 0, 0]) && isNar(head.subarray(8))),
    command: undefined,
    load: loader('none', async () => (await import('./none')).load()),
  },
  xz: {
    name: 'xz',
    recognises: (head) => startsWith(head, [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]),
    command: 'xz -dc',
    load: loader('xz', async () => (await import('./xz/xz')).load()),
    loadParts: loader('xz', async () => (await import('./xz/parts')).loadParts()),
    loadBlocks: loader('xz', async () => (await import('./xz/parts')).loadBlocks()),
  },
  zstd: {
    name: 'zstd',
    recognises: (head) => head.length >= 4 && couldBeZstdFrame(head),
    command: 'zstd -dc',
    load: loader('zstd', async () => (await import('./zstd')).load()),
    loadParts: loader('zstd', async () => (await import('./zstd-parts')).loadParts()),
  },
  bzip2: {
    name: 'bzip2',
    recognises: (head) =>
      startsWith(head, [...text('BZh')]) && /[1-9]/.test(String.fromCharCode(head[3] ?? 0)),
    command: 'bzip2 -dc',
    load: loader('bzip2', async () => (await import('./bzip2')).load()),
  },
  gzip: {
    name: 'gzip',
    recognises: (head) => startsWith(head, [0x1f, 0x8b]),
    command: 'gzip -dc',
    load: loader('gzip', async () => (await import('./gzip')).load()),
  },
  br: {
    name: 'br',
    recognises: () => false,
    command: 'brotli -dc',
    load: loader('br', async () => (await import('./brotli')).load()),
  },
};

/** What finds the blocks of a file of that narinfo's `Compression`; undefined where there is no index to find them by. */
export function findBlocksFor(compression: string): Codec['loadBlocks'] {
  return Object.values(codecs).find(({ name }) => name === compression)?.loadBlocks;
}

/**
 * The rest of what Nix writes as `Compression` (src/libutil/include/nix/util/compression-algo.hh), with the command that
 * decodes standard input to standard output. libarchive, which Nix reads them with, runs the same for grzip and lrzip.
 */
const UNSUPPORTED: Readonly<
  Record<string, { readonly command: string; readonly magic?: readonly number[] }>
> = {
  compress: { command: 'gzip -dc', magic: [0x1f, 0x9d] },
  grzip: { command: 'grzip -d' },
  lrzip: { command: 'lrzip -d -q', magic: [...text('LRZI')] },
  lz4: { command: 'lz4 -dc', magic: [0x04, 0x22, 0x4d, 0x18] },
  lzip: { command: 'lzip -dc', magic: [...text('LZIP')] },
  // No magic of its own: the usual properties, and a dictionary of whole 64 KiB.
  lzma: { command: 'xz --format=lzma -dc', magic: [0x5d, 0, 0] },
  lzop: { command: 'lzop -dc', magic: [0x89, ...text('LZO'), 0] },
};

/** What the first bytes say (32 are enough), or undefined where they say nothing: brotli, or something else altogether. */
export function sniffCodec(head: Uint8Array): CodecName | undefined {
  return Object.values(codecs).find((codec) => codec.recognises(head))?.name;
}

/** What of Nix's list the first bytes are, where it cannot be read here. */
export function sniffUnsupported(head: Uint8Array): string | undefined {
  const found = Object.entries(UNSUPPORTED).find(([, { magic }]) => magic && startsWith(head, magic));
  return found?.[0];
}

/**
 * The shell command that decodes standard input to standard output; undefined for `none`, which needs none, and for
 * what is not on Nix's list.
 */
export function decodeCommand(compression: string): string | undefined {
  if (Object.hasOwn(UNSUPPORTED, compression)) return UNSUPPORTED[compression]?.command;
  return Object.values(codecs).find(({ name }) => name === compression)?.command;
}

/**
 * The codec of a narinfo's `Compression`. Throws a CodecError `unsupported`, whose detail is a command that works for
 * the rest of Nix's list, and undefined for what is not on it.
 */
export function codecForCompression(value: string): Codec {
  const codec = Object.values(codecs).find(({ name }) => name === value);
  if (codec) return codec;
  throw new CodecError({
    reason: 'unsupported',
    codec: value,
    compressedOffset: 0,
    detail: decodeCommand(value),
  });
}

function loader<T>(codec: CodecName, load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load().catch((cause: unknown) => {
      loaded = undefined;
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new CodecError({ reason: 'not-loaded', codec, compressedOffset: 0, detail, cause });
    });
    return loaded;
  };
}

/** `str("nix-archive-1")` of the NAR grammar: a length of eight bytes, little-endian, then the text. */
function isNar(head: Uint8Array): boolean {
  return startsWith(head, [13, 0, 0, 0, 0, 0, 0, 0, ...text('nix-archive-1')]);
}

function startsWith(head: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => head[index] === byte);
}

function text(ascii: string): Uint8Array {
  return new TextEncoder().encode(ascii);
}

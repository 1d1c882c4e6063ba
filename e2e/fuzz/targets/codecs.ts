import { spawnSync } from 'node:child_process';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { CodecName } from '../../../src/codecs/codec';
import { codecs } from '../../../src/codecs/registry';
import { ascii, concat, noise, runs, withEveryGzipField, words } from '../../../src/codecs/testing/language';
import { concatBytes } from '../../../src/nix/nar/wire';
import { compressedNars, nars, sh } from '../corpus';
import { chunksOf, mutate } from '../mutate';
import { type Input, type OpenTarget, type Target, Violation } from '../target';
import { madeFile } from './containers';

type Compressing = Exclude<CodecName, 'none'>;

/** Decoded bytes after which a reader here stops, as the app does at NarSize: a bomb is not read to its end. */
const ENOUGH = 1024 * 1024;

/** How the files are made that are mutated: small, and none that takes a large window. */
const COMMANDS: Readonly<Record<Compressing, readonly string[]>> = {
  xz: [
    'xz -0 --check=crc64',
    'xz -0 --check=crc32',
    'xz -0 --block-size=700',
    'xz --lzma2=preset=0,lc=0,lp=2,pb=0',
  ],
  zstd: ['zstd -3 --check', 'zstd -19 --check', 'zstd --fast=5 --check'],
  bzip2: ['bzip2 -1', 'bzip2 -9'],
  gzip: ['gzip -6', 'gzip -1', 'gzip -9'],
  br: ['brotli -q 6 -w 16', 'brotli -q 11 -w 16', 'brotli -q 1 -w 10'],
};

/** Without a checksum nothing but the reference can say what is right. One file each, for that takes a process. */
const UNCHECKED: Readonly<Partial<Record<Compressing, string>>> = {
  xz: 'xz -0 --check=none',
  zstd: 'zstd -3 --no-check',
};

interface File {
  readonly compressed: Uint8Array;
  readonly plain: Uint8Array;
}

function filesOf(codec: Compressing): File[] {
  const [smallest = words(100)] = nars();
  const plains = [
    words(600),
    concat(words(1200), noise(150)),
    smallest,
    runs().slice(0, 4000),
    new Uint8Array(3000),
    ascii('x'),
    ascii(''),
  ];
  const files: File[] = COMMANDS[codec].flatMap((command) =>
    plains.map((plain) => ({ compressed: sh(command, plain), plain })),
  );
  const [first] = files;
  if (codec === 'gzip' && first) files.push({ ...first, compressed: withEveryGzipField(first.compressed) });
  if (codec === 'xz' || codec === 'zstd') files.push(...compressedNars(codec === 'xz' ? 'xz' : 'zst'));
  const unchecked = UNCHECKED[codec];
  if (unchecked) files.push({ compressed: sh(unchecked, words(400)), plain: words(400) });
  return files;
}

/** What the format's own program, or Node's zlib, makes of a file; undefined when it refuses. */
function reference(codec: Compressing, compressed: Uint8Array): Uint8Array | undefined {
  try {
    if (codec === 'gzip') return gunzipSync(compressed);
    if (codec === 'br') return brotliDecompressSync(compressed);
  } catch {
    return undefined;
  }
  const { status, stdout } = spawnSync(codec, ['-dc'], { input: compressed, maxBuffer: 64 * ENOUGH });
  return status === 0 ? new Uint8Array(stdout) : undefined;
}

async function* streamOf(chunks: Iterable<Uint8Array<ArrayBuffer>>) {
  for (const chunk of chunks) {
    yield chunk;
    chunk.fill(0xff);
  }
}

/**
 * What a damaged file is decoded to without an error has to be what the whole file holds. A change may also have made
 * another good file, such as one stream less: then it has to be what the format's own program makes of it.
 */
function checkDecoded(codec: Compressing, { bytes, original }: Input, decoded: Uint8Array): string {
  if (original && Buffer.compare(decoded, original) === 0) return 'read, as before';
  const expected = reference(codec, bytes);
  // Brotli has no checksum, and the Rust decoder is laxer than the reference about lengths and padding: NarHash decides.
  if (expected === undefined && codec === 'br') return 'read, refused by the reference';
  if (expected === undefined)
    throw new Violation(`${codec} refuses what was decoded to ${decoded.length} bytes`);
  if (Buffer.compare(decoded, expected) !== 0) throw new Violation(`other bytes than ${codec} gives`);
  return 'read, as the reference';
}

function codecTarget(codec: Compressing): Target {
  return {
    name: codec,
    open: async () => {
      const decode = await codecs[codec].load();
      const files = filesOf(codec);
      const material = {
        others: files.map(({ compressed }) => compressed),
        pieces: [Uint8Array.of(0, 0, 0, 0)],
      };
      const generate: OpenTarget['generate'] = (random) => {
        const { compressed, plain } = random.pick(files);
        if (random.once(64)) return { bytes: compressed, original: plain, isIntact: true };
        const mutated = mutate(compressed, material, random);
        return madeFile(codec, { mutated, plain, random }) ?? { bytes: mutated, original: plain };
      };
      return {
        generate,
        run: async (input, random) => {
          const chunks: Uint8Array[] = [];
          let size = 0;
          for await (const chunk of decode(streamOf(chunksOf(input.bytes, random)))) {
            if (chunk.length > ENOUGH) throw new Violation(`a chunk of ${chunk.length} bytes`);
            size += chunk.length;
            if (size > ENOUGH) return 'more than enough';
            chunks.push(chunk.slice());
          }
          return checkDecoded(codec, input, concatBytes(chunks));
        },
      };
    },
  };
}

// The keys of a record that is written out.
export const codecTargets = (Object.keys(COMMANDS) as Compressing[]).map(codecTarget);

import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createArchiveService } from './archive/create-service';
import { archiveOf, fileOf, HASH, signal } from './archive/testing/one-path-cache';
import { BinaryCache } from './binary-cache/binary-cache';
import { SourceError } from './bytes/errors';
import { memorySource } from './bytes/memory-source';
import { Retries } from './bytes/retries';
import { Spool } from './bytes/spool';
import { fileServer, serve } from './bytes/testing';
import type { CodecName } from './codecs/codec';
import { codecs } from './codecs/registry';
import { feed, noise, read, shell } from './codecs/testing/language';
import { copiedChunk, LZMA2_END, lzma2Filter, xzStream } from './codecs/testing/xz-language';
import { decodeXz, readXzBlocks } from './codecs/xz/xz';
import { LIMITS } from './limits';
import { ATermReader } from './nix/aterm';
import { parseDerivation } from './nix/derivation';
import { ExportParser } from './nix/export-stream';
import { ListingBuilder, wholeListingRoom } from './nix/nar/listing-builder';
import { parseListing } from './nix/nar/listing-json';
import { followSymlink } from './nix/nar/symlinks';
import { dir, file, join, link, listingOf, nar, nested, str, u64 } from './nix/nar/testing';
import { parseStorePath } from './nix/store-path';
import { safeFileName } from './nix/text';

/** Each row of the table, at its limit and just above: what the documents say is what the code does. */

const sh = shell(spawnSync);
const utf8 = (text: string) => new TextEncoder().encode(text);
const LISTING = '{"version":1,"root":{"type":"regular","size":0}}';
const STORE_PATH = `/nix/store/${HASH}-x`;
const NARINFO = `StorePath: ${STORE_PATH}
URL: nar/x
NarHash: sha256:${'0'.repeat(52)}
NarSize: 1
Padding: `;

/** Makes something of this size and has it read; what refuses it is thrown. */
type Attempt = (size: number) => unknown;

interface Trial {
  readonly attempt: Attempt;
  /** Where the refusal is not a LimitError: what it is. */
  readonly refusal?: object;
  /** The size that is taken, and the one that is not, where they are not the limit and 1 more. */
  readonly sizes?: readonly [number, number];
}

const cacheOf = async (body: Uint8Array) => {
  const { url } = await serve(fileServer(body));
  return new BinaryCache(url, { decodeBody: async () => undefined });
};

const readWith = async (codec: CodecName, compressed: Uint8Array) => {
  const { bytes, error } = await read((await codecs[codec].load())(feed(compressed).stream));
  if (error) throw error;
  return bytes;
};

async function readWithDictionary(size: number): Promise<void> {
  const plain = utf8('x');
  const data = join(copiedChunk(plain), LZMA2_END);
  const filters = [lzma2Filter(size > 1.5 * GIB ? 38 : 37)];
  const file = xzStream({ blocks: [{ data, plain, filters }] });
  const { error } = await read(decodeXz(Number.POSITIVE_INFINITY)(feed(file).stream));
  if (error) throw error;
}

/** An index of so many bytes, of blocks that nobody looks at: each record has two bytes. */
async function readIndex(size: number): Promise<void> {
  const records = new Array<readonly [number, number]>((size - 8) / 2).fill([5, 0]);
  const end = xzStream({ blocks: [], records });
  const file = join(new Uint8Array(12), new Uint8Array(records.length * 8), end.subarray(12));
  expect(await readXzBlocks(memorySource(file), file.length, signal())).toHaveLength(records.length);
}

async function readStreams(count: number): Promise<void> {
  const file = join(...new Array<Uint8Array>(count).fill(xzStream({ blocks: [] })));
  await readXzBlocks(memorySource(file), file.length, signal());
}

/** An export of these paths, each with so many references, and with a signature of this size if any. */
function readExport(paths: number, { references = 0, signature = 0 } = {}): void {
  const parser = new ExportParser({ exportedPath: () => undefined });
  const named = new Array<Uint8Array>(references).fill(str(STORE_PATH));
  const signed = signature > 0 ? join(u64(1), str(new Uint8Array(signature))) : u64(0);
  const head = join(u64(1), nar(file()), u64(0x4558494e), str(STORE_PATH), u64(references));
  const path = join(head, ...named, str(''), signed);
  for (let i = 0; i < paths; i++) parser.push(path);
  parser.push(u64(0));
  parser.finish();
}

function followChain(links: number): void {
  const name = (i: number) => `l${String(i).padStart(2, '0')}`;
  const chain = Array.from({ length: links }, (_, i) => [name(i), link(name(i + 1))] as const);
  const followed = followSymlink(listingOf(nar(dir([...chain, [name(links), file()]]))), 1);
  if (followed.kind !== 'row') throw followed;
}

function readDerivation(size: number): void {
  const text = utf8('Derive([],[],[],"x","y",[],[("a","');
  const bytes = new Uint8Array(size).fill(0x78);
  bytes.set(text);
  bytes.set(utf8('")])'), size - 4);
  parseDerivation(bytes);
}

function readNested(depth: number): void {
  let outputs = '["out"]';
  for (let i = 0; i < depth; i++) outputs = `([],[("a",${outputs})])`;
  const inputs = `("${STORE_PATH}.drv",${outputs})`;
  parseDerivation(utf8(`DrvWithVersion("xp-dyn-drv",[],[${inputs}],[],"x","y",[],[])`));
}

async function readAtOnce(size: number): Promise<void> {
  const service = createArchiveService();
  const local = fileOf(nar(file(new Uint8Array(size))), 'x.nar');
  const { id } = archiveOf(await service.open({ kind: 'file', file: local }, () => undefined, signal()));
  const outcome = await service.read(id, { row: 0, fileOffset: 0 }, () => undefined, signal());
  await service.close(id);
  if (!outcome.ok) throw outcome.failure;
  expect(outcome.value.bytes).toHaveLength(size);
}

/** What is in a file of the storage is out of memory. */
async function keepInMemory(size: number): Promise<void> {
  const nowhere = {
    write: (_: number, bytes: Uint8Array) => bytes.length,
    read: () => 0,
    truncate() {},
    close() {},
  };
  const spool = new Spool({ storage: { open: async () => ({ ...nowhere, remove: async () => undefined }) } });
  const chunk = new Uint8Array(1024 * 1024);
  for (let at = 0; at < size; at += chunk.length) await spool.append(chunk.subarray(0, size - at));
  const { keptIn } = spool;
  await spool.close();
  if (keptIn !== 'memory') throw { keptIn };
}

const retrying = (retryAfter: number | undefined) => {
  const error = new SourceError({ reason: 'http-status', url: 'x', status: 503, retryAfter });
  const retries = new Retries({ pause: async () => undefined });
  return () => retries.after(error, signal());
};

const overNarFormat = { refusal: { kind: 'nar-format' } };
const overCodec = { refusal: { kind: 'codec', reason: 'window-too-large' } };
const notIndexed = { refusal: { kind: 'codec', reason: 'unsupported' } };
const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** A text says where, or why not, a row is tried. */
const TRIALS: Readonly<Record<keyof typeof LIMITS, Trial | string>> = {
  metadata: {
    attempt: async (size) =>
      (await cacheOf(utf8(`${NARINFO.padEnd(size - 1, 'x')}\n`))).narInfo(HASH, signal()),
  },
  listing: {
    attempt: async (size) => (await cacheOf(utf8(LISTING.padEnd(size)))).listing(HASH, signal()),
  },
  decodedListing: { attempt: (size) => parseListing(LISTING.padEnd(size)) },
  entries: {
    attempt: (size) => {
      const builder = new ListingBuilder();
      const nothing = utf8('');
      for (let i = 0; i < size; i++) builder.addSymlink(nothing, nothing);
    },
  },
  treeText: {
    attempt: (size) => {
      const room = wholeListingRoom();
      // As if other trees of the same stream had taken all but the last bytes.
      room.textBytes -= size - 5;
      new ListingBuilder(room).addSymlink(utf8('ab'), utf8('cde'));
    },
  },
  name: { attempt: (size) => listingOf(nar(dir({ ['n'.repeat(size)]: file() }))), ...overNarFormat },
  target: { attempt: (size) => listingOf(nar(link('t'.repeat(size)))), ...overNarFormat },
  depth: { attempt: (size) => listingOf(nar(nested(size, file()))), sizes: [63, 64], ...overNarFormat },
  hops: { attempt: followChain, refusal: { kind: 'loop' } },
  storeName: {
    attempt: (size) => parseStorePath(`/nix/store/${HASH}-${'n'.repeat(size)}`),
    refusal: { kind: 'metadata-format', format: 'store-path' },
  },
  savedName: {
    attempt: (size) => {
      const safe = safeFileName(new Uint8Array(size).fill(0x61));
      if (safe.changed) throw safe;
    },
    refusal: { name: 'a'.repeat(255) },
  },
  exportedPaths: { attempt: (size) => readExport(size) },
  references: { attempt: (size) => readExport(1, { references: size }) },
  exportedReferences: {
    attempt: (size) => readExport(size / 25_000, { references: 25_000 }),
    sizes: [500_000, 525_000],
  },
  exportedSignature: { attempt: (size) => readExport(1, { signature: size }), ...overNarFormat },
  derivation: { attempt: readDerivation },
  derivationItems: {
    attempt: (size) => {
      const reader = new ATermReader(utf8(`[${new Array(size).fill('""').join()}]`));
      reader.list(() => reader.string());
    },
  },
  derivationNesting: { attempt: readNested },
  unvouchedNar: 'e2e/agreement/bombs.test.ts, with a smaller number: 4 GiB take too long',
  xzDictionary: {
    attempt: (size) => readWith('xz', sh(`xz --lzma2=preset=0,dict=${size}`, utf8('x'))),
    // Sizes are 2ⁿ and 2ⁿ + 2ⁿ⁻¹: there is none between these.
    sizes: [64 * MIB, 96 * MIB],
    ...overCodec,
  },
  xzDictionaryOnDemand: { attempt: readWithDictionary, sizes: [1.5 * GIB, 2 * GIB], ...overCodec },
  xzIndex: { attempt: readIndex, sizes: [MIB, MIB + 4], ...notIndexed },
  xzStreams: { attempt: readStreams, ...notIndexed },
  zstdWindow: {
    attempt: (size) => readWith('zstd', sh(`zstd -1 --long=${Math.log2(size)}`, utf8('x'))),
    sizes: [128 * MIB, 256 * MIB],
    ...overCodec,
  },
  brotliWindow: {
    attempt: (size) =>
      readWith('br', sh(`brotli -c --${size > 16 * MIB ? 'large_window=25' : 'lgwin=24'}`, utf8('x'))),
    sizes: [16 * MIB, 32 * MIB],
    ...overCodec,
  },
  bzip2Block: {
    attempt: (size) => {
      const compressed = sh('bzip2 -9', noise(size));
      // A digit, of 100 000 bytes: what comes behind 9 is none.
      compressed[3] = 0x30 + size / 100_000;
      return readWith('bzip2', compressed);
    },
    sizes: [900_000, 1_000_000],
    refusal: { kind: 'codec', reason: 'corrupt', detail: 'block size' },
  },
  gzipWindow: 'deflate has no code for more',
  decodedPart: {
    // Of zstd: frames of zeros, which state their size; what is no part is the rest.
    attempt: async (size) => {
      const frame = sh(`head -c ${size} /dev/zero | zstd --stream-size=${size}`, utf8(''));
      const parts = await codecs.zstd.loadParts?.();
      for await (const section of parts?.cut(feed(frame).stream) ?? []) {
        if (section.kind !== 'part') throw section;
        for await (const _ of section.bytes);
      }
    },
    refusal: { kind: 'rest' },
  },
  readAtOnce: { attempt: readAtOnce },
  spoolInMemory: { attempt: keepInMemory, refusal: { keptIn: 'opfs' } },
  spoolWithoutStorage: 'src/bytes/spool.test.ts, with a smaller number: half a GiB is much for a test',
  keptBytes: 'src/archive/kept-nars.test.ts, with smaller numbers: a GiB is much for a test',
  keptNars: 'src/archive/kept-nars.test.ts',
  attempts: {
    attempt: async (size) => {
      const retry = retrying(undefined);
      for (let i = 0; i < size; i++) await retry();
    },
    refusal: { reason: 'http-status' },
  },
  retryWait: { attempt: (size) => retrying(size)(), refusal: { retryAfter: 60_001 } },
};

// The keys of a record that has no others.
describe.each(Object.keys(TRIALS) as (keyof typeof LIMITS)[])('%s', (name) => {
  const { most } = LIMITS[name];
  const trial = TRIALS[name];
  if (typeof trial === 'string') {
    test(`is tried elsewhere, or not: ${trial}`, () => expect(trial).not.toBe(''));
    return;
  }
  const { attempt, refusal = { kind: 'limit', limit: most }, sizes = [most, most + 1] } = trial;

  test(`${sizes[0]} is taken`, async () => {
    await attempt(sizes[0]);
    if (trial.sizes) expect(sizes[0]).toBe(name === 'depth' ? most - 1 : most);
  });

  test(`${sizes[1]} is not`, async () => {
    await expect(async () => attempt(sizes[1])).rejects.toMatchObject(refusal);
  });
});

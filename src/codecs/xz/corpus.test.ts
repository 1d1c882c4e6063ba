import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CodecReason } from '../errors';
import { type Bytes, concat, cut, feed, flip, isSame, noise, read, shell, words } from '../testing/language';
import {
  chunksOf,
  copiedChunk,
  crc32Bytes,
  LZMA2_END,
  lzma2Filter,
  vli,
  type XzBlockParts,
  type XzStreamParts,
  xzStream,
} from '../testing/xz-language';
import { decodeXz } from './xz';

/**
 * What xz-utils' own corpus tries (tests/files/README of its sources), by files made here; the names are the corpus's. Each is
 * also given to `xz`, which has to be of the same opinion.
 */

const sh = shell(spawnSync);
const raw = (plain: Uint8Array, options = 'preset=6,lc=0,dict=4KiB') =>
  sh(`xz --format=raw --suffix=.raw --lzma2=${options}`, plain);

const HELLO = new TextEncoder().encode('Hello\n');
const WORLD = new TextEncoder().encode('World!\n');
const BOTH = concat(HELLO, WORLD);
const NONE = new Uint8Array(0);
const TEXT = words(3000);

const COPIED: XzBlockParts = {
  data: concat(copiedChunk(HELLO), copiedChunk(WORLD, false), LZMA2_END),
  plain: BOTH,
};
const SHORT: XzBlockParts = { data: concat(copiedChunk(HELLO), LZMA2_END), plain: HELLO };
const LZMA: XzBlockParts = { data: raw(TEXT), plain: TEXT };
const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());

const empty = (parts: Partial<XzStreamParts> = {}) => xzStream({ blocks: [], ...parts });
const one = (block: Partial<XzBlockParts>, parts: Partial<XzStreamParts> = {}) =>
  xzStream({ check: 1, sum: crc32Bytes, ...parts, blocks: [{ ...COPIED, ...block }] });
/** With a dictionary of 1 MiB. */
const wide = (plain: Uint8Array, ...chunks: Uint8Array[]) =>
  one({ plain, data: concat(...chunks, LZMA2_END), filters: [lzma2Filter(16)] });
const data = (plain: Uint8Array, ...chunks: Uint8Array[]) =>
  one({ plain, data: concat(...chunks, LZMA2_END) });

/** An LZMA chunk that had properties, with another kind of reset. */
function withControl(chunk: Uint8Array, control: number): Bytes {
  const kind = control | ((chunk[0] ?? 0) & 0x1f);
  return concat(Uint8Array.of(kind), chunk.subarray(1, 5), chunk.subarray(control >= 0xc0 ? 5 : 6));
}

const NOISE_TWICE = concat(noise(100_000), noise(100_000));
const FIRST = words(700, 3);
const SECOND = words(900, 4);
/** LZMA chunks of their own, each of which knows nothing of another: nor does a literal know the byte before, for lc is 0. */
const [firstChunk = NONE] = chunksOf(raw(FIRST));
const [secondChunk = NONE] = chunksOf(raw(SECOND));
const [oddChunk = NONE] = chunksOf(raw(SECOND, 'preset=6,lc=0,lp=3,pb=1'));

const good: Readonly<Record<string, readonly [Uint8Array, Uint8Array]>> = {
  '0-empty': [empty(), NONE],
  '0pad-empty': [concat(empty(), new Uint8Array(4)), NONE],
  '0cat-empty': [concat(empty(), empty()), NONE],
  '0catpad-empty': [concat(empty(), new Uint8Array(4), empty()), NONE],
  '1-check-none': [xzStream({ blocks: [COPIED] }), BOTH],
  '1-check-crc32': [one({}), BOTH],
  '1-check-sha256': [one({}, { check: 10, sum: sha256 }), BOTH],
  '2-lzma2': [xzStream({ blocks: [COPIED, { ...LZMA, filters: [lzma2Filter(3)] }] }), concat(BOTH, TEXT)],
  '1-block_header-1': [
    one({
      compressedSize: vli(COPIED.data.length),
      uncompressedSize: vli(BOTH.length),
      headerPadding: new Uint8Array(4),
    }),
    BOTH,
  ],
  '1-block_header-2': [one({ compressedSize: vli(COPIED.data.length) }), BOTH],
  '1-block_header-3': [one({ uncompressedSize: vli(BOTH.length) }), BOTH],
  'largest block header': [one({ headerPadding: new Uint8Array(1024 - 4 - 5) }), BOTH],
  '1-lzma2-1': [data(concat(FIRST, SECOND), firstChunk, withControl(oddChunk, 0xc0)), concat(FIRST, SECOND)],
  '1-lzma2-2': [
    data(concat(FIRST, SECOND), firstChunk, withControl(secondChunk, 0xa0)),
    concat(FIRST, SECOND),
  ],
  '1-lzma2-3': [
    data(concat(HELLO, SECOND), copiedChunk(HELLO), withControl(secondChunk, 0xc0)),
    concat(HELLO, SECOND),
  ],
  '1-lzma2-4': [
    data(concat(FIRST, HELLO, SECOND), firstChunk, copiedChunk(HELLO), withControl(secondChunk, 0xc0)),
    concat(FIRST, HELLO, SECOND),
  ],
  '1-lzma2-5': [one({ data: LZMA2_END, plain: NONE }), NONE],
  'a chunk in between that is not compressed': [
    data(concat(FIRST, HELLO, SECOND), firstChunk, copiedChunk(HELLO, false), withControl(secondChunk, 0xa0)),
    concat(FIRST, HELLO, SECOND),
  ],
  'matches of chunks before': [wide(NOISE_TWICE, ...repeating(0xc0)), NOISE_TWICE],
  '1-3delta-lzma2': [sh('xz --delta=dist=1 --delta=dist=2 --delta=dist=3 --lzma2', TEXT), TEXT],
  '1-empty-bcj-lzma2': [sh('xz --x86 --lzma2', NONE), NONE],
};

const bad: Readonly<Record<string, readonly [CodecReason, Uint8Array, RegExp?]>> = {
  'unsupported-check': ['unsupported', one({}, { check: 2 }), /number 2/],
  'unsupported-block_header': ['unsupported', one({ headerPadding: Uint8Array.of(0, 0, 0, 1) }), /newer/],
  'unsupported-filter_flags-1': [
    'unsupported',
    one({ filters: [Uint8Array.of(0x7f, 0), lzma2Filter()] }),
    /filter 0x7f/,
  ],
  'unsupported-filter_flags-2': ['unsupported', one({ filters: [Uint8Array.of(3, 1, 0)] }), /end with LZMA2/],
  'unsupported-filter_flags-3': ['unsupported', one({ filters: [lzma2Filter(), lzma2Filter()] }), /LZMA2/],
  'properties of LZMA2 with reserved bits': ['unsupported', one({ filters: [lzma2Filter(0x40)] }), /LZMA2/],
  'two bytes of properties of LZMA2': [
    'unsupported',
    one({ filters: [Uint8Array.of(0x21, 2, 0, 0)] }),
    /LZMA2/,
  ],
  'a Delta filter without properties': [
    'unsupported',
    one({ filters: [Uint8Array.of(3, 0), lzma2Filter()] }),
    /Delta/,
  ],
  'an ARM64 filter with an odd start': [
    'unsupported',
    one({ filters: [Uint8Array.of(10, 4, 2, 0, 0, 0), lzma2Filter()] }),
    /BCJ/,
  ],
  'reserved flags of a block': ['unsupported', one({ reservedFlags: 0x10 }), /newer/],
  'reserved flags of a stream': ['unsupported', empty({ headerFlags: Uint8Array.of(1, 0) }), /newer/],
  '0pad-empty': ['trailing-bytes', concat(empty(), new Uint8Array(5))],
  '0catpad-empty': ['trailing-bytes', concat(empty(), new Uint8Array(5), empty())],
  '0cat-alone': ['trailing-bytes', concat(empty(), sh('xz --format=lzma', NONE))],
  '0cat-header_magic': ['trailing-bytes', concat(empty(), flip(empty(), 2))],
  '0-header_magic': ['corrupt', flip(empty(), 2), /not an xz file/],
  '0-footer_magic': ['corrupt', flip(empty(), -1)],
  '0-empty-truncated': ['truncated', cut(empty(), -1)],
  '0-nonempty_index': ['corrupt', empty({ records: [[20, 5]] }), /index/],
  '0-backward_size': ['corrupt', empty({ backwardSize: 2 }), /size of the index/],
  'padding before the first stream': ['corrupt', concat(new Uint8Array(4), empty()), /not an xz file/],
  '1-stream_flags-1': ['corrupt', one({}, { footerFlags: Uint8Array.of(0, 4) }), /footer/],
  '1-stream_flags-2': ['corrupt', flip(one({}), 9), /CRC32 of the stream header/],
  '1-stream_flags-3': ['corrupt', flip(one({}), -10), /CRC32 of the stream footer/],
  '1-vli-1': ['corrupt', one({ uncompressedSize: Uint8Array.of(0x80 | BOTH.length, 0) }), /longer form/],
  '1-vli-2': [
    'corrupt',
    one({ uncompressedSize: Uint8Array.of(...new Uint8Array(9).fill(0x80), 1) }),
    /without an end/,
  ],
  '1-block_header-1': ['corrupt', one({ filters: [Uint8Array.of(0x21, 9, 0)] }), /too short/],
  '1-block_header-2': [
    'corrupt',
    one({ compressedSize: vli(2 ** 35), uncompressedSize: vli(2 ** 21), filters: [], filterCount: 0 }),
    /too short/,
  ],
  '1-block_header-3': ['corrupt', flip(one({}), 12 + 9), /CRC32 of a block header/],
  '1-block_header-4': ['corrupt', one({ compressedSize: vli(2n ** 63n - 1n) }), /compressed size/],
  '1-block_header-5': ['corrupt', one({ compressedSize: vli(0) }), /compressed size/],
  'too small a compressed size': ['corrupt', one({ compressedSize: vli(COPIED.data.length - 1) })],
  'too large a compressed size': ['corrupt', one({ compressedSize: vli(COPIED.data.length + 1) })],
  'too small an uncompressed size': ['corrupt', one({ uncompressedSize: vli(BOTH.length - 1) })],
  'too large an uncompressed size': ['corrupt', one({ uncompressedSize: vli(BOTH.length + 1) })],
  'an endless uncompressed size': ['corrupt', one({ uncompressedSize: vli(2n ** 63n - 1n) })],
  '2-index-1': ['corrupt', withRecords([1, 0], [-1, 0]), /index/],
  '2-index-2': ['corrupt', withRecords([0, 1], [0, -1]), /index/],
  'records in another order': [
    'corrupt',
    xzStream({ blocks: [COPIED, LZMA], records: twoRecords().reverse() }),
    /index/,
  ],
  'a record less': [
    'corrupt',
    xzStream({ blocks: [COPIED, LZMA], records: twoRecords().slice(0, 1) }),
    /index/,
  ],
  'a record more': [
    'corrupt',
    xzStream({ blocks: [COPIED, LZMA], records: [...twoRecords(), [24, 1]] }),
    /index/,
  ],
  'more records than there are': [
    'corrupt',
    xzStream({ blocks: [COPIED, LZMA], recordCount: vli(2n ** 62n) }),
  ],
  '2-index-3': ['corrupt', xzStream({ blocks: [COPIED, COPIED], indexPadding: 1 }), /padding of the index/],
  '2-index-4': ['corrupt', flip(xzStream({ blocks: [COPIED, LZMA] }), -14), /CRC32 of the index/],
  '2-index-5': [
    'corrupt',
    withRecords([-(twoRecords()[0]?.[0] ?? 0), 0], [0, 0]),
    /size of a block in the index/,
  ],
  'a size in the index beyond all numbers': [
    'corrupt',
    xzStream({ blocks: [COPIED], records: [[2n ** 63n - 1n, BOTH.length]] }),
    /index/,
  ],
  '2-compressed_data_padding': [
    'corrupt',
    xzStream({ blocks: [{ ...SHORT, dataPadding: 1 }, LZMA] }),
    /padding of a block/,
  ],
  '1-check-crc32': ['corrupt', one({ check: flip(crc32Bytes(BOTH), 3) }), /CRC32 of a block/],
  '1-check-sha256': ['corrupt', one({ check: flip(sha256(BOTH), 31) }, { check: 10 }), /SHA-256/],
  '1-lzma2-1': ['corrupt', data(HELLO, copiedChunk(HELLO, false)), /without a dictionary/],
  '1-lzma2-2': ['corrupt', wide(NOISE_TWICE, ...repeating(0xe0)), /LZMA/],
  '1-lzma2-3': [
    'corrupt',
    data(concat(FIRST, SECOND), firstChunk, withProperties(secondChunk, 8)),
    /properties/,
  ],
  '1-lzma2-4': [
    'corrupt',
    data(concat(HELLO, SECOND), copiedChunk(HELLO), withControl(secondChunk, 0xa0)),
    /without properties/,
  ],
  '1-lzma2-5': [
    'corrupt',
    data(concat(HELLO, SECOND), copiedChunk(HELLO), withControl(secondChunk, 0x80)),
    /without properties/,
  ],
  '1-lzma2-6': ['corrupt', one({ data: concat(Uint8Array.of(3), COPIED.data.subarray(1)) }), /kind/],
  '1-lzma2-7': ['corrupt', withEndMarker(), /LZMA/],
  '1-lzma2-8': [
    'corrupt',
    data(concat(FIRST, HELLO, SECOND), firstChunk, copiedChunk(HELLO), withControl(secondChunk, 0xa0)),
    /without properties/,
  ],
  '1-lzma2-9': [
    'corrupt',
    one({
      data: concat(firstChunk, withControl(secondChunk, 0xa0)),
      plain: FIRST,
      uncompressedSize: vli(FIRST.length),
    }),
  ],
  'an LZMA chunk that begins with another byte than 0': [
    'corrupt',
    data(FIRST, flip(firstChunk, 6)),
    /start/,
  ],
  'an LZMA chunk of four bytes': [
    'corrupt',
    data(HELLO, Uint8Array.of(0xe0, 0, 5, 0, 3, 93, 0, 0, 0, 0)),
    /start/,
  ],
  'an LZMA chunk with a byte too many': ['corrupt', data(FIRST, withSizes(firstChunk, 0, 1)), /end/],
  'an LZMA chunk with a byte less': ['corrupt', data(FIRST, withSizes(firstChunk, 0, -1))],
  'an LZMA chunk of less content': ['corrupt', data(cut(FIRST, -1), withSizes(firstChunk, -1, 0)), /end/],
  'a first match of nothing': ['corrupt', wide(NOISE_TWICE, ...repeating(0xe0).slice(-1)), /LZMA/],
};

/** The records of `[COPIED, LZMA]`, with so much added. */
function twoRecords(): (readonly [number, number])[] {
  return [COPIED, LZMA].map((block) => [12 + block.data.length, block.plain.length]);
}

function withRecords(...added: readonly (readonly [number, number])[]): Bytes {
  const records = twoRecords().map(([unpadded, size], at) => {
    return [unpadded + (added[at]?.[0] ?? 0), size + (added[at]?.[1] ?? 0)] as const;
  });
  return xzStream({ blocks: [COPIED, LZMA], records });
}

/** Noise twice, in chunks of which the last is matches of the first time, and which begins like this. */
function repeating(control: number): Bytes[] {
  const chunks = chunksOf(raw(NOISE_TWICE, 'preset=6,lc=0,dict=1MiB'));
  const last = chunks.at(-1) ?? NONE;
  // It went on with what the chunks before had, or reset the state; its properties are those of `raw`.
  const headerSize = (last[0] ?? 0) >= 0xc0 ? 6 : 5;
  const kind = control | ((last[0] ?? 0) & 0x1f);
  const properties = Uint8Array.of(90);
  return [
    ...chunks.slice(0, -1),
    concat(Uint8Array.of(kind), last.subarray(1, 5), properties, last.subarray(headerSize)),
  ];
}

function withProperties(chunk: Uint8Array, properties: number): Bytes {
  const changed = withControl(chunk, 0xc0);
  changed[5] = properties;
  return changed;
}

function withSizes(chunk: Uint8Array, plain: number, packed: number): Bytes {
  const view = new DataView(new ArrayBuffer(chunk.length + Math.max(0, packed)));
  new Uint8Array(view.buffer).set(chunk);
  view.setUint16(1, view.getUint16(1) + plain);
  view.setUint16(3, view.getUint16(3) + packed);
  return new Uint8Array(view.buffer).slice(0, chunk.length + packed);
}

/** LZMA data with the end marker that only .lzma files may have: their data, one byte of content too many. */
function withEndMarker(): Bytes {
  const alone = sh('xz --format=lzma --lzma1=preset=6,lc=3,lp=0,pb=2', FIRST);
  const packed = alone.subarray(13);
  const header = Uint8Array.of(
    0xe0,
    FIRST.length >> 8,
    FIRST.length,
    (packed.length - 1) >> 8,
    packed.length - 1,
    93,
  );
  return data(FIRST, concat(header, packed));
}

function accepts(file: Uint8Array): Bytes | undefined {
  const { status, stdout } = spawnSync('xz', ['-dc'], { input: file, maxBuffer: 2 ** 28 });
  return status === 0 ? new Uint8Array(stdout) : undefined;
}

describe.each(Object.entries(good))('good-%s', (_, [file, plain]) => {
  test.each([1, Number.POSITIVE_INFINITY])('in chunks of %d', async (chunkSize) => {
    const { bytes, error } = await read(decodeXz()(feed(file, chunkSize).stream));
    expect(error).toBeUndefined();
    expect(isSame(bytes, plain)).toBe(true);
  });

  test('xz thinks so, too', () => {
    expect(isSame(accepts(file) ?? Uint8Array.of(0xff), plain)).toBe(true);
  });
});

describe.each(Object.entries(bad))('bad-%s', (name, [reason, file, detail]) => {
  test.each([1, Number.POSITIVE_INFINITY])('in chunks of %d', async (chunkSize) => {
    const { error } = await read(decodeXz()(feed(file, chunkSize).stream));
    expect(error).toMatchObject({ kind: 'codec', codec: 'xz', reason });
    if (detail) expect((error as { detail: unknown }).detail).toMatch(detail);
  });

  test('xz thinks so, too', () => {
    // It decodes with a check that it does not know, and says that it did not check.
    if (name !== 'unsupported-check') expect(accepts(file)).toBeUndefined();
  });
});

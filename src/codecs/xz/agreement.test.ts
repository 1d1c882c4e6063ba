import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as xzDecompress from 'xz-decompress';
import { CodecError } from '../errors';
import {
  type Bytes,
  concat,
  feed,
  isSame,
  noise,
  random,
  read,
  runs,
  shell,
  words,
} from '../testing/language';
import { chunksOf, copiedChunk, crc32Bytes, LZMA2_END, xzStream } from '../testing/xz-language';
import { decodeXz } from './xz';

/** What every encoder at hand writes, decoded by ours; and what is damaged, by ours and by another decoder. */

const sh = shell(spawnSync);

/** A program in a temporary folder, for those that want files with names: `in` becomes `in.xz`. */
function inFolder(command: string, plain: Uint8Array): Bytes {
  const folder = mkdtempSync(join(tmpdir(), 'xz-'));
  try {
    writeFileSync(join(folder, 'in'), plain);
    sh(`cd ${folder}; ${command}`, new Uint8Array(0));
    return new Uint8Array(readFileSync(join(folder, 'in.xz')));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A program, which has everything that compilers write. */
const PROGRAM = new Uint8Array(readFileSync('/bin/bash'));
/** Matches of every length and distance, out of a text that grows by repeating itself. */
const REPEATS = repeats(1_500_000);

function repeats(size: number): Bytes {
  const next = random(5);
  const bytes = new Uint8Array(size);
  let at = 300;
  bytes.set(noise(at));
  while (at < size) {
    const length = 1 + Math.floor(next() ** 4 * 400);
    const distance = 1 + Math.floor(next() ** 3 * (at - 1));
    for (let left = Math.min(length, size - at); left > 0; left--, at++)
      bytes[at] = bytes[at - distance] ?? 0;
    if (next() < 0.3 && at < size) bytes[at++] = next() * 256;
  }
  return bytes;
}

const PLAINS: Readonly<Record<string, Bytes>> = {
  program: PROGRAM,
  repeats: REPEATS,
  mixed: concat(words(300_000), noise(150_000), runs(), new Uint8Array(3_000_000), words(50_000)),
};

const ENCODERS: Readonly<Record<string, (plain: Uint8Array) => Bytes>> = {
  'xz -0': (plain) => sh('xz -0', plain),
  'xz -6': (plain) => sh('xz -6 -T1', plain),
  'xz -9e': (plain) => sh('xz -e -9', plain),
  'xz of small blocks, in threads': (plain) => sh('xz -1 -T2 --block-size=100KiB', plain),
  'the smallest dictionary': (plain) => sh('xz --lzma2=preset=4,dict=4KiB', plain),
  'a dictionary of 6 KiB': (plain) => sh('xz --lzma2=preset=4,dict=6KiB', plain),
  'lc=4': (plain) => sh('xz --lzma2=preset=3,lc=4,lp=0,pb=4', plain),
  'lp=4': (plain) => sh('xz --lzma2=preset=3,lc=0,lp=4,pb=0', plain),
  'lc=1, lp=3': (plain) => sh('xz --lzma2=preset=3,lc=1,lp=3,pb=1', plain),
  'no context at all': (plain) => sh('xz --lzma2=preset=3,lc=0,lp=0,pb=0', plain),
  'shortest matches': (plain) => sh('xz --lzma2=preset=6,nice=2,mf=bt2,mode=normal', plain),
  'xz --x86 of other checks': (plain) => sh('xz -3 --check=crc32 --x86 --lzma2=preset=3', plain),
  'xz --arm64': (plain) => sh('xz -3 --check=sha256 --arm64 --lzma2=preset=3', plain),
  pixz: (plain) => inFolder('pixz -1 -f 0.01 in in.xz', plain),
  '7z': (plain) => inFolder('7z a -txz -mx=5 in.xz in', plain),
  '7z, BCJ': (plain) => inFolder('7z a -txz -mf=BCJ -m0=LZMA2:d=64k in.xz in', plain),
  '7z, Delta': (plain) => inFolder('7z a -txz -mf=Delta:4 -m0=LZMA2:d=1m:lc=0:lp=2:pb=2 in.xz in', plain),
};

describe.each(Object.entries(ENCODERS))('%s', (_, encode) => {
  test.each(Object.entries(PLAINS))('%s', async (_name, plain) => {
    const { bytes, error } = await read(decodeXz()(feed(encode(plain), 10_000).stream));
    expect(error).toBeUndefined();
    expect(isSame(bytes, plain)).toBe(true);
  });
});

/** The package that was used before, out of C: an opinion in the same process. Undefined when it refuses. */
async function packagedDecode(compressed: Uint8Array): Promise<Bytes | undefined> {
  // One CommonJS file: a bundler gives its names, Node all of it as the default.
  const { XzReadableStream } = (xzDecompress as { default?: typeof xzDecompress }).default ?? xzDecompress;
  try {
    const stream = new XzReadableStream(new Blob([compressed as Bytes]).stream());
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch {
    return undefined;
  }
}

describe('the package decodes the same', () => {
  test.each(['xz -6', 'xz -0 --check=crc32', 'xz --lzma2=preset=3,lc=0,lp=2,pb=1'])('%s', async (command) => {
    for (const plain of Object.values(PLAINS)) {
      const compressed = sh(command, plain);
      const ours = await read(decodeXz()(feed(compressed).stream));
      expect(ours.error).toBeUndefined();
      expect(isSame(ours.bytes, (await packagedDecode(compressed)) ?? new Uint8Array(0))).toBe(true);
    }
  });
});

/**
 * Damage under headers that are right, and with no check over the content: so that it is the LZMA2 decoder that has to find it. What
 * it does not find, another decoder does not find either, and both give the same.
 */
describe('damaged LZMA2', () => {
  const plain = concat(words(2500), noise(200), runs().slice(0, 800));
  const data = concat(
    ...chunksOf(sh('xz --format=raw --lzma2=preset=6,dict=4KiB', plain)),
    copiedChunk(noise(100), false),
    ...chunksOf(sh('xz --format=raw --lzma2=preset=6,lc=0,lp=2', words(600))),
    LZMA2_END,
  );

  const whole = concat(plain, noise(100), words(600));

  test.each([1, 2, 3, 4])('seed %d', async (seed) => {
    const next = random(seed);
    let accepted = 0;
    for (let time = 0; time < 400; time++) {
      const damaged = data.slice();
      for (let flips = 0; flips <= time % 3; flips++) {
        const at = Math.floor(next() * data.length);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(next() * 8));
      }
      const at = Math.floor(next() * data.length);
      if (time % 5 === 0) damaged.copyWithin(at, at + 1 + Math.floor(next() * 3));
      const file = xzStream({ blocks: [{ data: damaged, plain: whole }], check: 0 });
      const { bytes, error } = await read(decodeXz()(feed(file, 500).stream));
      if (error !== undefined) {
        expect(error).toBeInstanceOf(CodecError);
        expect(String((error as CodecError).detail)).not.toMatch(/unreachable|out of bounds/);
      }
      const theirs = await packagedDecode(file);
      // The package is laxer about how a chunk begins: then xz decides.
      if ((error === undefined) !== (theirs !== undefined)) {
        const { status } = spawnSync('xz', ['-dc'], { input: file });
        expect(error === undefined, `time ${time}`).toBe(status === 0);
      }
      if (theirs && error === undefined) {
        accepted++;
        expect(isSame(bytes, theirs), `time ${time}`).toBe(true);
      }
    }
    expect(accepted).toBeGreaterThan(0);
  });

  test('under a CRC32 nothing is accepted', async () => {
    const sum = () => crc32Bytes(whole);
    const next = random(8);
    for (let time = 0; time < 1500; time++) {
      const damaged = data.slice();
      const at = Math.floor(next() * data.length);
      damaged[at] = (damaged[at] ?? 0) ^ (1 + Math.floor(next() * 255));
      const file = xzStream({ blocks: [{ data: damaged, plain: whole }], check: 1, sum });
      const { bytes, error } = await read(decodeXz()(feed(file, 3000).stream));
      if (error === undefined) expect(isSame(bytes, whole), `time ${time}`).toBe(true);
      else expect(error).toMatchObject({ kind: 'codec' });
    }
  });
});

test('streams one after the other by whoever made them', async () => {
  const parts = Object.values(ENCODERS).map((encode, at) => encode(words(5000, at)));
  const plain = concat(...Object.keys(ENCODERS).map((_, at) => words(5000, at)));
  const { bytes, error } = await read(decodeXz()(feed(concat(...parts), 777).stream));
  expect(error).toBeUndefined();
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(
    createHash('sha256').update(plain).digest('hex'),
  );
});

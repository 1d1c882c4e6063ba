import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createArchiveService } from '../../src/archive/create-service';
import type { ArchiveService, OpenedArchive } from '../../src/archive/service';
import { random } from '../../src/codecs/testing/language';
import { fileCheckOf } from '../../src/store/file-check';
import { type Corpus, makeCorpus } from '../fixtures/corpus';
import { fieldOf } from '../fixtures/recompress';
import { recordFact } from '../support/facts';
import { never, regularRows, rowsOf } from './ours';

/** Nothing that a cache sends is right by itself: whatever single byte of it is another, no wrong file is called verified. */
let corpus: Corpus;
const served = new Map<string, (request: number) => Uint8Array>();
const requests = new Map<string, number>();
let url = '';
beforeAll(async () => {
  corpus = await makeCorpus();
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const before = requests.get(path) ?? 0;
    requests.set(path, before + 1);
    const bytes = served.get(path)?.(before);
    if (!bytes) return void response.writeHead(404).end();
    const [, start, end] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    if (start === undefined)
      return void response.writeHead(200, { 'Content-Length': bytes.length }).end(bytes);
    const to = Math.min(end ? Number(end) + 1 : bytes.length, bytes.length);
    const range = `bytes ${start}-${to - 1}/${bytes.length}`;
    response.writeHead(206, { 'Content-Range': range }).end(bytes.subarray(Number(start), to));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on TCP has an AddressInfo.
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return () => server.close();
});

interface Original {
  readonly hashPart: string;
  /** By their paths on the server. */
  readonly files: Readonly<Record<'narinfo' | 'ls' | 'nar', readonly [path: string, bytes: Uint8Array]>>;
  /** What the archive looks like when nothing is wrong. */
  readonly looks: string;
}

async function originalOf(variant: 'none' | 'xz' | 'zstd'): Promise<Original> {
  const path = corpus.paths.find(({ name }) => name === 'greet-0.3');
  if (!path) throw new Error('greet is not in the corpus');
  const { hashPart } = path;
  const folder = corpus.caches[variant];
  const text = await readFile(join(folder, `${hashPart}.narinfo`), 'utf8');
  const read = async (name: string) => [`/${name}`, await readFile(join(folder, name))] as const;
  const files = {
    narinfo: await read(`${hashPart}.narinfo`),
    ls: await read(`${hashPart}.ls`),
    nar: await read(fieldOf(text, 'URL')),
  };
  const original = { hashPart, files, looks: '' };
  serve(original, () => undefined);
  const looks = (await lookAt(original)).looks;
  if (looks === undefined) throw new Error('the original is not verified');
  return { ...original, looks };
}

/** Serves the originals, but for what `change` says of a file's bytes at its so-manieth request. */
function serve(
  { files }: Original,
  change: (name: string, bytes: Uint8Array, request: number) => Uint8Array | undefined,
): void {
  served.clear();
  requests.clear();
  for (const [name, [path, bytes]] of Object.entries(files))
    served.set(path, (request) => change(name, bytes, request) ?? bytes);
}

function flipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const other = Uint8Array.from(bytes);
  other[at] = (other[at] ?? 0) ^ (1 << bit);
  return other;
}

/** What came of opening it, reading every file, verifying it, and reading every file again. */
interface Looked {
  /** Of the first reading. */
  readonly before?: string;
  /** Of the second, if the files are called verified then. */
  readonly looks?: string;
}

async function lookAt({ hashPart }: Pick<Original, 'hashPart'>): Promise<Looked> {
  const service = createArchiveService();
  const trustedKeys = [{ key: corpus.publicKey }];
  const input = { kind: 'store-path' as const, hashPart, cacheUrls: [url], trustedKeys };
  const opened = await service.open(input, () => {}, never);
  if (!opened.ok || opened.value.kind !== 'archive') return {};
  const { archive } = opened.value;
  try {
    const before = await contentsOf(service, archive);
    const found = await service.verify(archive.id, () => {}, never);
    if (!found.ok || fileCheckOf(found.value.verdicts) !== 'verified') return { before };
    return { before, looks: await contentsOf(service, archive) };
  } finally {
    await service.close(archive.id);
  }
}

/** The tree, and the hash of every file's bytes or why there are none. */
async function contentsOf(service: ArchiveService, { id, listing }: OpenedArchive): Promise<string> {
  const contents: string[] = [];
  for (const { row } of regularRows(listing)) {
    const read = await service.read(id, { row, fileOffset: 0 }, () => {}, never);
    const bytes = read.ok ? read.value.bytes : read.failure.kind;
    contents.push(createHash('sha256').update(bytes).digest('hex'));
  }
  return JSON.stringify([rowsOf(listing), contents]);
}

/** The same bits in every run, and all eight of them over the bytes. */
const bitAt = (at: number) => (Math.imul(at + 1, 2654435761) >>> 16) % 8;
/** Some of the bytes, the same in every run: where they are many and alike. */
function* someOf(length: number): Generator<number> {
  const next = random(1);
  for (let at = 0; at < length; at += 1 + Math.floor(next() * 5)) yield at;
}

/** Where the lines of a narinfo stand that the trusted signature is of, and that signature: none of it may be another. */
function vouchedBytes(narinfo: Uint8Array): ReadonlySet<number> {
  const keyName = corpus.publicKey.slice(0, corpus.publicKey.indexOf(':'));
  const vouched = ['StorePath: ', 'NarHash: ', 'NarSize: ', 'References: ', `Sig: ${keyName}:`];
  const places = new Set<number>();
  let start = 0;
  let lines = 0;
  for (const line of Buffer.from(narinfo).toString('latin1').split('\n')) {
    const end = start + line.length;
    if (vouched.some((beginning) => line.startsWith(beginning))) {
      lines++;
      for (let at = start; at < end; at++) places.add(at);
    }
    start = end + 1;
  }
  expect(lines).toBe(vouched.length);
  return places;
}

/** Base64 has bits that stand for nothing: four in the last digit of a signature. Nix reads over them, too. */
function isSameSignature(one: Uint8Array, other: Uint8Array): boolean {
  const [before, after] = [one, other].map((bytes) => {
    const [line = ''] = /^Sig: .*$/m.exec(Buffer.from(bytes).toString('latin1')) ?? [];
    return [line.slice(0, -3), Buffer.from(line.slice(line.lastIndexOf(':') + 1), 'base64').toString('hex')];
  });
  return JSON.stringify(before) === JSON.stringify(after);
}

const VARIANTS = ['none', 'xz', 'zstd'] as const;
const FILES = ['narinfo', 'ls', 'nar'] as const;
const EVERY_FILE = { area: 'verdicts', kind: 'fault', where: 'node' } as const;
const COMMAND = 'npx vitest run --config e2e/vitest.config.ts --project agreement flipped';

describe.each(VARIANTS)('a signed path of compression %s', (variant) => {
  test.each(FILES)('with a bit of its %s flipped, byte after byte', async (name) => {
    const original = await originalOf(variant);
    const [, bytes] = original.files[name];
    const isSampled = name === 'ls' || (name === 'nar' && variant === 'none');
    const verified = new Set<number>();
    const refused = new Set<number>();
    for (const at of isSampled ? someOf(bytes.length) : bytes.keys()) {
      const bit = bitAt(at);
      serve(original, (which, right) => (which === name ? flipped(right, at, bit) : undefined));
      const { looks } = await lookAt(original);
      (looks === undefined ? refused : verified).add(at);
      if (looks !== undefined) expect(looks, `bit ${bit} of byte ${at}`).toBe(original.looks);
    }
    expect(refused.size).toBeGreaterThan(0);
    // Every byte of the NAR as it comes is under FileHash. Of the others some are hints, and a listing that is none is done without.
    if (name === 'nar') expect([...verified]).toEqual([]);
    else expect(verified.size).toBeGreaterThan(0);
    if (name === 'narinfo') {
      const vouched = vouchedBytes(bytes);
      const changes = [...verified].filter((at) => !isSameSignature(bytes, flipped(bytes, at, bitAt(at))));
      expect(changes.filter((at) => vouched.has(at))).toEqual([]);
    }
    recordFact({
      ...EVERY_FILE,
      fault: `one bit of ${isSampled ? 'about every third byte' : 'each byte'} of a signed path’s ${name} in turn (compression ${variant})`,
      outcome:
        name === 'nar'
          ? 'no file is called verified'
          : 'every file that is called verified has the right bytes',
      command: COMMAND,
    });
  });
});

test('a signed path whose NAR is wrong the first time only', async () => {
  let refused = 0;
  for (const variant of VARIANTS) {
    const original = await originalOf(variant);
    const [, bytes] = original.files.nar;
    let verified = 0;
    let wrongBefore = 0;
    for (const at of someOf(bytes.length)) {
      const bit = bitAt(at);
      serve(original, (which, right, request) =>
        which === 'nar' && request === 0 ? flipped(right, at, bit) : undefined,
      );
      const { before, looks } = await lookAt(original);
      if (before !== original.looks) wrongBefore++;
      if (looks === undefined) refused++;
      else {
        verified++;
        expect(looks, `${variant}, bit ${bit} of byte ${at}`).toBe(original.looks);
      }
    }
    expect(wrongBefore, `${variant}: the wrong bytes were looked at`).toBeGreaterThan(0);
    expect(verified, `${variant}: the right ones make up for them`).toBeGreaterThan(0);
  }
  // Of what a decoder could not tell some was kept: then the second time disagrees with the first.
  expect(refused).toBeGreaterThan(0);
  for (const variant of VARIANTS) {
    recordFact({
      ...EVERY_FILE,
      fault: `a NAR (compression ${variant}) with a flipped bit when it is first asked for, and without it later`,
      outcome: 'what was kept of the first is not called verified by the second',
      command: COMMAND,
    });
  }
});

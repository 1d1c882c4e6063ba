import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ByteStream } from '../../src/bytes/source';
import { rechunk } from '../../src/bytes/stream';
import { codecForCompression } from '../../src/codecs/registry';
import { NarParser, type NarVisitor, type RegularFile } from '../../src/nix/nar/parser';
import {
  CACHE_VARIANTS,
  type CacheVariant,
  type Corpus,
  type CorpusPath,
  makeCorpus,
} from '../fixtures/corpus';
import { type Expected, expectedOf, type Row } from '../fixtures/expected';
import { fieldOf } from '../fixtures/recompress';
import { latin1 } from './ours';

let corpus: Corpus;
beforeAll(async () => {
  corpus = await makeCorpus();
});

const CASES = [
  { names: /^odd-names/, sizes: [1, 2, 3, 7, 8, 61, 1009, 65_536] },
  { names: /^(perl-base|nix-bin)$/, sizes: [4099, 65_536, 1_048_573] },
].flatMap(({ names, sizes }) => sizes.map((size) => ({ names, size })));

describe.each(CACHE_VARIANTS)('compression %s, read in chunks of', (variant) => {
  test.each(CASES)('$size bytes ($names)', async ({ names, size }) => {
    for (const path of corpus.paths.filter(({ name }) => names.test(name))) {
      const expected = await expectedOf(path);
      const found = await parse(await compressedNar(path, variant), variant, size);
      expect(found.rows).toEqual(expected.rows);
      expect(found.contents).toEqual(expected.contents);
    }
  });
});

async function compressedNar({ hashPart }: CorpusPath, variant: CacheVariant): Promise<Buffer> {
  const folder = corpus.caches[variant];
  const narInfo = await readFile(join(folder, `${hashPart}.narinfo`), 'utf8');
  return readFile(join(folder, fieldOf(narInfo, 'URL')));
}

/** Cuts both the compressed and the decoded bytes into pieces of the size. */
async function parse(compressed: Buffer, variant: CacheVariant, size: number): Promise<Expected> {
  const decode = await codecForCompression(variant.replace(/-.*/, '')).load();
  const collector = new Collector();
  const parser = new NarParser(collector);
  for await (const chunk of rechunk(decode(inPieces(compressed, size)), size)) parser.push(chunk);
  parser.finish();
  return { rows: collector.rows, contents: collector.hashes };
}

/** Pieces in one reused buffer, which is poisoned after each: who keeps borrowed bytes is found out. */
async function* inPieces(bytes: Buffer, size: number): ByteStream {
  const buffer = new Uint8Array(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = Math.min(size, bytes.length - at);
    buffer.set(bytes.subarray(at, at + length));
    yield buffer.subarray(0, length);
    buffer.fill(0xff);
  }
}

class Collector implements NarVisitor {
  readonly rows: Row[] = [];
  readonly hashes = new Map<string, string>();
  private readonly names: string[] = [];
  private hash = createHash('sha256');

  enterDirectory(name: Uint8Array): void {
    this.rows.push({ narPath: this.enter(name), kind: 'directory' });
  }

  leaveDirectory(): void {
    this.names.pop();
  }

  beginRegular(name: Uint8Array, file: RegularFile): void {
    const { executable, size, narOffset } = file;
    this.rows.push({ narPath: this.enter(name), kind: 'regular', size, executable, narOffset });
    this.hash = createHash('sha256');
  }

  contents(chunk: Uint8Array): void {
    this.hash.update(chunk);
  }

  endRegular(): void {
    this.hashes.set(this.path(), this.hash.digest('hex'));
    this.names.pop();
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.rows.push({ narPath: this.enter(name), kind: 'symlink', target: latin1(target) });
    this.names.pop();
  }

  private enter(name: Uint8Array): string {
    this.names.push(latin1(name));
    return this.path();
  }

  private path(): string {
    return this.names.slice(1).join('/');
  }
}

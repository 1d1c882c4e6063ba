import { spawnSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { BodyEncoding } from './misbehaviour';

/** What an answer carries: a file as it lies on disk, or bytes. */
export interface Body {
  readonly size: number;
  /** As HTTP writes it; undefined for what is made up on the spot. */
  readonly lastModified: string | undefined;
  read(start: number, end: number): AsyncIterable<Buffer>;
}

export async function fileBody(path: string): Promise<Body | undefined> {
  const facts = await stat(path).catch(() => undefined);
  if (!facts?.isFile()) return undefined;
  return {
    size: facts.size,
    lastModified: facts.mtime.toUTCString(),
    read: (start, end) => (end > start ? createReadStream(path, { start, end: end - 1 }) : nothing()),
  };
}

export function bytesBody(bytes: Uint8Array): Body {
  return {
    size: bytes.length,
    lastModified: undefined,
    async *read(start, end) {
      yield Buffer.from(bytes.subarray(start, end));
    },
  };
}

async function* nothing(): AsyncGenerator<Buffer> {}

/** The file in another encoding. What lies there as zstd (as in the sample cache) is decoded first. */
export async function encodedBody(path: string, encoding: BodyEncoding): Promise<Body> {
  const stored = await readFile(path);
  const plain = stored.readUInt32LE(0) === ZSTD_MAGIC ? filter('zstd', ['-dc'], stored) : stored;
  return bytesBody(encode(plain, encoding));
}

const ZSTD_MAGIC = 0xfd2fb528;

function encode(plain: Buffer, encoding: BodyEncoding): Buffer {
  switch (encoding) {
    case 'br':
      return brotliCompressSync(plain);
    case 'gzip':
      return gzipSync(plain);
    case 'zstd':
      return filter('zstd', ['-c'], plain);
    case 'xz':
      return filter('xz', ['-c'], plain);
  }
}

function filter(command: string, args: string[], input: Buffer): Buffer {
  const { stdout, status, error } = spawnSync(command, args, { input, maxBuffer: 1 << 30 });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}`);
  return stdout;
}

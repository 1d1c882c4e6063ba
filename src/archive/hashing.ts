import { createBLAKE3, createMD5, createSHA1, createSHA256, createSHA512 } from 'hash-wasm';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { formatHash, type HashAlgorithm, type NixHash } from '../nix/hash';

/** What a whole stream of bytes turned out to be. */
export interface Digest {
  readonly hash: NixHash;
  /** Bytes. */
  readonly size: number;
}

/** Hash and size of bytes as they pass. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  /** Of what passed so far; more may follow. */
  digest(): Digest;
  /** Begins anew. */
  restart(): void;
}

const ALGORITHMS = {
  md5: createMD5,
  sha1: createSHA1,
  sha256: createSHA256,
  sha512: createSHA512,
  blake3: createBLAKE3,
} satisfies Record<HashAlgorithm, unknown>;

export async function startHashing(algorithm: HashAlgorithm = 'sha256'): Promise<Hasher> {
  const hasher = await ALGORITHMS[algorithm]();
  hasher.init();
  let size = 0;
  return {
    update: (chunk) => {
      hasher.update(chunk);
      size += chunk.length;
    },
    digest: () => {
      const state = hasher.save();
      const digest = hasher.digest('binary');
      hasher.load(state);
      return { hash: { algorithm, digest }, size };
    },
    restart: () => {
      hasher.init();
      size = 0;
    },
  };
}

/** The same source; whoever reads it from its first byte to its last makes it known what that was. */
export function withDigest(source: ByteSource, onDigest: (digest: Digest) => void): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const isWhole = range.start === 0 && range.end === undefined;
    if (!isWhole) return yield* source.read(range, signal);
    const hasher = await startHashing();
    for await (const chunk of source.read(range, signal)) {
      hasher.update(chunk);
      yield chunk;
    }
    onDigest(hasher.digest());
  }
  return {
    get size() {
      return source.size;
    },
    read,
  };
}

export function formatDigest({ hash }: Digest): string {
  return formatHash(hash, 'nix32');
}

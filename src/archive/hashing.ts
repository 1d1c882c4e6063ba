import { createSHA256 } from 'hash-wasm';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { formatHash, type NixHash } from '../nix/hash';

/** What a whole stream of bytes turned out to be. */
export interface Digest {
  readonly sha256: NixHash;
  /** Bytes. */
  readonly size: number;
}

/** SHA-256 and size of bytes as they pass. */
export interface Hasher {
  update(chunk: Uint8Array): void;
  digest(): Digest;
}

export async function startHashing(): Promise<Hasher> {
  const sha256 = await createSHA256();
  sha256.init();
  let size = 0;
  return {
    update: (chunk) => {
      sha256.update(chunk);
      size += chunk.length;
    },
    digest: () => ({ sha256: { algorithm: 'sha256', digest: sha256.digest('binary') }, size }),
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

export function formatDigest({ sha256 }: Digest): string {
  return formatHash(sha256, 'nix32');
}

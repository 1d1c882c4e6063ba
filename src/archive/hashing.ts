import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { formatHash, type HashAlgorithm, type NixHash } from '../nix/hash';

/** What a whole stream of bytes turned out to be. */
export interface Digest {
  readonly hash: NixHash;
  /** Bytes. */
  readonly size: number;
}

/** Hash and size of bytes as they pass, wherever they are hashed. */
export interface Hasher {
  /** Takes all of the chunk at once. Who gets a promise waits for it before the next: there is no room for now. */
  update(chunk: Uint8Array): void | Promise<void>;
  /** Of what passed so far; more may follow. */
  digest(): Promise<Digest>;
  /** Begins anew. */
  restart(): void;
}

/** SHA-256 where no algorithm is named. */
export type StartHashing = (algorithm?: HashAlgorithm) => Promise<Hasher>;

interface Digesting {
  readonly startHashing: StartHashing;
  readonly onDigest: (digest: Digest) => void;
}

/** The same source; whoever reads it from its first byte to its last makes it known what that was. */
export function withDigest(source: ByteSource, { startHashing, onDigest }: Digesting): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    const isWhole = range.start === 0 && range.end === undefined;
    if (!isWhole) return yield* source.read(range, signal);
    const hasher = await startHashing();
    for await (const chunk of source.read(range, signal)) {
      const full = hasher.update(chunk);
      if (full) await full;
      yield chunk;
    }
    onDigest(await hasher.digest());
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

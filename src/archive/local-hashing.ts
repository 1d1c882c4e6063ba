import { createBLAKE3, createMD5, createSHA1, createSHA256, createSHA512 } from 'hash-wasm';
import type { HashAlgorithm } from '../nix/hash';
import type { Digest, StartHashing } from './hashing';

/** A hasher that does its work where it is called. */
export interface LocalHasher {
  update(chunk: Uint8Array): void;
  digest(): Digest;
  restart(): void;
}

const ALGORITHMS = {
  md5: createMD5,
  sha1: createSHA1,
  sha256: createSHA256,
  sha512: createSHA512,
  blake3: createBLAKE3,
} satisfies Record<HashAlgorithm, unknown>;

export async function startLocalHasher(algorithm: HashAlgorithm): Promise<LocalHasher> {
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

/** Hashing on the thread that asks for it. */
export const startHashingHere: StartHashing = async (algorithm = 'sha256') => {
  const hasher = await startLocalHasher(algorithm);
  return { ...hasher, digest: async () => hasher.digest() };
};

import type { HashAlgorithm, NixHash } from '../nix/hash';

/** What is said to the thread that hashes. Each hasher has a number of its own; messages are answered in their order. */
export type HashRequest =
  | { readonly type: 'start'; readonly hasher: number; readonly algorithm: HashAlgorithm }
  /** The first `length` bytes of a buffer that is given away, and comes back. */
  | {
      readonly type: 'update';
      readonly hasher: number;
      readonly buffer: ArrayBuffer;
      readonly length: number;
    }
  | { readonly type: 'digest'; readonly hasher: number; readonly question: number }
  | { readonly type: 'restart'; readonly hasher: number }
  | { readonly type: 'forget'; readonly hasher: number };

export type HashAnswer =
  | { readonly type: 'free'; readonly buffer: ArrayBuffer }
  | { readonly type: 'digest'; readonly question: number; readonly hash: NixHash; readonly size: number };

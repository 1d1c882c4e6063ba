/**
 * How far anything is followed that somebody else chose the size of: the one table, in code and (by the tests) in
 * docs/reliability.md. Whoever reads a length holds it against its row before a byte is allocated.
 */
export interface Limit {
  readonly most: number;
  readonly unit: 'bytes' | 'directories' | 'entries' | 'hops' | 'requests' | 'ms';
  /** What may be no larger, as a noun. */
  readonly of: string;
  /** What comes of it when it is larger, or why there is just so much room. */
  readonly why: string;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export const LIMITS = {
  metadata: {
    most: MIB,
    unit: 'bytes',
    of: 'a narinfo or a nix-cache-info, as it comes and decoded',
    why: 'the largest, of systems with thousands of references, have some 100 KiB',
  },
  listing: {
    most: 64 * MIB,
    unit: 'bytes',
    of: 'a listing (.ls), as it comes',
    why: 'the NAR is read instead',
  },
  decodedListing: {
    most: 256 * MIB,
    unit: 'bytes',
    of: 'a listing, decoded',
    why: 'the NAR is read instead',
  },
  describingFile: {
    most: 256 * MIB,
    unit: 'bytes',
    of: 'a local narinfo, listing or derivation',
    why: 'it is refused',
  },
  entries: {
    most: 5_000_000,
    unit: 'entries',
    of: 'a tree',
    why: 'Nix has no limit; a small NAR that is compressed can hold entries without end',
  },
  treeText: { most: 512 * MIB, unit: 'bytes', of: 'all names and targets of a tree', why: 'as for entries' },
  name: { most: 255, unit: 'bytes', of: 'the name of an entry', why: 'as Nix' },
  target: { most: 4095, unit: 'bytes', of: 'the target of a symlink', why: 'as Nix' },
  depth: { most: 64, unit: 'directories', of: 'directories around an entry', why: 'as Nix: less than these' },
  hops: { most: 40, unit: 'hops', of: 'symlinks that are followed on the way to one entry', why: 'as Linux' },
  storeName: { most: 211, unit: 'bytes', of: 'the name in a store path', why: 'as Nix' },
  savedName: {
    most: 255,
    unit: 'bytes',
    of: 'the name of a saved file',
    why: 'as file systems; it is shortened',
  },
  exportedSignature: {
    most: 4 * KIB,
    unit: 'bytes',
    of: 'the signature field of an export stream',
    why: 'nothing writes one any more',
  },
  derivation: { most: 64 * MIB, unit: 'bytes', of: 'a derivation (.drv)', why: 'the largest have some MiB' },
  derivationItems: { most: 1_000_000, unit: 'entries', of: 'one list in a derivation', why: 'as above' },
  derivationNesting: {
    most: 64,
    unit: 'entries',
    of: 'outputs of outputs in a dynamic derivation',
    why: 'nobody builds so deep',
  },
  unvouchedNar: {
    most: 4 * GIB,
    unit: 'bytes',
    of: 'a decoded NAR whose size no trusted signature states',
    why: 'a person may go on to four times as much, each time anew; under such a signature NarSize is the limit, to the byte',
  },
  xzDictionary: { most: 64 * MIB, unit: 'bytes', of: 'an xz dictionary', why: 'what xz -9 writes' },
  zstdWindow: {
    most: 128 * MIB,
    unit: 'bytes',
    of: 'a zstd window',
    why: 'what zstd -d takes without being asked',
  },
  brotliWindow: { most: 16 * MIB, unit: 'bytes', of: 'a brotli window', why: 'RFC 7932: no large windows' },
  bzip2Block: { most: 900_000, unit: 'bytes', of: 'a bzip2 block', why: 'the format’s own' },
  gzipWindow: { most: 32 * KIB, unit: 'bytes', of: 'a gzip window', why: 'the format’s own' },
  readAtOnce: {
    most: 64 * MIB,
    unit: 'bytes',
    of: 'a part of a file that is shown at once',
    why: 'Download has none',
  },
  spoolInMemory: {
    most: 64 * MIB,
    unit: 'bytes',
    of: 'decoded bytes kept in memory, where the browser has private files for the rest',
    why: 'the rest is written to one',
  },
  spoolWithoutStorage: {
    most: 512 * MIB,
    unit: 'bytes',
    of: 'decoded bytes kept in memory, where it has none',
    why: 'what comes after is decoded anew when it is wanted',
  },
  attempts: {
    most: 4,
    unit: 'requests',
    of: 'requests made again after one that failed',
    why: 'then it is a failure',
  },
  retryWait: {
    most: 60_000,
    unit: 'ms',
    of: 'a wait before a request is made again',
    why: 'a longer Retry-After is a failure',
  },
} as const satisfies Record<string, Limit>;

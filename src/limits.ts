/**
 * How far anything is followed that somebody else chose the size of: the one table, in code and (by the tests) in
 * docs/reliability.md. What is ours to hold is held against its row before a byte is allocated. A few are held by others, by
 * compiled decoders or by what a format can say at all; their rows say so. `limits.test.ts` tries the rows, of whichever kind.
 */
export interface Limit {
  readonly most: number;
  readonly unit: 'bytes' | 'directories' | 'entries' | 'hops' | 'paths' | 'references' | 'requests' | 'ms';
  /** Who holds it: our code, by this number; a decoder, by one that it was compiled with; or the format, which cannot say more. */
  readonly by: 'us' | 'the decoder' | 'the format';
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
    by: 'us',
    of: 'a narinfo or a nix-cache-info, as it comes and decoded, from a cache or a file; its references with it',
    why: 'the largest, of systems with thousands of references, have some 100 KiB',
  },
  listing: {
    most: 64 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'a listing (.ls), as it comes',
    why: 'the NAR is read instead',
  },
  decodedListing: {
    most: 256 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'a listing, decoded, from a cache or a file',
    why: 'the NAR is read instead',
  },
  entries: {
    most: 5_000_000,
    unit: 'entries',
    by: 'us',
    of: 'a tree, or all trees of an export stream',
    why: 'Nix has no limit; a small NAR that is compressed can hold entries without end',
  },
  treeText: {
    most: 512 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'all names and targets of a tree, or of all trees of an export stream',
    why: 'as for entries',
  },
  name: { most: 255, unit: 'bytes', by: 'us', of: 'the name of an entry', why: 'as Nix' },
  target: { most: 4095, unit: 'bytes', by: 'us', of: 'the target of a symlink', why: 'as Nix' },
  depth: {
    most: 64,
    unit: 'directories',
    by: 'us',
    of: 'directories around an entry',
    why: 'as Nix: less than these',
  },
  hops: {
    most: 40,
    unit: 'hops',
    by: 'us',
    of: 'symlinks that are followed on the way to one entry',
    why: 'as Linux',
  },
  storeName: { most: 211, unit: 'bytes', by: 'us', of: 'the name in a store path', why: 'as Nix' },
  savedName: {
    most: 255,
    unit: 'bytes',
    by: 'us',
    of: 'the name of a saved file',
    why: 'as file systems; it is shortened',
  },
  exportedPaths: {
    most: 20_000,
    unit: 'paths',
    by: 'us',
    of: 'store paths in an export stream',
    why: 'a whole system has some thousands',
  },
  references: {
    most: 30_000,
    unit: 'references',
    by: 'us',
    of: 'references of one path in an export stream',
    why: 'a narinfo has no room for more',
  },
  exportedReferences: {
    most: 500_000,
    unit: 'references',
    by: 'us',
    of: 'references of all paths in an export stream',
    why: 'a whole system has some ten thousands',
  },
  exportedSignature: {
    most: 4 * KIB,
    unit: 'bytes',
    by: 'us',
    of: 'the signature field of an export stream',
    why: 'nothing writes one any more',
  },
  derivation: {
    most: 64 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'a derivation (.drv)',
    why: 'the largest have some MiB',
  },
  derivationItems: {
    most: 1_000_000,
    unit: 'entries',
    by: 'us',
    of: 'one list in a derivation',
    why: 'as above',
  },
  derivationNesting: {
    most: 64,
    unit: 'entries',
    by: 'us',
    of: 'outputs of outputs in a dynamic derivation',
    why: 'nobody builds so deep',
  },
  unvouchedNar: {
    most: 4 * GIB,
    unit: 'bytes',
    by: 'us',
    of: 'a decoded NAR whose size no trusted signature states',
    why: 'a person may go on to four times as much, each time anew; under such a signature NarSize is the limit, to the byte',
  },
  xzDictionary: {
    most: 64 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'an xz dictionary',
    why: 'what xz -9 writes',
  },
  xzDictionaryOnDemand: {
    most: 1.5 * GIB,
    unit: 'bytes',
    by: 'us',
    of: 'an xz dictionary, where somebody asked for more than the above',
    why: 'what xz can be told to write',
  },
  xzIndex: {
    most: MIB,
    unit: 'bytes',
    by: 'us',
    of: 'the indexes of an xz file, where its blocks are to be found by them',
    why: 'some 100 000 blocks; from its beginning it can be read all the same',
  },
  xzStreams: {
    most: 256,
    unit: 'entries',
    by: 'us',
    of: 'streams of an xz file, where its blocks are to be found by their indexes',
    why: 'each may take a request; from its beginning it can be read all the same',
  },
  zstdWindow: {
    most: 128 * MIB,
    unit: 'bytes',
    by: 'the decoder',
    of: 'a zstd window',
    why: 'what zstd -d takes without being asked',
  },
  brotliWindow: {
    most: 16 * MIB,
    unit: 'bytes',
    by: 'the format',
    of: 'a brotli window',
    why: 'RFC 7932; “large windows” are not read',
  },
  bzip2Block: {
    most: 900_000,
    unit: 'bytes',
    by: 'the format',
    of: 'a bzip2 block',
    why: 'the format’s own',
  },
  gzipWindow: {
    most: 32 * KIB,
    unit: 'bytes',
    by: 'the format',
    of: 'a gzip window',
    why: 'the format’s own',
  },
  decodedPart: {
    most: 64 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'a part of a compressed file, decoded, that a thread of its own decodes: a block of xz, a frame of zstd',
    why: 'a larger one is decoded as it comes',
  },
  readAtOnce: {
    most: 64 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'a part of a file that is shown at once',
    why: 'Download has none',
  },
  spoolInMemory: {
    most: 64 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'decoded bytes kept in memory, where the browser has private files for the rest',
    why: 'the rest is written to one',
  },
  spoolWithoutStorage: {
    most: 512 * MIB,
    unit: 'bytes',
    by: 'us',
    of: 'decoded bytes kept in memory, where it has none',
    why: 'what comes after is decoded anew when it is wanted',
  },
  keptBytes: {
    most: GIB,
    unit: 'bytes',
    by: 'us',
    of: 'decoded NARs kept in private files between visits, until the settings say otherwise',
    why: 'the least recently used ones are removed',
  },
  keptNars: {
    most: 500,
    unit: 'paths',
    by: 'us',
    of: 'NARs kept between visits',
    why: 'as above',
  },
  attempts: {
    most: 4,
    unit: 'requests',
    by: 'us',
    of: 'requests made again after one that failed',
    why: 'then it is a failure',
  },
  retryWait: {
    most: 60_000,
    unit: 'ms',
    by: 'us',
    of: 'a wait before a request is made again',
    why: 'a longer Retry-After is a failure',
  },
} as const satisfies Record<string, Limit>;

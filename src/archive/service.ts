import type { NixHash } from '../nix/hash';
import type { NarListing } from '../nix/nar/listing';
import type { NarInfo } from '../nix/narinfo';
import type { StorePath } from '../nix/store-path';
import type { Failure } from './failure';
import type { Outcome } from './outcome';
import type { Verdicts } from './verdict';

export interface TrustedKey {
  readonly key: string;
  /** The one cache that a key which is built in is trusted for; undefined: it is of the person's list, and counts for any. */
  readonly cacheUrl?: string | undefined;
}

/** What can be opened, as a recipe: the bytes are fetched where they are decoded. */
export type ArchiveInput =
  | {
      readonly kind: 'store-path';
      /** 32 digits of nixbase32. */
      readonly hashPart: string;
      /** Caches to ask, in order; the first that has the path answers. */
      readonly cacheUrls: readonly string[];
      /** `name:base64`, as in Nix's `trusted-public-keys`: each may vouch for any path, from any cache. */
      readonly trustedKeys: readonly TrustedKey[];
      /** Read the tree from the NAR itself, even when there is a listing. */
      readonly ignoreListing?: boolean;
      /** Milliseconds of silence after which a request is made again, as Nix's `stalled-download-timeout`; undefined: never. */
      readonly patience?: number;
      /** Ask the caches themselves, whatever the browser kept of their answers. */
      readonly fresh?: boolean;
      /** Decoded bytes to stop at when nobody trusted states how many there are; undefined: `LIMITS.unvouchedNar`. */
      readonly mostDecoded?: number;
      /** Bytes of all NARs that may be kept on this computer; undefined: this one is not. */
      readonly keptQuota?: number;
    }
  | {
      readonly kind: 'nar-url';
      readonly url: string;
      /** As above. */
      readonly patience?: number;
      readonly fresh?: boolean;
      readonly mostDecoded?: number;
    }
  | { readonly kind: 'file'; readonly file: File; readonly mostDecoded?: number }
  /** One of the store paths of a `nix-store --export` stream that was opened before. */
  | { readonly kind: 'exported'; readonly exportId: number; readonly index: number };

export interface Progress {
  /** Compressed bytes that arrived. */
  readonly receivedBytes: number;
  /** Compressed bytes in all; undefined while unknown. */
  readonly totalBytes: number | undefined;
  /** Bytes that came out of the decoder. */
  readonly decodedBytes: number;
  /** Decoded bytes that are wanted in all; undefined while unknown. */
  readonly wantedBytes: number | undefined;
  readonly milliseconds: number;
  /** Nothing comes just now, because a request has to be made again. */
  readonly waiting?: Waiting | undefined;
}

/** A request that failed, and will be made again. */
export interface Waiting {
  readonly failure: Failure;
  /** The first one is 1. */
  readonly attempt: number;
  readonly attempts: number;
  /** Milliseconds until then. */
  readonly left: number;
}

/** What something cost. */
export interface Cost {
  readonly requests: number;
  readonly receivedBytes: number;
  readonly milliseconds: number;
}

/** Something odd that could be read through. Shown beside the archive, never in the way. */
export interface Quirk {
  /** A stable name: `compression-missing`, `listing-not-used`, `compression-overruled`. */
  readonly name: string;
  readonly detail: string;
}

/** Where an archive's bytes come from. */
export type ArchiveOrigin =
  | {
      readonly kind: 'cache';
      readonly cacheUrl: string;
      readonly narInfo: NarInfo;
      /** The narinfo as the cache wrote it. */
      readonly narInfoText: string;
      /** Absolute. */
      readonly narUrl: string;
      /** The NAR is one that was kept on this computer. */
      readonly kept?: KeptSince;
    }
  | { readonly kind: 'nar-url'; readonly narUrl: string }
  | { readonly kind: 'file'; readonly fileName: string; readonly fileSize: number }
  | {
      readonly kind: 'exported';
      readonly fileName: string;
      readonly storePath: StorePath;
      readonly references: readonly StorePath[];
      readonly deriver: StorePath | undefined;
    };

/** Since when a NAR is kept, and who was asked for what describes it. */
export interface KeptSince {
  /** Milliseconds since 1970: when a cache last described it so. */
  readonly fetchedAt: number;
  /** No cache answered: the narinfo is the one that was kept, too. */
  readonly isUnasked: boolean;
}

/** NARs that are kept on this computer between visits. Not every browser lets a page keep any. */
export type KeptReport =
  | { readonly isPossible: false }
  | { readonly isPossible: true; readonly nars: number; readonly bytes: number };

/** What is known of an archive before its tree stands. */
export interface ArchiveHead {
  readonly origin: ArchiveOrigin;
  /** The narinfo's `Compression`, or what the bytes say where there is no narinfo. */
  readonly compression: string;
  /** The shell command that decodes it; undefined where none is needed, or known. */
  readonly decodeCommand: string | undefined;
  readonly quirks: readonly Quirk[];
  readonly verdicts: Verdicts;
  /** SHA-256 of the decoded NAR, as found; undefined until it was read whole. */
  readonly narHash?: NixHash | undefined;
}

export interface OpenedArchive extends ArchiveHead {
  /** For the other methods of the service, until `close`. */
  readonly id: number;
  readonly listing: NarListing;
  readonly listingFrom: 'ls' | 'nar';
  /** Bytes of the decoded NAR. */
  readonly narSize: number;
  /** Where decoded bytes are kept: reading them again asks nobody. */
  readonly keptIn: 'memory' | 'opfs' | 'nowhere';
  readonly cost: Cost;
}

export type OpenUpdate =
  /** This cache is being asked. */
  | { readonly type: 'asking'; readonly cacheUrl: string }
  | { readonly type: 'head'; readonly head: ArchiveHead }
  /** The tree as far as it has been read. */
  | { readonly type: 'listing'; readonly listing: NarListing }
  | { readonly type: 'progress'; readonly progress: Progress };

/** A file that holds several store paths, one of which is to be chosen; or text about an archive, without its bytes. */
export type Opened =
  | { readonly kind: 'archive'; readonly archive: OpenedArchive }
  | {
      readonly kind: 'export';
      readonly exportId: number;
      readonly fileName: string;
      readonly storePaths: readonly StorePath[];
    }
  | {
      readonly kind: 'narinfo';
      readonly fileName: string;
      readonly narInfo: NarInfo;
      readonly narInfoText: string;
    }
  | {
      readonly kind: 'listing';
      readonly fileName: string;
      readonly listing: NarListing;
      readonly quirks: readonly Quirk[];
    }
  | { readonly kind: 'derivation'; readonly fileName: string; readonly text: string };

export interface FileRange {
  /** Row of a regular file in the archive's listing. */
  readonly row: number;
  readonly fileOffset: number;
  /** To the end of the file when absent. */
  readonly length?: number | undefined;
}

/** What came of reading a file. Its bytes can show more oddities than opening the listing did, and another compression. */
export interface ReadReport extends Omit<ArchiveHead, 'origin'> {
  readonly cost: Cost;
  /** These bytes came by a transfer of their own, as there was no room to keep them: what a check of the whole NAR found is not said of them. */
  readonly isApart?: boolean;
}

/** What the app can do with archives. Nothing here knows of threads; every method may be called across one. */
export interface ArchiveService {
  /** Opens what the recipe says. Updates come while it works, at most about ten a second of each type. */
  open(
    input: ArchiveInput,
    onUpdate: (update: OpenUpdate) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Opened>>;
  /** Bytes of a file, whole; meant for what fits a screen. Fails with `limit` above 64 MiB. */
  read(
    archiveId: number,
    range: FileRange,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Outcome<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly report: ReadReport }>>;
  /** Bytes of a file in order, in chunks of about 1 MiB; the next is not read before `write` resolved. */
  stream(
    archiveId: number,
    range: FileRange,
    write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Outcome<ReadReport>>;
  /**
   * Reads the whole NAR once, unless that was done, and holds it against everything that is claimed of it. A NAR that is not
   * the one described is a report with a mismatch, also where reading had to stop there. Streams of the archive that begin
   * while it reads take part in its pass: what they hand out is what was checked, and is fetched once.
   */
  verify(
    archiveId: number,
    onProgress: (progress: Progress) => void,
    signal: AbortSignal,
  ): Promise<Outcome<ReadReport>>;
  /** What is kept on this computer between visits. */
  kept(): Promise<Outcome<KeptReport>>;
  /**
   * Removes what was not used for the longest time until no more than so many bytes are kept, but nothing that stands open;
   * answers what is left.
   */
  trimKept(quota: number): Promise<Outcome<KeptReport>>;
  /** Removes all that is kept: what stands open, when it is closed. */
  removeKept(): Promise<Outcome<KeptReport>>;
  /** Frees what the archive or the export holds, transfers, memory, private files, when no read of it is under way. */
  close(archiveId: number): Promise<void>;
}

import { LimitError, NarFormatError } from '../nix/errors';
import { formatHash } from '../nix/hash';
import type { NarInfo } from '../nix/narinfo';
import { type Activity, settle } from './archive';
import type { Tap } from './decoded-source';
import { type Digest, formatDigest, startHashing } from './hashing';
import { compared, impossible, mismatch, UNREAD, type Verdict, type Verdicts, verified } from './verdict';

/** What can be said of a narinfo's claims before a byte of the NAR was read. */
export function unreadVerdicts({ fileHash, fileSize }: NarInfo): typeof UNREAD {
  return {
    ...UNREAD,
    ...(!fileHash && { 'file-hash': impossible('The narinfo states none.') }),
    ...(fileSize === undefined && { 'file-size': impossible('The narinfo states none.') }),
  };
}

/**
 * Holds a whole NAR against NarHash and NarSize as it passes, around the tap that reads its structure. More bytes than
 * NarSize are a bomb, or another NAR: then it stops at once.
 */
export async function claimedTap(inner: Tap, narInfo: NarInfo, activity: Activity): Promise<Tap> {
  const hasher = await startHashing();
  let size = 0;
  return {
    bytes: (chunk) => {
      size += chunk.length;
      if (size > narInfo.narSize) {
        settle(activity, { 'nar-size': mismatch(`claimed ${narInfo.narSize}, found more`) });
        throw new LimitError('bytes of a NAR, as its narinfo states them,', narInfo.narSize);
      }
      hasher.update(chunk);
      readingListing(activity, () => inner.bytes(chunk));
    },
    end: () => {
      readingListing(activity, () => inner.end());
      settle(activity, { ...narVerdicts(narInfo, hasher.digest()), listing: verified('as the NAR has it') });
    },
  };
}

function readingListing(activity: Activity, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof NarFormatError && error.reason === 'listing-disagrees') {
      settle(activity, { listing: mismatch(error.message) });
    }
    throw error;
  }
}

function narVerdicts({ narHash, narSize }: NarInfo, digest: Digest): Partial<Verdicts> {
  const hash: Verdict =
    narHash.algorithm === 'sha256'
      ? compared(formatHash(narHash, 'nix32'), formatDigest(digest))
      : impossible(`It is ${narHash.algorithm}, which Nix does not use for NARs any more.`);
  return { 'nar-hash': hash, 'nar-size': compared(`${narSize}`, `${digest.size}`) };
}

/** Holds a whole file behind a narinfo's URL against FileHash and FileSize. */
export function fileVerdicts({ fileHash, fileSize }: NarInfo, digest: Digest): Partial<Verdicts> {
  return {
    ...(fileHash?.algorithm === 'sha256' && {
      'file-hash': compared(formatHash(fileHash, 'nix32'), formatDigest(digest)),
    }),
    ...(fileSize !== undefined && { 'file-size': compared(`${fileSize}`, `${digest.size}`) }),
  };
}

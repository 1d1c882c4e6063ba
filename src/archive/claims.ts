import { LimitError, NarFormatError } from '../nix/errors';
import { formatHash } from '../nix/hash';
import type { NarInfo } from '../nix/narinfo';
import { startContentsCheck } from './addressed-contents';
import { type Activity, settle } from './archive';
import type { Tap } from './decoded-source';
import { type Digest, formatDigest, type Hasher, type StartHashing } from './hashing';
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
 * Holds the NAR of a narinfo against what it claims, pass by pass. Bytes of one pass are kept and handed out after another
 * has proved the whole: so each pass has to bring what the ones before it brought, or nothing of it is believed.
 */
export class ClaimedNar {
  private readonly narInfo: NarInfo;
  private readonly activity: Activity;
  private readonly startHashing: StartHashing;
  private latest: Hasher | undefined;
  /** The longest beginning that was seen. */
  private seen: Digest | undefined;
  private changed = false;

  constructor(narInfo: NarInfo, activity: Activity, startHashing: StartHashing) {
    this.narInfo = narInfo;
    this.activity = activity;
    this.startHashing = startHashing;
  }

  /**
   * For one pass, around the tap that reads its structure. More bytes than NarSize are a bomb, or another NAR: then it stops
   * at once.
   */
  async tap(inner: Tap): Promise<Tap> {
    const { narInfo, activity } = this;
    const hasher = await this.startHashing();
    const isAddressed = activity.verdicts['content-address'].state === 'verified';
    const contents = isAddressed ? await startContentsCheck(narInfo, this.startHashing) : undefined;
    await this.remember();
    const { seen } = this;
    this.latest = hasher;
    let size = 0;
    let compared: Promise<void> | undefined;
    return {
      bytes: (chunk) => {
        const before = size;
        size += chunk.length;
        if (size > narInfo.narSize) {
          settle(activity, { 'nar-size': mismatch(`claimed ${narInfo.narSize}, found more`) });
          throw new LimitError('bytes of a NAR, as its narinfo states them,', narInfo.narSize);
        }
        readingListing(activity, () => void inner.bytes(chunk));
        let rest = chunk;
        if (seen && before < seen.size && size >= seen.size) {
          void hasher.update(chunk.subarray(0, seen.size - before));
          compared = hasher.digest().then((now) => this.compare(seen, now));
          rest = chunk.subarray(seen.size - before);
        }
        void contents?.update(chunk);
        return hasher.update(rest);
      },
      end: async () => {
        readingListing(activity, () => void inner.end());
        await compared;
        const digest = await hasher.digest();
        const addressed = await contents?.verdict(digest);
        if (seen && digest.size < seen.size) this.compare(seen, digest);
        activity.narHash = digest.hash;
        // All at once: nobody is to see one of them without the others.
        settle(activity, {
          ...narVerdicts(narInfo, digest),
          listing: verified('as the NAR has it'),
          ...(this.changed && CHANGED),
          ...(addressed && { 'content-address': addressed }),
        });
      },
    };
  }

  private async remember(): Promise<void> {
    const digest = await this.latest?.digest();
    if (digest && digest.size > (this.seen?.size ?? 0)) this.seen = digest;
  }

  private compare(before: Digest, now: Digest): void {
    if (formatDigest(before) === formatDigest(now)) return;
    this.changed = true;
    settle(this.activity, CHANGED);
  }
}

const CHANGED = {
  'nar-hash': mismatch('The cache sent other bytes for the same NAR when it was asked again.'),
} as const;

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
    ...(fileHash && {
      'file-hash':
        fileHash.algorithm === 'sha256'
          ? compared(formatHash(fileHash, 'nix32'), formatDigest(digest))
          : impossible(`It is ${fileHash.algorithm}, which Nix does not use for files of caches any more.`),
    }),
    ...(fileSize !== undefined && { 'file-size': compared(`${fileSize}`, `${digest.size}`) }),
  };
}

import type { FileIdentity } from '../bytes/http-headers';
import { resumingHttpSource } from '../bytes/resuming-source';
import type { CodecName } from '../codecs/codec';
import type { NarListing } from '../nix/nar/listing';
import { type Activity, addQuirk, type Means, settle } from './archive';
import { ClaimedNar, fileVerdicts } from './claims';
import { DecodedSource, type Tap } from './decoded-source';
import { decodingOf } from './decoding';
import { windowsOf } from './file-windows';
import { type Digest, withDigest } from './hashing';
import { hashingHere } from './hashing-here';
import type { WholeNar } from './kept-nars';
import { isWrong } from './open-kept';
import type { ArchiveOrigin, Quirk } from './service';
import { boundedTap } from './taps';

export type CacheOrigin = ArchiveOrigin & { readonly kind: 'cache' };

/** A path that a cache has, while it is being opened. */
export interface Opening {
  readonly origin: CacheOrigin;
  readonly identity: FileIdentity;
  readonly activity: Activity;
  readonly means: Means;
  /** Decoded bytes to stop at; undefined where somebody trusted states NarSize. */
  readonly mostDecoded: number | undefined;
  /** Keeps the NAR, which was proved, for the next visit. */
  readonly keep: (whole: WholeNar) => Promise<void>;
}

/** Keeping goes on when nobody looks at the archive any more. */
const NEVER = new AbortController().signal;

interface Reading {
  /** Before anything was read. */
  readonly hasTree: boolean;
  readonly tap: () => Tap;
  /** When all was read. */
  readonly listing: () => NarListing;
}

/**
 * The NAR of a narinfo. Whoever reads it whole makes it known whether the narinfo's claims hold; if they do, and the spool had
 * room for all of it, it is kept.
 */
export function decodedNar(opening: Opening, { hasTree, tap, listing }: Reading): DecodedSource {
  const { origin, identity, activity, means, mostDecoded = Number.POSITIVE_INFINITY } = opening;
  const { startHashing, partDecoding } = means;
  const { narUrl, narInfo } = origin;
  const file = resumingHttpSource(narUrl, { ...activity.network, identity });
  const { fileSize } = narInfo;
  const windows =
    fileSize === undefined
      ? file
      : windowsOf(file, {
          compressedSize: fileSize,
          size: narInfo.narSize,
          wantedUntil: () => nar.wantedUntil,
        });
  const onDigest = (digest: Digest) => settle(activity, fileVerdicts(narInfo, digest));
  // The decoder is done before the thread that hashes the NAR, and can as well hash the file meanwhile.
  const isQuick = narInfo.compression === 'zstd';
  const source = withDigest(windows, { startHashing: isQuick ? hashingHere : startHashing, onDigest });
  const note = (codec: CodecName, quirk?: Quirk) => {
    activity.compression = codec;
    if (quirk) addQuirk(activity, quirk);
  };
  const claimed = new ClaimedNar(narInfo, activity, startHashing);
  const nar = new DecodedSource({
    url: narUrl,
    decode: decodingOf({
      source,
      declared: narInfo.compression,
      name: narUrl,
      note,
      partDecoding,
      wantedUntil: () => nar.wantedUntil,
      // The tree of a NAR without listing grows from its first byte on.
      decodedSize: hasTree ? narInfo.narSize : undefined,
    }),
    tap: () => claimed.tap(boundedTap(tap(), () => mostDecoded)),
    spool: means.createSpool(),
    onWhole: async () => {
      const isProved = activity.verdicts['nar-hash'].state === 'verified' && !isWrong(activity);
      if (!isProved || !nar.isKept(narInfo.narSize)) return;
      await opening.keep({ listing, read: () => nar.read({ start: 0, end: narInfo.narSize }, NEVER) });
    },
  });
  activity.decodedBytes = () => nar.decodedBytes;
  return nar;
}

import { FileIdentity } from '../bytes/http-headers';
import { resumingHttpSource } from '../bytes/resuming-source';
import type { ByteSource } from '../bytes/source';
import { windowedSource } from '../bytes/windowed-source';
import type { CodecName } from '../codecs/codec';
import { LIMITS } from '../limits';
import type { NarListing } from '../nix/nar/listing';
import { ListingBuilder } from '../nix/nar/listing-builder';
import {
  type Activity,
  type Archive,
  addQuirk,
  decodedParts,
  knownOf,
  type Means,
  meter,
  type OpenContext,
  settle,
  startActivity,
  withProgress,
} from './archive';
import { askCaches, type StorePathInput, usableListing } from './ask-caches';
import { checkContentAddress, checkSignature } from './check-claims';
import { checkedNar } from './checked-nar';
import { ClaimedNar, fileVerdicts, unreadVerdicts } from './claims';
import { DecodedSource, type Tap } from './decoded-source';
import { decodingOf } from './decoding';
import { framedNar } from './framed-nar';
import { type Digest, withDigest } from './hashing';
import { describeNarInfoQuirk } from './quirk-texts';
import type { ArchiveOrigin, Quirk, TrustedKey } from './service';
import { boundedTap, checkingTap, growingTap } from './taps';

type CacheOrigin = ArchiveOrigin & { readonly kind: 'cache' };

/** A path that a cache has, while it is being opened. */
interface Opening {
  readonly origin: CacheOrigin;
  readonly identity: FileIdentity;
  readonly activity: Activity;
  readonly means: Means;
  /** Decoded bytes to stop at; undefined where somebody trusted states NarSize. */
  readonly mostDecoded: number | undefined;
}

/** Asks the caches in order, and makes a tree of what the first that has the path answers. */
export async function openStorePath(input: StorePathInput, context: OpenContext): Promise<Archive> {
  const activity = startActivity('none', input);
  const { progress } = meter(activity);
  const reporting = <T>(work: () => Promise<T>) =>
    withProgress(() => context.onUpdate({ type: 'progress', progress: progress(undefined) }), work);
  const found = await reporting(() => askCaches(input, activity, context));
  const { cache, cacheUrl, narInfo, narInfoText } = found;
  const origin: CacheOrigin = {
    kind: 'cache',
    cacheUrl,
    narInfo,
    narInfoText,
    narUrl: cache.narUrl(narInfo),
  };
  activity.compression = narInfo.compression;
  activity.compressedSize = narInfo.fileSize;
  for (const quirk of narInfo.quirks) addQuirk(activity, describeNarInfoQuirk(quirk));
  settle(activity, {
    ...unreadVerdicts(narInfo),
    signature: await checkSignature(narInfo, keysFor(cacheUrl, input)),
    'content-address': await checkContentAddress(narInfo),
  });
  context.onUpdate({ type: 'head', head: { origin, ...knownOf(activity) } });

  // A content address says nothing of NarSize.
  const isVouched = activity.verdicts.signature.state === 'verified';
  const mostDecoded = isVouched ? undefined : (input.mostDecoded ?? LIMITS.unvouchedNar.most);
  const identity = new FileIdentity();
  const opening = { origin, identity, activity, means: context, mostDecoded };
  const listing = input.ignoreListing
    ? undefined
    : await reporting(() => usableListing(found, activity, context.signal));
  return listing ? byListing(opening, listing) : byReading(opening, context);
}

function keysFor(cacheUrl: string, { trustedKeys }: StorePathInput): TrustedKey[] {
  return trustedKeys.filter((trusted) => [undefined, cacheUrl].includes(trusted.cacheUrl));
}

/**
 * The tree is known: bytes are read when a file is wanted, and no further than its end. A NAR that is not compressed gives
 * exactly the file's range; that it is one is known by FileSize = NarSize, or else by a look at its first bytes.
 */
function byListing(opening: Opening, listing: NarListing): Archive {
  const { origin, identity, activity } = opening;
  const { narInfo } = origin;
  const parts = { origin, listing, listingFrom: 'ls', narSize: narInfo.narSize, activity } as const;
  const decoded = decodedNar(opening, () => checkingTap(listing));
  if (narInfo.compression !== 'none' || (narInfo.fileSize ?? narInfo.narSize) !== narInfo.narSize) {
    return { ...parts, ...decodedParts(decoded) };
  }
  const ranged = resumingHttpSource(origin.narUrl, { ...activity.network, identity, size: narInfo.narSize });
  const framed = framedNar(ranged, { url: origin.narUrl, listing });
  const byRange = narInfo.fileSize === undefined ? checkedNar(framed, decoded) : framed;
  // Checking it reads it whole, once, as if it were compressed. Then what was checked is what the files are taken from: a
  // range that is asked for by itself may bring anything.
  const isChecked = () => decoded.size !== undefined || decoded.wantedUntil === Number.POSITIVE_INFINITY;
  const nar: ByteSource = {
    size: narInfo.narSize,
    read: (range, signal) => (isChecked() ? decoded : byRange).read(range, signal),
  };
  return {
    ...parts,
    ...decodedParts(decoded),
    nar,
    keptIn: () => (isChecked() ? decoded.keptIn : 'nowhere'),
    isKept: (until) => isChecked() && decoded.isKept(until),
  };
}

/** There is no listing to use: the whole NAR is read once, the tree grows with it, and what was decoded is kept. */
async function byReading(opening: Opening, { onUpdate, signal }: OpenContext): Promise<Archive> {
  const { origin, activity } = opening;
  const builder = new ListingBuilder();
  const growing = growingTap(builder, (listing) => onUpdate({ type: 'listing', listing }));
  let listing: NarListing | undefined;
  const nar = decodedNar(opening, () => (listing ? checkingTap(listing) : growing));
  const { progress } = meter(activity);
  const report = () => onUpdate({ type: 'progress', progress: progress(origin.narInfo.narSize) });
  try {
    const narSize = await withProgress(report, () => nar.readAll(signal));
    listing = builder.snapshot();
    return { origin, listing, listingFrom: 'nar', narSize, activity, ...decodedParts(nar) };
  } catch (error) {
    await nar.close();
    throw error;
  }
}

/** Where in the compressed file a decoded byte may be expected: as if it were compressed evenly, and a little more. */
function compressedEnd(narOffset: number, narSize: number, fileSize: number): number {
  if (narOffset >= narSize) return fileSize;
  return Math.ceil((narOffset / narSize) * fileSize * 1.05) + 64 * 1024;
}

/** The NAR of a narinfo. Whoever reads it whole makes it known whether the narinfo's claims hold. */
function decodedNar(opening: Opening, tap: () => Tap): DecodedSource {
  const { origin, identity, activity, means, mostDecoded = Number.POSITIVE_INFINITY } = opening;
  const { startHashing, partDecoding } = means;
  const { narUrl, narInfo } = origin;
  const file = resumingHttpSource(narUrl, { ...activity.network, identity });
  const { fileSize } = narInfo;
  const windows =
    fileSize === undefined
      ? file
      : windowedSource(file, fileSize, () => compressedEnd(nar.wantedUntil, narInfo.narSize, fileSize));
  const onDigest = (digest: Digest) => settle(activity, fileVerdicts(narInfo, digest));
  const source = withDigest(windows, { startHashing, onDigest });
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
    }),
    tap: () => claimed.tap(boundedTap(tap(), () => mostDecoded)),
    spool: means.createSpool(),
  });
  activity.decodedBytes = () => nar.decodedBytes;
  return nar;
}

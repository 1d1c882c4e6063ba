import { httpSource } from '../bytes/http-source';
import type { ByteSource } from '../bytes/source';
import { createSpool } from '../bytes/spool';
import { windowedSource } from '../bytes/windowed-source';
import type { CodecName } from '../codecs/codec';
import type { NarListing } from '../nix/nar/listing';
import { ListingBuilder } from '../nix/nar/listing-builder';
import {
  type Activity,
  type Archive,
  addQuirk,
  decodedParts,
  knownOf,
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
import { withDigest } from './hashing';
import { describeNarInfoQuirk } from './quirk-texts';
import type { ArchiveOrigin, Quirk, TrustedKey } from './service';
import { checkingTap, growingTap } from './taps';

type CacheOrigin = ArchiveOrigin & { readonly kind: 'cache' };

/** Asks the caches in order, and makes a tree of what the first that has the path answers. */
export async function openStorePath(input: StorePathInput, context: OpenContext): Promise<Archive> {
  const activity = startActivity('none');
  const found = await askCaches(input, activity, context);
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

  const listing = input.ignoreListing ? undefined : await usableListing(found, activity, context.signal);
  return listing ? byListing(origin, listing, activity) : byReading(origin, activity, context);
}

function keysFor(cacheUrl: string, { trustedKeys }: StorePathInput): TrustedKey[] {
  return trustedKeys.filter((trusted) => [undefined, cacheUrl].includes(trusted.cacheUrl));
}

/**
 * The tree is known: bytes are read when a file is wanted, and no further than its end. A NAR that is not compressed gives
 * exactly the file's range; that it is one is known by FileSize = NarSize, or else by a look at its first bytes.
 */
function byListing(origin: CacheOrigin, listing: NarListing, activity: Activity): Archive {
  const { narInfo } = origin;
  const parts = { origin, listing, listingFrom: 'ls', narSize: narInfo.narSize, activity } as const;
  const decoded = decodedNar(origin, activity, () => checkingTap(listing));
  if (narInfo.compression !== 'none' || (narInfo.fileSize ?? narInfo.narSize) !== narInfo.narSize) {
    return { ...parts, ...decodedParts(decoded) };
  }
  const ranged = httpSource(origin.narUrl, { size: narInfo.narSize, counter: activity.counter });
  const byRange = narInfo.fileSize === undefined ? checkedNar(ranged, decoded) : ranged;
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
  };
}

/** There is no listing to use: the whole NAR is read once, the tree grows with it, and what was decoded is kept. */
async function byReading(
  origin: CacheOrigin,
  activity: Activity,
  { onUpdate, signal }: OpenContext,
): Promise<Archive> {
  const builder = new ListingBuilder();
  const growing = growingTap(builder, (listing) => onUpdate({ type: 'listing', listing }));
  let listing: NarListing | undefined;
  const nar = decodedNar(origin, activity, () => (listing ? checkingTap(listing) : growing));
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
function decodedNar({ narUrl, narInfo }: CacheOrigin, activity: Activity, tap: () => Tap): DecodedSource {
  const file = httpSource(narUrl, { counter: activity.counter });
  const { fileSize } = narInfo;
  const windows =
    fileSize === undefined
      ? file
      : windowedSource(file, fileSize, () => compressedEnd(nar.wantedUntil, narInfo.narSize, fileSize));
  const source = withDigest(windows, (digest) => settle(activity, fileVerdicts(narInfo, digest)));
  const note = (codec: CodecName, quirk?: Quirk) => {
    activity.compression = codec;
    if (quirk) addQuirk(activity, quirk);
  };
  const claimed = new ClaimedNar(narInfo, activity);
  const nar = new DecodedSource({
    url: narUrl,
    decode: decodingOf({ source, declared: narInfo.compression, name: narUrl, note }),
    tap: () => claimed.tap(tap()),
    spool: createSpool(),
  });
  activity.decodedBytes = () => nar.decodedBytes;
  return nar;
}

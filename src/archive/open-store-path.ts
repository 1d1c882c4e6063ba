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
import { type StorePathInput, usableListing } from './ask-caches';
import { checkContentAddress, checkSignature } from './check-claims';
import { checkedNar } from './checked-nar';
import { ClaimedNar, fileVerdicts, unreadVerdicts } from './claims';
import { DecodedSource, type Tap } from './decoded-source';
import { decodingOf } from './decoding';
import { type FoundPath, findPath } from './find-path';
import { framedNar } from './framed-nar';
import { type Digest, withDigest } from './hashing';
import type { WholeNar } from './kept-nars';
import { isDamage, isWrong, lostNar, openKept } from './open-kept';
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
  /** Keeps the NAR, which was proved, for the next visit. */
  readonly keep: (whole: WholeNar) => Promise<void>;
}

/** Asks the caches in order, and makes a tree of what the first that has the path answers, or of what was kept of it. */
export async function openStorePath(input: StorePathInput, context: OpenContext): Promise<Archive> {
  const activity = startActivity('none', input);
  const { progress } = meter(activity);
  const reporting = <T>(work: () => Promise<T>) =>
    withProgress(() => context.onUpdate({ type: 'progress', progress: progress(undefined) }), work);
  const found = await reporting(() => findPath(input, activity, context));
  const parts = { input, activity, context };
  const archive = await openFoundKept(found, parts);
  if (archive) return archive;
  const opening = await begin({ ...found, kept: undefined }, parts);
  const listing = input.ignoreListing
    ? undefined
    : await reporting(() => usableListing(found, activity, context.signal));
  return listing ? byListing(opening, listing) : byReading(opening, context);
}

interface Beginning {
  readonly input: StorePathInput;
  readonly activity: Activity;
  readonly context: OpenContext;
}

/** Says what is known before a byte of the NAR was read. */
async function begin(found: FoundPath, { input, activity, context }: Beginning): Promise<Opening> {
  const { cache, cacheUrl, narInfo, narInfoText, kept } = found;
  const narUrl = cache.narUrl(narInfo);
  const source = { kind: 'cache', cacheUrl, narInfo, narInfoText, narUrl } as const;
  const origin: CacheOrigin = { ...source, ...(kept && { kept: kept.since }) };
  activity.compression = narInfo.compression;
  activity.compressedSize = narInfo.fileSize;
  activity.narHash = undefined;
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
  const keep = (whole: WholeNar) =>
    context.kept.keep({ ...found, fetchedAt: Date.now() }, whole, input.keptQuota ?? 0);
  const identity = new FileIdentity();
  return { origin, identity, activity, means: context, mostDecoded, keep };
}

/** Undefined when nothing was kept, or when it is damaged: then it is removed, and is to be fetched. */
async function openFoundKept(found: FoundPath, parts: Beginning): Promise<Archive | undefined> {
  if (!found.kept) return undefined;
  const { nar, since } = found.kept;
  try {
    const archive = await openKept(await begin(found, parts), nar, parts.context);
    if (!isWrong(parts.activity)) return archive;
    await nar.discard();
    await archive.close();
  } catch (error) {
    if (isDamage(error)) await nar.discard();
    await nar.release();
    if (!isDamage(error)) throw error;
  }
  if (since.isUnasked) throw lostNar(found.cache.narUrl(found.narInfo));
  return undefined;
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
  const decoded = decodedNar(opening, {
    hasTree: true,
    tap: () => checkingTap(listing),
    listing: () => listing,
  });
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
  const nar = decodedNar(opening, {
    hasTree: false,
    tap: () => (listing ? checkingTap(listing) : growing),
    listing: () => listing ?? builder.snapshot(),
  });
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

/** Keeping goes on when nobody looks at the archive any more. */
const NEVER = new AbortController().signal;

/** Where in the compressed file a decoded byte may be expected: as if it were compressed evenly, and a little more. */
function compressedEnd(narOffset: number, narSize: number, fileSize: number): number {
  if (narOffset >= narSize) return fileSize;
  return Math.ceil((narOffset / narSize) * fileSize * 1.05) + 64 * 1024;
}

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
function decodedNar(opening: Opening, { hasTree, tap, listing }: Reading): DecodedSource {
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

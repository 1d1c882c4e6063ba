import { FileIdentity } from '../bytes/http-headers';
import { LIMITS } from '../limits';
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
import { type StorePathInput, usableListing } from './ask-caches';
import { type CacheOrigin, decodedNar, type Opening } from './cache-nar';
import { checkContentAddress, checkSignature } from './check-claims';
import { unreadVerdicts } from './claims';
import { preload } from './decoding';
import { directNar } from './direct-nar';
import { type FoundPath, findPath } from './find-path';
import type { WholeNar } from './kept-nars';
import { isDamage, isWrong, lostNar, openKept } from './open-kept';
import { describeNarInfoQuirk } from './quirk-texts';
import type { TrustedKey } from './service';
import { checkingTap, growingTap } from './taps';

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
  // While the listing comes.
  void preload(found.narInfo.compression);
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

/** The tree is known: bytes are read when a file is wanted, and no further than its end. */
function byListing(opening: Opening, listing: NarListing): Archive {
  const { origin, activity } = opening;
  const { narSize } = origin.narInfo;
  const parts = { origin, listing, listingFrom: 'ls', narSize, activity } as const;
  const decoded = decodedNar(opening, {
    hasTree: true,
    tap: () => checkingTap(listing),
    listing: () => listing,
  });
  const inOrder = decodedParts(decoded);
  const direct = directNar(opening, { listing, decoded });
  return { ...parts, ...inOrder, ...direct };
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

import { BinaryCache } from '../binary-cache/binary-cache';
import { throwIfAborted } from '../bytes/errors';
import { httpSource } from '../bytes/http-source';
import { createSpool, type Spool } from '../bytes/spool';
import type { NarListing } from '../nix/nar/listing';
import { ListingBuilder } from '../nix/nar/listing-builder';
import { parseListing, type ReadListing } from '../nix/nar/listing-json';
import type { NarInfo } from '../nix/narinfo';
import {
  type Activity,
  type Archive,
  addQuirk,
  meter,
  type OpenContext,
  startActivity,
  withProgress,
} from './archive';
import { DecodedSource, type Tap } from './decoded-source';
import { decodeBody, decodingOf } from './decoding';
import { FailureError, type Tried, toFailure } from './failure';
import { describeListingQuirk, describeNarInfoQuirk } from './quirk-texts';
import type { ArchiveInput, ArchiveOrigin } from './service';
import { checkingTap, growingTap } from './taps';

type StorePathInput = ArchiveInput & { kind: 'store-path' };
type CacheOrigin = ArchiveOrigin & { kind: 'cache' };

/** Asks the caches in order, and makes a tree of what the first that has the path answers. */
export async function openStorePath(input: StorePathInput, context: OpenContext): Promise<Archive> {
  const activity = startActivity('none');
  const found = await askCaches(input, activity, context.signal);
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
  context.onUpdate({
    type: 'head',
    head: { origin, compression: activity.compression, quirks: [...activity.quirks] },
  });

  const listing = input.ignoreListing ? undefined : await usableListing(found, activity, context.signal);
  return listing ? byListing(origin, listing, activity) : byReading(origin, activity, context);
}

interface Found {
  readonly cacheUrl: string;
  readonly cache: BinaryCache;
  readonly narInfo: NarInfo;
  readonly narInfoText: string;
  /** Asked for together with the narinfo; undefined inside when the cache has none. */
  readonly listing: Promise<Uint8Array | undefined>;
}

async function askCaches(input: StorePathInput, activity: Activity, signal: AbortSignal): Promise<Found> {
  const tried: Tried[] = [];
  for (const cacheUrl of input.cacheUrls) {
    try {
      const found = await askCache(cacheUrl, input, activity, signal);
      if (found) return found;
      tried.push({ cacheUrl, failure: undefined });
    } catch (error) {
      throwIfAborted(signal);
      tried.push({ cacheUrl, failure: toFailure(error) });
    }
  }
  const [only] = tried;
  if (only?.failure && tried.length === 1) throw new FailureError(only.failure);
  throw new FailureError({ kind: 'not-found', reason: 'no-cache-has-it', storePath: input.hashPart, tried });
}

/** The narinfo and the listing are asked for together: the tree costs one round trip. */
async function askCache(
  cacheUrl: string,
  { hashPart, ignoreListing }: StorePathInput,
  { counter }: Activity,
  signal: AbortSignal,
): Promise<Found | undefined> {
  const cache = new BinaryCache(cacheUrl, { counter, decodeBody });
  const miss = new AbortController();
  const listing = ignoreListing
    ? Promise.resolve(undefined)
    : cache.listing(hashPart, AbortSignal.any([signal, miss.signal]));
  // Whoever waits for the listing hears why it failed; when there is no narinfo nobody does.
  listing.catch(() => undefined);
  try {
    const answer = await cache.narInfo(hashPart, signal);
    if (answer) return { cacheUrl, cache, narInfo: answer.narInfo, narInfoText: answer.text, listing };
    miss.abort();
    return undefined;
  } catch (error) {
    miss.abort();
    throw error;
  }
}

/** The listing, when there is one that describes a NAR of exactly the stated size; otherwise a quirk says why not. */
async function usableListing(
  found: Found,
  activity: Activity,
  signal: AbortSignal,
): Promise<NarListing | undefined> {
  const notUsed = (detail: string) => {
    addQuirk(activity, { name: 'listing-not-used', detail: `The listing is not used: ${detail}.` });
    return undefined;
  };
  let read: ReadListing;
  try {
    const bytes = await found.listing;
    if (bytes === undefined) return undefined;
    read = parseListing(bytes);
  } catch (error) {
    throwIfAborted(signal);
    return notUsed(error instanceof Error ? error.message : String(error));
  }
  const { narSize } = found.narInfo;
  if (read.narSize !== narSize)
    return notUsed(`it describes a NAR of ${read.narSize} bytes, the narinfo one of ${narSize}`);
  for (const quirk of read.quirks) addQuirk(activity, describeListingQuirk(quirk));
  return read.listing;
}

/** The tree is known: bytes are read when a file is wanted, and no further than its end. */
function byListing(origin: CacheOrigin, listing: NarListing, activity: Activity): Archive {
  const { narInfo, narUrl } = origin;
  const parts = { origin, listing, listingFrom: 'ls', narSize: narInfo.narSize, activity } as const;
  if (narInfo.compression === 'none' && (narInfo.fileSize ?? narInfo.narSize) === narInfo.narSize) {
    const nar = httpSource(narUrl, { size: narInfo.narSize, counter: activity.counter });
    return { ...parts, nar, keptIn: () => 'nowhere', close: async () => undefined };
  }
  const nar = decodedNar({ narUrl, activity, tap: () => checkingTap(listing), spool: createSpool() });
  return { ...parts, nar, keptIn: () => nar.keptIn, close: () => nar.close() };
}

/** There is no listing to use: the whole NAR is read once, the tree grows with it, and what was decoded is kept. */
async function byReading(
  origin: CacheOrigin,
  activity: Activity,
  { onUpdate, signal }: OpenContext,
): Promise<Archive> {
  const builder = new ListingBuilder();
  let tap = growingTap(builder, (listing) => onUpdate({ type: 'listing', listing }));
  const nar = decodedNar({ narUrl: origin.narUrl, activity, tap: () => tap, spool: createSpool() });
  const { progress } = meter(activity);
  const report = () => onUpdate({ type: 'progress', progress: progress(origin.narInfo.narSize) });
  try {
    const narSize = await withProgress(report, () => nar.readAll(signal));
    const stated = origin.narInfo.narSize;
    if (narSize !== stated) {
      addQuirk(activity, {
        name: 'nar-size-differs',
        detail: `The narinfo says ${stated} bytes, the NAR has ${narSize}.`,
      });
    }
    const listing = builder.snapshot();
    tap = checkingTap(listing);
    const parts = { origin, listing, listingFrom: 'nar', narSize, activity } as const;
    return { ...parts, nar, keptIn: () => nar.keptIn, close: () => nar.close() };
  } catch (error) {
    await nar.close();
    throw error;
  }
}

interface NarParts {
  readonly narUrl: string;
  readonly activity: Activity;
  readonly tap: () => Tap;
  readonly spool: Spool;
}

function decodedNar({ narUrl, activity, tap, spool }: NarParts): DecodedSource {
  const compressed = httpSource(narUrl, { counter: activity.counter });
  const decode = decodingOf(compressed, activity.compression, ({ quirk }) => {
    if (quirk) addQuirk(activity, quirk);
  });
  const nar = new DecodedSource({ url: narUrl, decode, tap, spool });
  activity.decodedBytes = () => nar.decodedBytes;
  return nar;
}

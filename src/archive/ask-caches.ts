import { BinaryCache } from '../binary-cache/binary-cache';
import { throwIfAborted } from '../bytes/errors';
import type { NarListing } from '../nix/nar/listing';
import { parseListing, type ReadListing } from '../nix/nar/listing-json';
import type { NarInfo } from '../nix/narinfo';
import { type Activity, addQuirk, type OpenContext } from './archive';
import { decodeBody } from './decoding';
import { FailureError, type Tried, toFailure } from './failure';
import { describeListingQuirk } from './quirk-texts';
import type { ArchiveInput } from './service';

export type StorePathInput = ArchiveInput & { readonly kind: 'store-path' };

/** What the first cache that has the path answered. */
export interface Found {
  readonly cacheUrl: string;
  readonly cache: BinaryCache;
  readonly narInfo: NarInfo;
  readonly narInfoText: string;
  /** Asked for together with the narinfo, unless it seemed not to be needed; undefined when the cache has none. */
  readonly listing: () => Promise<Uint8Array | undefined>;
}

/** `isKept`: whether a NAR of the path is kept, which has its own listing. */
interface Asking extends OpenContext {
  readonly isKept: Promise<boolean>;
}

/** Asks the caches in order. Throws `not-found`, with what each said, when none has the path. */
export async function askCaches(input: StorePathInput, activity: Activity, asking: Asking): Promise<Found> {
  const { onUpdate, signal } = asking;
  const tried: Tried[] = [];
  for (const cacheUrl of input.cacheUrls) {
    onUpdate({ type: 'asking', cacheUrl });
    try {
      const found = await askCache(cacheUrl, input, activity, asking);
      if (found) return found;
      tried.push({ cacheUrl, failure: undefined });
    } catch (error) {
      throwIfAborted(signal);
      tried.push({ cacheUrl, failure: toFailure(error) });
    }
  }
  const [first] = tried;
  const isAlike = tried.every(({ failure }) => failure && failure.reason === first?.failure?.reason);
  // Nobody said that it does not have the path: what kept them all from answering is the failure.
  if (first?.failure && isAlike) throw new FailureError(first.failure);
  throw new FailureError({ kind: 'not-found', reason: 'no-cache-has-it', storePath: input.hashPart, tried });
}

/** The narinfo and the listing are asked for together: the tree costs one round trip. */
async function askCache(
  cacheUrl: string,
  { hashPart, ignoreListing }: StorePathInput,
  { network }: Activity,
  { isKept, signal }: Asking,
): Promise<Found | undefined> {
  const cache = new BinaryCache(cacheUrl, { network, decodeBody });
  const miss = new AbortController();
  const ask = () => cache.listing(hashPart, AbortSignal.any([signal, miss.signal]));
  const isLater = ignoreListing ? Promise.resolve(true) : isKept;
  const early = isLater.then((later) => (later ? undefined : ask()));
  // Whoever waits for the listing hears why it failed; when there is no narinfo nobody does.
  early.catch(() => undefined);
  const listing = async () => ((await isLater) ? ask() : early);
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
export async function usableListing(
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
    const bytes = await found.listing();
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

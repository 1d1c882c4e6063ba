import { BinaryCache } from '../binary-cache/binary-cache';
import type { SourceReason } from '../bytes/errors';
import { type Activity, addQuirk, type OpenContext } from './archive';
import { askCaches, type Found, type StorePathInput } from './ask-caches';
import { decodeBody } from './decoding';
import { type Failure, FailureError } from './failure';
import type { KeptNar } from './kept-nars';
import { narHashOf } from './kept-records';
import type { KeptSince } from './service';

export interface FoundPath extends Found {
  /** Its NAR, which nobody need be asked for. To be released. */
  readonly kept?: { readonly nar: KeptNar; readonly since: KeptSince } | undefined;
}

/**
 * Asks the caches, in order, unless the browser knows that it is offline. Where none can be reached, what was kept of the path
 * counts, its narinfo too; where one answers, only a NAR with the hash that it states.
 */
export async function findPath(
  input: StorePathInput,
  activity: Activity,
  context: OpenContext,
): Promise<FoundPath> {
  const { kept } = context;
  const { hashPart } = input;
  const isKept = input.fresh ? Promise.resolve(false) : kept.has(hashPart);
  const unasked = isOffline() ? await kept.open(hashPart) : undefined;
  if (unasked) return foundKept(unasked, activity);
  try {
    const found = await askCaches(input, activity, { ...context, isKept });
    const { narInfo } = found;
    const narHash = narHashOf(narInfo);
    const nar = narHash !== undefined && (await isKept) ? await kept.open(hashPart, narHash) : undefined;
    if (!nar) return found;
    if (nar.source.size !== narInfo.narSize) {
      await nar.release();
      return found;
    }
    const fetchedAt = Date.now();
    void nar.note({ ...found, fetchedAt });
    return { ...found, kept: { nar, since: { fetchedAt, isUnasked: false } } };
  } catch (error) {
    const nar = isUnreached(error) ? await kept.open(hashPart) : undefined;
    if (!nar) throw error;
    return foundKept(nar, activity);
  }
}

function foundKept(nar: KeptNar, activity: Activity): FoundPath {
  const { cacheUrl, narInfo, narInfoText, fetchedAt } = nar.path;
  void nar.note();
  const cache = new BinaryCache(cacheUrl, { network: activity.network, decodeBody });
  const day = new Date(fetchedAt).toISOString().slice(0, 10);
  addQuirk(activity, {
    name: 'no-cache-answered',
    detail: `No cache answered. This is what was kept on this computer, as the cache had it on ${day}.`,
  });
  const since = { fetchedAt, isUnasked: true };
  return { cacheUrl, cache, narInfo, narInfoText, listing: async () => undefined, kept: { nar, since } };
}

/** The network is at fault, or there is none. Browsers do not tell a cache that refuses pages from one that is down. */
const UNREACHED: ReadonlySet<SourceReason> = new Set([
  'offline',
  'unreachable-or-cors',
  'stalled',
  'short-read',
]);

/** Not one cache answered. */
function isUnreached(error: unknown): boolean {
  if (!(error instanceof FailureError)) return false;
  const { failure } = error;
  const isSilence = (one: Failure | undefined) => one?.kind === 'source' && UNREACHED.has(one.reason);
  if (failure.kind === 'not-found' && failure.reason === 'no-cache-has-it')
    return failure.tried.every(({ failure: one }) => isSilence(one));
  return isSilence(failure);
}

function isOffline(): boolean {
  return typeof navigator !== 'undefined' && navigator.onLine === false;
}

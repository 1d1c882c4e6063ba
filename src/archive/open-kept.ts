import { SourceError } from '../bytes/errors';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { LimitError, NarFormatError } from '../nix/errors';
import type { NarListing } from '../nix/nar/listing';
import { ListingBuilder } from '../nix/nar/listing-builder';
import { parseListing } from '../nix/nar/listing-json';
import type { NarInfo } from '../nix/narinfo';
import {
  type Activity,
  type Archive,
  addQuirk,
  type Means,
  meter,
  type OpenContext,
  settle,
  withProgress,
} from './archive';
import { ClaimedNar } from './claims';
import { DecodedSource } from './decoded-source';
import type { KeptNar } from './kept-nars';
import type { ArchiveOrigin } from './service';
import { checkingTap, growingTap } from './taps';
import { impossible, mismatch } from './verdict';

interface Opening {
  readonly origin: ArchiveOrigin & { readonly kind: 'cache' };
  readonly activity: Activity;
  readonly means: Pick<Means, 'startHashing' | 'createSpool'>;
}

/**
 * A NAR that was kept, as an archive. It was proved when it was kept, and that counts for nothing now: its file lay on a disk
 * since. So it is read like the NAR of a cache, and checked by the same parts. Throws what reading it can throw, when there is no
 * listing of it; whoever gets a throw releases it.
 */
export async function openKept(opening: Opening, kept: KeptNar, context: OpenContext): Promise<Archive> {
  const { origin, activity, means } = opening;
  const { narInfo } = origin;
  const { onUpdate, signal } = context;
  settle(activity, unfetchedVerdicts(narInfo));
  // Nothing will be received.
  activity.compressedSize = undefined;
  const builder = new ListingBuilder();
  const claimed = new ClaimedNar(narInfo, activity, means.startHashing);
  const growing = growingTap(builder, (grown) => onUpdate({ type: 'listing', listing: grown }));
  const nar = discardedWhenLost(kept);
  let listing = await keptListing(kept, narInfo);
  const whole = new DecodedSource({
    url: origin.narUrl,
    decode: (until) => nar.read({ start: 0 }, until),
    tap: () => claimed.tap(listing ? checkingTap(listing) : growing),
    spool: means.createSpool(),
    keeps: () => false,
  });
  activity.decodedBytes = () => whole.decodedBytes;
  if (!listing) {
    const { progress } = meter(activity);
    const report = () => onUpdate({ type: 'progress', progress: progress(narInfo.narSize) });
    await withProgress(report, () => whole.readAll(signal));
    listing = builder.snapshot();
  }
  const readAll = async (until: AbortSignal) => {
    try {
      await whole.readAll(until);
    } catch (error) {
      if (!isDamage(error)) throw error;
      await discard();
      if (activity.verdicts.listing.state === 'mismatch') throw error;
      settle(activity, { 'nar-hash': mismatch(`It is no such NAR any more: ${error.message}`) });
    }
    if (isWrong(activity)) await discard();
  };
  const discard = async () => {
    addQuirk(activity, { name: 'kept-damaged', detail: DAMAGED });
    await kept.discard();
  };
  return {
    origin,
    listing,
    listingFrom: 'nar',
    narSize: narInfo.narSize,
    activity,
    nar,
    keptIn: () => 'opfs',
    // Read again as it was, or not at all.
    isKept: () => true,
    readsFrom: (start) => start,
    hold: () => () => {},
    readAll,
    close: async () => {
      await whole.close();
      await kept.release();
    },
  };
}

/** A file that changed or went away under an open archive is not to be tried again on the next visit. */
function discardedWhenLost({ source, discard }: KeptNar): ByteSource {
  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    try {
      yield* source.read(range, signal);
    } catch (error) {
      if (error instanceof SourceError) await discard();
      throw error;
    }
  }
  return { size: source.size, read };
}

const DAMAGED =
  'What was kept on this computer is not what was kept: it is removed. Opened again, the path is fetched anew.';

/** What the bytes themselves say: a disk that cannot be read is another matter. */
export function isDamage(error: unknown): error is NarFormatError | LimitError {
  return error instanceof NarFormatError || error instanceof LimitError;
}

/** It was read to its end, and is another. */
export function isWrong({ verdicts }: Activity): boolean {
  return verdicts['nar-hash'].state === 'mismatch' || verdicts['nar-size'].state === 'mismatch';
}

/** Nobody could be asked for what was kept, and it cannot be used. */
export function lostNar(url: string): SourceError {
  return new SourceError({ reason: 'kept-bytes-lost', url, detail: 'it is not what was kept' });
}

function unfetchedVerdicts({ fileHash, fileSize }: NarInfo) {
  const unfetched = impossible('The NAR was kept as it was decoded: its compressed file was not fetched.');
  return {
    ...(fileHash && { 'file-hash': unfetched }),
    ...(fileSize !== undefined && { 'file-size': unfetched }),
  };
}

/** Undefined when there is none that can be used. It is as unproved as the NAR, and held against it when that is read. */
async function keptListing(kept: KeptNar, { narSize }: NarInfo): Promise<NarListing | undefined> {
  const text = await kept.listing();
  if (text === undefined) return undefined;
  try {
    const read = parseListing(text);
    return read.narSize === narSize ? read.listing : undefined;
  } catch {
    return undefined;
  }
}

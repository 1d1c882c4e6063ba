import type { TransferCounter } from '../bytes/counting';
import type { NetworkOptions } from '../bytes/resuming-source';
import type { Retry } from '../bytes/retries';
import type { ByteSource } from '../bytes/source';
import type { Spool } from '../bytes/spool';
import { decodeCommand } from '../codecs/registry';
import type { NixHash } from '../nix/hash';
import type { NarListing } from '../nix/nar/listing';
import type { PartDecoding } from './decode-threads';
import type { DecodedSource } from './decoded-source';
import { toFailure } from './failure';
import type { StartHashing } from './hashing';
import type { KeptNars } from './kept-nars';
import type {
  ArchiveHead,
  ArchiveOrigin,
  Cost,
  OpenedArchive,
  OpenUpdate,
  Progress,
  Quirk,
  Waiting,
} from './service';
import { UNCLAIMED, type Verdicts } from './verdict';

/** An archive that stands open: its tree, and its decoded bytes. */
export interface Archive {
  readonly origin: ArchiveOrigin;
  readonly listing: NarListing;
  readonly listingFrom: 'ls' | 'nar';
  readonly narSize: number;
  /** The decoded NAR. */
  readonly nar: ByteSource;
  readonly activity: Activity;
  readonly keptIn: () => OpenedArchive['keptIn'];
  /** The byte of the NAR that has to be passed first to read from this one on: the first of all for what is decoded in order. */
  readonly readsFrom: (start: number) => number;
  /** A transfer that is on its way to this byte of the NAR stays open; answers how to let go of it. */
  readonly hold: (until: number) => () => void;
  /** Whether what is handed out up to this byte is what passed the checks, and not fetched another time. */
  readonly isKept: (until: number) => boolean;
  /** Reads everything once, if that was not done: then all that is claimed of it is checked. */
  readonly readAll: (signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** An archive whose bytes are those of a decoder. */
export function decodedParts(
  nar: DecodedSource,
): Pick<Archive, 'nar' | 'keptIn' | 'isKept' | 'readsFrom' | 'hold' | 'readAll' | 'close'> {
  return {
    nar,
    keptIn: () => nar.keptIn,
    isKept: (until) => nar.isKept(until),
    readsFrom: () => 0,
    hold: (until) => nar.hold(until),
    readAll: async (signal) => void (await nar.readAll(signal)),
    close: () => nar.close(),
  };
}

/** What an input says of how it is to be fetched. */
type NetworkInput = { readonly patience?: number; readonly fresh?: boolean };

/** What happened so far on behalf of one archive; the parts that work write here, progress and costs are read from it. */
export interface Activity {
  readonly counter: TransferCounter;
  /** How whatever is fetched on its behalf is fetched. */
  readonly network: NetworkOptions;
  /** A request failed and is to be made again; undefined when none is. */
  waiting: (() => Waiting) | undefined;
  /** Decoded bytes of the pass under way; undefined when none is. */
  decodedBytes: () => number | undefined;
  /** Compressed bytes in all, where known. */
  compressedSize: number | undefined;
  compression: string;
  readonly quirks: Quirk[];
  verdicts: Verdicts;
  /** SHA-256 of the decoded NAR, once it was read whole. */
  narHash?: NixHash | undefined;
}

export function startActivity(compression: string, input: NetworkInput = {}): Activity {
  const counter = { requests: 0, receivedBytes: 0 };
  const activity: Activity = {
    counter,
    network: {
      counter,
      patience: input.patience,
      fresh: input.fresh,
      onRetry: (retry) => noteRetry(activity, retry),
    },
    waiting: undefined,
    decodedBytes: () => undefined,
    compressedSize: undefined,
    compression,
    quirks: [],
    verdicts: UNCLAIMED,
  };
  return activity;
}

function noteRetry(activity: Activity, retry: Retry | undefined): void {
  if (!retry) {
    activity.waiting = undefined;
    return;
  }
  const { attempt, attempts, wait } = retry;
  const failure = toFailure(retry.error);
  const until = performance.now() + wait;
  activity.waiting = () => ({ failure, attempt, attempts, left: Math.max(0, until - performance.now()) });
}

/** What is known of the archive by now, besides where it comes from. */
export function knownOf(activity: Activity): Omit<ArchiveHead, 'origin'> {
  const { compression, quirks, verdicts, narHash } = activity;
  return { compression, decodeCommand: decodeCommand(compression), quirks: [...quirks], verdicts, narHash };
}

export function settle(activity: Activity, verdicts: Partial<Verdicts>): void {
  activity.verdicts = { ...activity.verdicts, ...verdicts };
}

/** Each oddity once. */
export function addQuirk(activity: Activity, quirk: Quirk): void {
  if (!activity.quirks.some(({ name, detail }) => name === quirk.name && detail === quirk.detail)) {
    activity.quirks.push(quirk);
  }
}

/** What a piece of work cost, measured from when this is called. */
export function meter(activity: Activity): {
  cost(): Cost;
  progress(wantedBytes: number | undefined): Progress;
} {
  const { requests, receivedBytes } = activity.counter;
  const start = performance.now();
  const received = () => activity.counter.receivedBytes - receivedBytes;
  const milliseconds = () => performance.now() - start;
  return {
    cost: () => ({
      requests: activity.counter.requests - requests,
      receivedBytes: received(),
      milliseconds: milliseconds(),
    }),
    progress: (wantedBytes) => ({
      receivedBytes: received(),
      totalBytes: activity.compressedSize,
      decodedBytes: activity.decodedBytes() ?? 0,
      wantedBytes,
      milliseconds: milliseconds(),
      waiting: activity.waiting?.(),
    }),
  };
}

/** Ten times a second is as often as anybody can read a number. */
const PROGRESS_INTERVAL = 100;

/** Runs the work and reports how far it is, also while it stalls. */
export async function withProgress<T>(report: () => void, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(report, PROGRESS_INTERVAL);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** What is at hand to work with. */
export interface Means {
  readonly startHashing: StartHashing;
  readonly createSpool: () => Spool;
  readonly kept: KeptNars;
  /** Undefined where there are no threads for it. */
  readonly partDecoding: PartDecoding | undefined;
}

/** How an opener tells what it has found so far, and when it is to stop. */
export interface OpenContext extends Means {
  readonly onUpdate: (update: OpenUpdate) => void;
  readonly signal: AbortSignal;
}

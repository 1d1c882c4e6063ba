import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import type {
  ArchiveHead,
  ArchiveInput,
  ArchiveService,
  FileRange,
  Opened,
  OpenedArchive,
  OpenUpdate,
  Progress,
  ReadReport,
} from '../archive/service';
import type { NarListing } from '../nix/nar/listing';
import { keptAfter, keptAtFirst } from './kept-until';

export type ArchiveState =
  | { readonly status: 'idle' }
  | {
      readonly status: 'opening';
      readonly input: ArchiveInput;
      /** The cache that is being asked, until one answered. */
      readonly asking: string | undefined;
      readonly head: ArchiveHead | undefined;
      /** The tree as far as it has been read. */
      readonly listing: NarListing | undefined;
      readonly progress: Progress | undefined;
    }
  | {
      readonly status: 'open';
      readonly input: ArchiveInput;
      readonly archive: OpenedArchive;
      /** Bytes of the NAR, from its first, that have been decoded for files so far. */
      readonly reached: number;
      /** Files that end behind this byte of the NAR may be fetched again when they are saved, also when the NAR was verified. */
      readonly keptUntil: number;
    }
  /** A file that holds several store paths: one is to be chosen. */
  | {
      readonly status: 'choosing';
      readonly input: ArchiveInput;
      readonly opened: Opened & { readonly kind: 'export' };
    }
  /** A file that describes an archive without holding its bytes. */
  | {
      readonly status: 'described';
      readonly input: ArchiveInput;
      readonly opened: Opened & { readonly kind: 'narinfo' | 'listing' | 'derivation' };
    }
  | { readonly status: 'failed'; readonly input: ArchiveInput | undefined; readonly failure: Failure };

export interface ArchiveActions {
  readonly state: ArchiveState;
  /** Closes what is open and opens this. */
  open(input: ArchiveInput): Promise<void>;
  /** Stops opening; what was read of the tree is dropped. */
  cancel(): void;
  /** Opens the same again. */
  retry(): Promise<void>;
  /** Opens the same again, with the tree from the NAR itself. */
  retryWithoutListing(): Promise<void>;
  /** Opens the same again, and lets it decode to so many bytes although nobody trusted says that it may. */
  retryUpTo(mostDecoded: number): Promise<void>;
  close(): void;
  /** Nothing was opened, and this is why. */
  fail(failure: Failure): void;
  /** A range of a file was read: that may have shown more of the archive than opening did. */
  noteRead(archiveId: number, range: FileRange, report: ReadReport): void;
  /** The whole NAR was read and checked. */
  noteVerified(archiveId: number, report: ReadReport): void;
}

const OPENING = {
  status: 'opening',
  asking: undefined,
  head: undefined,
  listing: undefined,
  progress: undefined,
} as const;

export function createArchiveStore(service: ArchiveService) {
  let abort = new AbortController();

  return createStore<ArchiveActions>()((set, get) => {
    const leave = () => {
      abort.abort();
      abort = new AbortController();
      const { state } = get();
      if (state.status === 'open') void service.close(state.archive.id);
    };

    /** What came too late, because somebody opened another path meanwhile, is freed. */
    const drop = (opened: Opened) => {
      if (opened.kind === 'archive') void service.close(opened.archive.id);
      if (opened.kind === 'export') void service.close(opened.exportId);
    };

    const onUpdate = (signal: AbortSignal, update: OpenUpdate) => {
      const { state } = get();
      if (signal.aborted || state.status !== 'opening') return;
      set({ state: updated(state, update) });
    };

    const open = async (input: ArchiveInput) => {
      leave();
      const { signal } = abort;
      set({ state: { ...OPENING, input } });
      const outcome = await service.open(input, (update) => onUpdate(signal, update), signal);
      if (signal.aborted) {
        if (outcome.ok) drop(outcome.value);
        return;
      }
      set({
        state: outcome.ok
          ? settled(input, outcome.value)
          : { status: 'failed', input, failure: outcome.failure },
      });
    };

    const reopen = async (change: Change) => {
      const { state } = get();
      if (state.status === 'idle' || state.input === undefined) return;
      await open(again(state.input, change));
    };

    const note = (archiveId: number, report: ReadReport, endIn: (listing: NarListing) => number) => {
      const { state } = get();
      if (state.status !== 'open' || state.archive.id !== archiveId) return;
      const { compression, decodeCommand, quirks, verdicts, narHash } = report;
      const archive = { ...state.archive, compression, decodeCommand, quirks, verdicts, narHash };
      const end = endIn(archive.listing);
      const keptUntil = keptAfter({ keptIn: archive.keptIn, keptUntil: state.keptUntil }, report, end);
      set({ state: { ...state, archive, reached: Math.max(state.reached, end), keptUntil } });
    };

    return {
      state: { status: 'idle' },
      open,
      cancel: () => {
        const { state } = get();
        if (state.status !== 'opening') return;
        leave();
        set({
          state: {
            status: 'failed',
            input: state.input,
            failure: { kind: 'cancelled', reason: 'cancelled' },
          },
        });
      },
      retry: () => reopen({}),
      retryWithoutListing: () => reopen({ ignoreListing: true }),
      retryUpTo: (mostDecoded) => reopen({ mostDecoded }),
      close: () => {
        leave();
        set({ state: { status: 'idle' } });
      },
      fail: (failure) => {
        leave();
        set({ state: { status: 'failed', input: undefined, failure } });
      },
      noteRead: (archiveId, range, report) => note(archiveId, report, (listing) => endOf(listing, range)),
      noteVerified: (archiveId, report) => note(archiveId, report, () => Number.POSITIVE_INFINITY),
    };
  });
}

export type ArchiveStore = ReturnType<typeof createArchiveStore>;

/** The tree that can be shown now, grown or growing. */
export function listingOf(state: ArchiveState): NarListing | undefined {
  switch (state.status) {
    case 'opening':
      return state.listing;
    case 'open':
      return state.archive.listing;
    case 'described':
      return state.opened.kind === 'listing' ? state.opened.listing : undefined;
    default:
      return undefined;
  }
}

/** What is known of the archive besides its tree. */
export function headOf(state: ArchiveState): ArchiveHead | undefined {
  if (state.status === 'open') return state.archive;
  return state.status === 'opening' ? state.head : undefined;
}

/** Where in the NAR a range of a file ends; 0 for one without bytes, which shows nothing. */
function endOf(listing: NarListing, { row, fileOffset, length }: FileRange): number {
  const size = listing.size[row] ?? 0;
  const end = Math.min(size, fileOffset + (length ?? size));
  return end > fileOffset ? (listing.narOffset[row] ?? 0) + end : 0;
}

function updated(state: ArchiveState & { status: 'opening' }, update: OpenUpdate): ArchiveState {
  switch (update.type) {
    case 'asking':
      return { ...state, asking: update.cacheUrl };
    case 'head':
      return { ...state, asking: undefined, head: update.head };
    case 'listing':
      return { ...state, listing: update.listing };
    case 'progress':
      return { ...state, progress: update.progress };
  }
}

/** What is to be different when an input is opened again. */
interface Change {
  readonly ignoreListing?: true;
  readonly mostDecoded?: number;
}

/** The same from its place itself: what the browser kept of it may be what was wrong. */
function again(input: ArchiveInput, { ignoreListing, mostDecoded }: Change): ArchiveInput {
  const raised = mostDecoded === undefined ? {} : { mostDecoded };
  switch (input.kind) {
    case 'store-path':
      return { ...input, ...raised, fresh: true, ...(ignoreListing && { ignoreListing }) };
    case 'nar-url':
      return { ...input, ...raised, fresh: true };
    case 'file':
      return { ...input, ...raised };
    case 'exported':
      return input;
  }
}

function settled(input: ArchiveInput, opened: Opened): ArchiveState {
  if (opened.kind === 'archive') {
    const { archive } = opened;
    return { status: 'open', input, archive, reached: 0, keptUntil: keptAtFirst(archive) };
  }
  if (opened.kind === 'export') return { status: 'choosing', input, opened };
  return { status: 'described', input, opened };
}

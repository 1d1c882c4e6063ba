import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import type { ArchiveService, Progress, ReadReport } from '../archive/service';
import type { CheckState, Verdicts } from '../archive/verdict';
import type { ArchiveState, ArchiveStore } from './archive-store';
import { fileCheckOf, mismatchesOf } from './file-check';
import type { FileSaver } from './file-saver';
import { fillFile } from './fill-file';
import type { SettingsStore } from './settings-store';

/** One regular file that is to be saved. */
export interface Wanted {
  readonly archiveId: number;
  readonly row: number;
  /** As it will be called on disk. */
  readonly fileName: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
}

export type DownloadState =
  | { readonly status: 'none' }
  /** Because an address with `?dl` asks for it, or because something is known to be wrong. */
  | { readonly status: 'asking'; readonly wanted: Wanted; readonly why: 'address' | 'mismatch' }
  | { readonly status: 'saving'; readonly wanted: Wanted; readonly progress: Progress | undefined }
  /** The file's bytes are there; it takes its place when the rest of the NAR was read and is right. */
  | { readonly status: 'verifying'; readonly wanted: Wanted; readonly progress: Progress | undefined }
  | {
      readonly status: 'saved';
      readonly wanted: Wanted;
      readonly report: ReadReport;
      /** What was known of it when it took its place. */
      readonly checked: CheckState;
    }
  /** The NAR is not the one that the narinfo describes: nothing of it was kept. */
  | { readonly status: 'refused'; readonly wanted: Wanted; readonly verdicts: Verdicts }
  | { readonly status: 'failed'; readonly wanted: Wanted; readonly failure: Failure };

export interface DownloadActions {
  readonly state: DownloadState;
  /** Nobody clicked: the address started it, and a dialog tells of it until it is put away. */
  readonly startedByAddress: boolean;
  /** What was saved of the open archive without having been verified. */
  readonly savedUnchecked: readonly Wanted[];
  ask(wanted: Wanted): void;
  /** Asks first where something is known to be wrong. Who was asked gets what he wants, right or wrong. */
  save(wanted: Wanted, consent?: 'despite-mismatch'): Promise<void>;
  /** Without a click nothing is kept that was not verified, whatever the settings say. */
  startByAddress(wanted: Wanted): Promise<void>;
  /** While the rest is verified: the file is kept as it is, but for one that nobody clicked for. */
  cancel(): void;
  /** Puts the outcome away. */
  dismiss(): void;
  /** The person has heard what became of the files that were saved unverified. */
  forgetSaved(): void;
}

interface Parts {
  readonly service: ArchiveService;
  readonly saver: FileSaver;
  readonly archiveStore: ArchiveStore;
  readonly settingsStore: SettingsStore;
}

interface Terms {
  readonly verifies: boolean;
  readonly keepsWrong: boolean;
  readonly keepsUnverified: boolean;
}

const NONE = { state: { status: 'none' }, startedByAddress: false } as const;

export function createDownloadStore({ service, saver, archiveStore, settingsStore }: Parts) {
  let abort = new AbortController();

  return createStore<DownloadActions>()((set, get) => {
    archiveStore.subscribe(({ state }, before) => {
      const isSame = state.status === 'open' && isOpen(before.state, state.archive.id);
      if (!isSame && get().savedUnchecked.length > 0) set({ savedUnchecked: [] });
    });

    const verdictsOf = (archiveId: number): Verdicts | undefined => {
      const { state } = archiveStore.getState();
      return state.status === 'open' && state.archive.id === archiveId ? state.archive.verdicts : undefined;
    };

    /** Answers what came of it; the report also where nothing was kept. */
    const fill = async (wanted: Wanted, terms: Terms, signal: AbortSignal) => {
      let report: ReadReport | undefined;
      const onProgress = (status: 'saving' | 'verifying', progress: Progress | undefined) => {
        const { state } = get();
        if (!signal.aborted && isRunning(state) && state.wanted === wanted)
          set({ state: { status, wanted, progress } });
      };
      const outcome = await saver.save(wanted.fileName, async (write) => {
        const { archiveId, row } = wanted;
        const filled = await fillFile({ service, archiveId, row, write, onProgress, signal, ...terms });
        if (!filled.ok) return filled;
        report = filled.value.report;
        return filled.value.keep ? { ok: true, value: report } : 'discard';
      });
      return { outcome, report };
    };

    const run = async (wanted: Wanted, terms: Terms) => {
      abort = new AbortController();
      set({ state: { status: 'saving', wanted, progress: undefined } });
      const { outcome, report } = await fill(wanted, terms, abort.signal);
      const checked = report && checkOf(report);
      if (outcome !== undefined && outcome !== 'discard' && !outcome.ok) {
        set({ state: { status: 'failed', wanted, failure: outcome.failure } });
      } else if (outcome === undefined || !report || !checked) {
        set(NONE);
      } else if (outcome === 'discard') {
        set({ state: { status: 'refused', wanted, verdicts: report.verdicts } });
      } else {
        const isKnownLater = checked === 'unchecked' && verdictsOf(wanted.archiveId) !== undefined;
        set({
          state: { status: 'saved', wanted, report, checked },
          savedUnchecked: isKnownLater ? [...get().savedUnchecked, wanted] : get().savedUnchecked,
        });
      }
      if (report) note(wanted, report, terms.verifies && checked !== 'unchecked');
    };

    const note = (wanted: Wanted, report: ReadReport, isWhole: boolean) => {
      const { noteRead, noteVerified } = archiveStore.getState();
      if (isWhole) noteVerified(wanted.archiveId, report);
      else noteRead(wanted.archiveId, { ...wanted, fileOffset: 0 }, report);
    };

    return {
      ...NONE,
      savedUnchecked: [],
      ask: (wanted) => {
        if (isRunning(get().state)) return;
        const verdicts = verdictsOf(wanted.archiveId);
        const why = verdicts && mismatchesOf(verdicts).length > 0 ? 'mismatch' : 'address';
        set({ state: { status: 'asking', wanted, why }, startedByAddress: false });
      },
      save: async (wanted, consent) => {
        if (isRunning(get().state)) return;
        const verdicts = verdictsOf(wanted.archiveId);
        const check = verdicts && fileCheckOf(verdicts);
        if (check === 'mismatch' && consent === undefined) {
          set({ state: { status: 'asking', wanted, why: 'mismatch' }, startedByAddress: false });
          return;
        }
        const verifies = check === 'unchecked' && settingsStore.getState().verifyDownloads;
        set({ startedByAddress: false });
        await run(wanted, { verifies, keepsWrong: check === 'mismatch', keepsUnverified: true });
      },
      startByAddress: async (wanted) => {
        if (isRunning(get().state)) return;
        set({ startedByAddress: true });
        await run(wanted, { verifies: true, keepsWrong: false, keepsUnverified: false });
      },
      cancel: () => abort.abort(),
      dismiss: () => {
        if (!isRunning(get().state)) set(NONE);
      },
      forgetSaved: () => set({ savedUnchecked: [] }),
    };
  });
}

/** What is known of the file itself. */
function checkOf({ verdicts, isApart }: ReadReport): CheckState {
  const check = fileCheckOf(verdicts);
  return isApart && check === 'verified' ? 'unchecked' : check;
}

/** A file is on its way to the disk. */
export function isRunning(
  state: DownloadState,
): state is DownloadState & { readonly status: 'saving' | 'verifying' } {
  return state.status === 'saving' || state.status === 'verifying';
}

function isOpen(state: ArchiveState, archiveId: number): boolean {
  return state.status === 'open' && state.archive.id === archiveId;
}

/** The checks that came to nought of the open archive, after something of it was saved unverified. */
export function wrongAfterSaving(
  { savedUnchecked }: Pick<DownloadActions, 'savedUnchecked'>,
  verdicts: Verdicts | undefined,
): readonly Wanted[] {
  return verdicts && mismatchesOf(verdicts).length > 0 ? savedUnchecked : [];
}

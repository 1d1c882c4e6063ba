import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import type { ArchiveService, Progress, ReadReport } from '../archive/service';
import type { CheckState, Verdicts } from '../archive/verdict';
import { type ArchiveState, type ArchiveStore, headOf } from './archive-store';
import { checkOfRead, fileCheckOf, isWrong } from './file-check';
import type { FileSaver } from './file-saver';
import { type Filled, fillFile, type Keeps, type Refusal } from './fill-file';
import type { SettingsStore } from './settings-store';
import { type Subject, subjectOf } from './subject';

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
  /** It was to be verified, and cannot be: nothing of it was kept. */
  | {
      readonly status: 'unverifiable';
      readonly wanted: Wanted;
      readonly why: Exclude<Refusal, 'wrong'>;
    }
  | { readonly status: 'failed'; readonly wanted: Wanted; readonly failure: Failure };

/** What somebody was told, and wants the file all the same. */
export type Consent = 'despite-mismatch' | 'unverified';

export interface DownloadActions {
  readonly state: DownloadState;
  /** Nobody clicked: the address started it, and a dialog tells of it until it is put away. */
  readonly startedByAddress: boolean;
  /** What was saved without having been verified, of one archive: it may be found to be wrong when that is opened again. */
  readonly savedUnchecked: readonly Wanted[];
  readonly savedOf: Subject | undefined;
  ask(wanted: Wanted): void;
  /** Asks first where something is known to be wrong. Who was asked gets what he wants, right or wrong. */
  save(wanted: Wanted, consent?: Consent): Promise<void>;
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
  readonly keeps: Keeps;
}

const NOTHING_SAVED = { savedUnchecked: [], savedOf: undefined } as const;
const NONE = { state: { status: 'none' }, startedByAddress: false } as const;

export function createDownloadStore({ service, saver, archiveStore, settingsStore }: Parts) {
  let abort = new AbortController();

  return createStore<DownloadActions>()((set, get) => {
    archiveStore.subscribe(({ state }) => {
      const isAnother = state.status === 'open' && subjectOf(state) !== get().savedOf;
      if (isAnother && get().savedUnchecked.length > 0) set(NOTHING_SAVED);
    });

    const verdictsOf = (archiveId: number): Verdicts | undefined => {
      const { state } = archiveStore.getState();
      return state.status === 'open' && state.archive.id === archiveId ? state.archive.verdicts : undefined;
    };

    /** Answers what came of it; the report also where nothing was kept. */
    const fill = async (wanted: Wanted, terms: Terms, signal: AbortSignal) => {
      let filled: Filled | undefined;
      const onProgress = (status: 'saving' | 'verifying', progress: Progress | undefined) => {
        const { state } = get();
        if (!signal.aborted && isRunning(state) && state.wanted === wanted)
          set({ state: { status, wanted, progress } });
      };
      const outcome = await saver.save(wanted.fileName, async (write) => {
        const { archiveId, row } = wanted;
        const result = await fillFile({ service, archiveId, row, write, onProgress, signal, ...terms });
        if (!result.ok) return result;
        filled = result.value;
        return filled.refusal ? 'discard' : { ok: true, value: filled.report };
      });
      return { outcome, filled };
    };

    const run = async (wanted: Wanted, terms: Terms) => {
      abort = new AbortController();
      const subject = subjectOf(archiveStore.getState().state);
      set({ state: { status: 'saving', wanted, progress: undefined } });
      const { outcome, filled } = await fill(wanted, terms, abort.signal);
      if (outcome !== undefined && outcome !== 'discard' && !outcome.ok) {
        set({ state: { status: 'failed', wanted, failure: outcome.failure } });
      } else if (outcome === undefined || !filled) {
        set(NONE);
      } else {
        set({ state: endOf(wanted, filled) });
        if (outcome !== 'discard' && checkOfRead(filled.report) === 'unchecked') remember(wanted, subject);
      }
      if (filled) note(wanted, filled.report, terms.verifies && checkOfRead(filled.report) !== 'unchecked');
    };

    /** Until another archive is opened, which may be so by now. */
    const remember = (wanted: Wanted, subject: Subject | undefined) => {
      const { state } = archiveStore.getState();
      if (subject === undefined || (state.status === 'open' && subjectOf(state) !== subject)) return;
      const { savedUnchecked, savedOf } = get();
      const before = savedOf === subject ? savedUnchecked : [];
      set({ savedUnchecked: [...before, wanted], savedOf: subject });
    };

    const note = (wanted: Wanted, report: ReadReport, isWhole: boolean) => {
      const { noteRead, noteVerified } = archiveStore.getState();
      if (isWhole) noteVerified(wanted.archiveId, report);
      else noteRead(wanted.archiveId, { ...wanted, fileOffset: 0 }, report);
    };

    return {
      ...NONE,
      ...NOTHING_SAVED,
      ask: (wanted) => {
        if (isRunning(get().state)) return;
        const verdicts = verdictsOf(wanted.archiveId);
        const why = verdicts && isWrong(verdicts) ? 'mismatch' : 'address';
        set({ state: { status: 'asking', wanted, why }, startedByAddress: false });
      },
      save: async (wanted, consent) => {
        if (isRunning(get().state)) return;
        const verdicts = verdictsOf(wanted.archiveId);
        const check = verdicts && fileCheckOf(verdicts);
        if (check === 'mismatch' && consent !== 'despite-mismatch') {
          set({ state: { status: 'asking', wanted, why: 'mismatch' }, startedByAddress: false });
          return;
        }
        const isVerified = settingsStore.getState().verifyDownloads && consent === undefined;
        const right = isVerified ? 'unless-apart' : 'unless-wrong';
        set({ startedByAddress: false });
        await run(wanted, {
          verifies: isVerified && check === 'unchecked',
          keeps: check === 'mismatch' ? 'anything' : right,
        });
      },
      startByAddress: async (wanted) => {
        if (isRunning(get().state)) return;
        set({ startedByAddress: true });
        await run(wanted, { verifies: true, keeps: 'verified' });
      },
      cancel: () => abort.abort(),
      dismiss: () => {
        if (!isRunning(get().state)) set(NONE);
      },
      forgetSaved: () => set(NOTHING_SAVED),
    };
  });
}

function endOf(wanted: Wanted, { report, refusal }: Filled): DownloadState {
  if (refusal === undefined) return { status: 'saved', wanted, report, checked: checkOfRead(report) };
  if (refusal === 'wrong') return { status: 'refused', wanted, verdicts: report.verdicts };
  return { status: 'unverifiable', wanted, why: refusal };
}

/** A file is on its way to the disk. */
export function isRunning(
  state: DownloadState,
): state is DownloadState & { readonly status: 'saving' | 'verifying' } {
  return state.status === 'saving' || state.status === 'verifying';
}

/** What was saved unverified of the archive that is shown, if that is found to be wrong. */
export function wrongAfterSaving(
  { savedUnchecked, savedOf }: Pick<DownloadActions, 'savedUnchecked' | 'savedOf'>,
  state: ArchiveState,
): readonly Wanted[] {
  const verdicts = headOf(state)?.verdicts;
  return verdicts && isWrong(verdicts) && subjectOf(state) === savedOf ? savedUnchecked : [];
}

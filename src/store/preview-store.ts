import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import type { ArchiveService, Progress, ReadReport } from '../archive/service';
import type { ArchiveStore } from './archive-store';

/** The part of a file that is shown. */
export interface PreviewRange {
  readonly archiveId: number;
  readonly row: number;
  readonly fileOffset: number;
  readonly length: number;
}

export type PreviewState =
  | { readonly status: 'none' }
  | { readonly status: 'reading'; readonly range: PreviewRange; readonly progress: Progress | undefined }
  | {
      readonly status: 'ready';
      readonly range: PreviewRange;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly report: ReadReport;
    }
  | { readonly status: 'failed'; readonly range: PreviewRange; readonly failure: Failure };

export interface PreviewActions {
  readonly state: PreviewState;
  /** Reads the range, unless it is what is shown or on its way. */
  show(range: PreviewRange): Promise<void>;
  cancel(): void;
  clear(): void;
}

export function createPreviewStore(service: ArchiveService, archiveStore: ArchiveStore) {
  let abort = new AbortController();

  return createStore<PreviewActions>()((set, get) => {
    const stop = () => {
      abort.abort();
      abort = new AbortController();
    };
    return {
      state: { status: 'none' },
      show: async (range) => {
        const { state } = get();
        if ((state.status === 'reading' || state.status === 'ready') && isSameRange(state.range, range))
          return;
        stop();
        const { signal } = abort;
        set({ state: { status: 'reading', range, progress: undefined } });
        const onProgress = (progress: Progress) => {
          const now = get().state;
          if (!signal.aborted && now.status === 'reading') set({ state: { ...now, progress } });
        };
        const outcome = await service.read(range.archiveId, range, onProgress, signal);
        if (signal.aborted) return;
        if (outcome.ok) {
          const { bytes, report } = outcome.value;
          set({ state: { status: 'ready', range, bytes, report } });
          archiveStore.getState().noteRead(range.archiveId, range, report);
        } else {
          set({ state: { status: 'failed', range, failure: outcome.failure } });
        }
      },
      cancel: () => {
        const { state } = get();
        if (state.status !== 'reading') return;
        stop();
        set({
          state: {
            status: 'failed',
            range: state.range,
            failure: { kind: 'cancelled', reason: 'cancelled' },
          },
        });
      },
      clear: () => {
        if (get().state.status === 'none') return;
        stop();
        set({ state: { status: 'none' } });
      },
    };
  });
}

function isSameRange(a: PreviewRange, b: PreviewRange): boolean {
  return (
    a.archiveId === b.archiveId && a.row === b.row && a.fileOffset === b.fileOffset && a.length === b.length
  );
}

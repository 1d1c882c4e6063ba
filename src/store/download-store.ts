import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import type { ArchiveService, Progress, ReadReport } from '../archive/service';
import type { ArchiveStore } from './archive-store';
import type { FileSaver } from './file-saver';

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
  /** The dialog that an address with `?dl` opens. */
  | { readonly status: 'asking'; readonly wanted: Wanted }
  | { readonly status: 'saving'; readonly wanted: Wanted; readonly progress: Progress | undefined }
  | { readonly status: 'saved'; readonly wanted: Wanted; readonly report: ReadReport }
  | { readonly status: 'failed'; readonly wanted: Wanted; readonly failure: Failure };

export interface DownloadActions {
  readonly state: DownloadState;
  ask(wanted: Wanted): void;
  save(wanted: Wanted): Promise<void>;
  cancel(): void;
  /** Puts the outcome away. */
  dismiss(): void;
}

export function createDownloadStore(service: ArchiveService, saver: FileSaver, archiveStore: ArchiveStore) {
  let abort = new AbortController();

  return createStore<DownloadActions>()((set, get) => ({
    state: { status: 'none' },
    ask: (wanted) => {
      if (get().state.status !== 'saving') set({ state: { status: 'asking', wanted } });
    },
    save: async (wanted) => {
      if (get().state.status === 'saving') return;
      abort = new AbortController();
      const { signal } = abort;
      set({ state: { status: 'saving', wanted, progress: undefined } });
      const outcome = await saver.save(wanted.fileName, (write) =>
        service.stream(
          wanted.archiveId,
          { row: wanted.row, fileOffset: 0 },
          write,
          (progress) => {
            const { state } = get();
            if (!signal.aborted && state.status === 'saving' && state.wanted === wanted)
              set({ state: { status: 'saving', wanted, progress } });
          },
          signal,
        ),
      );
      if (outcome === undefined) {
        set({ state: { status: 'none' } });
      } else if (outcome.ok) {
        set({ state: { status: 'saved', wanted, report: outcome.value } });
        archiveStore.getState().noteRead(wanted.archiveId, { ...wanted, fileOffset: 0 }, outcome.value);
      } else {
        set({ state: { status: 'failed', wanted, failure: outcome.failure } });
      }
    },
    cancel: () => abort.abort(),
    dismiss: () => {
      if (get().state.status !== 'saving') set({ state: { status: 'none' } });
    },
  }));
}

import { createStore } from 'zustand/vanilla';
import type { Failure } from '../archive/failure';
import type { ArchiveService, Progress } from '../archive/service';
import type { ArchiveStore } from './archive-store';

/** Reading a whole NAR to check it. */
export type VerifyState =
  | { readonly status: 'none' }
  | { readonly status: 'verifying'; readonly archiveId: number; readonly progress: Progress | undefined }
  | { readonly status: 'failed'; readonly archiveId: number; readonly failure: Failure };

export interface VerifyActions {
  readonly state: VerifyState;
  /** What comes of it are the archive's verdicts. */
  verify(archiveId: number): Promise<void>;
  cancel(): void;
  dismiss(): void;
}

export function createVerifyStore(service: ArchiveService, archiveStore: ArchiveStore) {
  let abort = new AbortController();

  return createStore<VerifyActions>()((set, get) => {
    // Who leaves the archive does not want it verified any more.
    archiveStore.subscribe(({ state }) => {
      const { state: own } = get();
      if (own.status === 'none') return;
      if (state.status === 'open' && state.archive.id === own.archiveId) return;
      abort.abort();
      set({ state: { status: 'none' } });
    });

    return {
      state: { status: 'none' },
      verify: async (archiveId) => {
        if (get().state.status === 'verifying') return;
        abort = new AbortController();
        const { signal } = abort;
        set({ state: { status: 'verifying', archiveId, progress: undefined } });
        const outcome = await service.verify(
          archiveId,
          (progress) => {
            if (!signal.aborted) set({ state: { status: 'verifying', archiveId, progress } });
          },
          signal,
        );
        if (signal.aborted) return;
        set({
          state: outcome.ok ? { status: 'none' } : { status: 'failed', archiveId, failure: outcome.failure },
        });
        if (outcome.ok) archiveStore.getState().noteVerified(archiveId, outcome.value);
      },
      cancel: () => {
        abort.abort();
        set({ state: { status: 'none' } });
      },
      dismiss: () => {
        if (get().state.status === 'failed') set({ state: { status: 'none' } });
      },
    };
  });
}

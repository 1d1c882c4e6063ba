import { createStore } from 'zustand/vanilla';
import type { Outcome } from '../archive/outcome';
import type { ArchiveService, KeptReport } from '../archive/service';
import type { SettingsStore } from './settings-store';

/** What is kept on this computer between visits. */
export type KeptState =
  /** Nobody looked, or looking failed. */
  { readonly status: 'unknown' } | { readonly status: 'known'; readonly report: KeptReport };

export interface KeptActions {
  readonly state: KeptState;
  look(): Promise<void>;
  /** All of it; what stands open goes when it is closed. */
  removeAll(): Promise<void>;
}

/** A lower quota is kept to at once. */
export function createKeptStore(service: ArchiveService, settingsStore: SettingsStore) {
  return createStore<KeptActions>()((set) => {
    const note = async (asked: Promise<Outcome<KeptReport>>) => {
      const outcome = await asked;
      set({ state: outcome.ok ? { status: 'known', report: outcome.value } : { status: 'unknown' } });
    };
    settingsStore.subscribe(({ keptQuota }, before) => {
      if (keptQuota < before.keptQuota) void note(service.trimKept(keptQuota));
    });
    return {
      state: { status: 'unknown' },
      look: () => note(service.kept()),
      removeAll: () => note(service.removeKept()),
    };
  });
}

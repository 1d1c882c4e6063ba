import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { cacheUrlFrom, DEFAULT_CACHE_URL } from './cache-url';

/** A binary cache that is asked, with the keys that its owner signs with. */
export interface Substituter {
  readonly url: string;
  /** `name:base64`, as in Nix's `trusted-public-keys`. */
  readonly trustedKeys: readonly string[];
}

export interface SettingsState {
  /** Asked in this order; the first that has a path answers. Never empty: then nothing could be opened. */
  readonly substituters: readonly Substituter[];
  /** Single-letter keys work (WCAG 2.1.4 wants a switch). */
  readonly letterKeys: boolean;
  /** A download reads the whole NAR, and is saved when that was verified. */
  readonly verifyDownloads: boolean;
  /** Seconds of silence after which a transfer is begun anew, as Nix's `stalled-download-timeout`. */
  readonly stalledDownloadTimeout: number;
  /** Throws when there is none. */
  setSubstituters(substituters: readonly Substituter[]): void;
  setLetterKeys(on: boolean): void;
  setVerifyDownloads(on: boolean): void;
  /** Throws when it is not one of `TIMEOUTS`. */
  setStalledDownloadTimeout(seconds: number): void;
  /** Everything as it was at the first visit. */
  reset(): void;
}

export const DEFAULT_SUBSTITUTERS: readonly Substituter[] = [
  {
    url: DEFAULT_CACHE_URL,
    trustedKeys: ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY='],
  },
];

/** Seconds. */
export const TIMEOUTS = { least: 1, most: 3600 } as const;

const DEFAULTS = {
  substituters: DEFAULT_SUBSTITUTERS,
  letterKeys: true,
  verifyDownloads: false,
  stalledDownloadTimeout: 30,
};

/** `storage` undefined: nothing is remembered. */
export function createSettingsStore(storage: StateStorage | undefined) {
  return createStore<SettingsState>()(
    persist(
      (set) => ({
        ...DEFAULTS,
        setSubstituters: (substituters) => {
          if (substituters.length === 0) throw new RangeError('a list of caches without a cache');
          set({ substituters });
        },
        setLetterKeys: (letterKeys) => set({ letterKeys }),
        setStalledDownloadTimeout: (stalledDownloadTimeout) => {
          if (!isTimeout(stalledDownloadTimeout)) throw new RangeError(`${stalledDownloadTimeout} s`);
          set({ stalledDownloadTimeout });
        },
        setVerifyDownloads: (verifyDownloads) => set({ verifyDownloads }),
        reset: () => set(DEFAULTS),
      }),
      {
        name: 'nar-explorer-settings',
        version: 1,
        storage: createJSONStorage(() => storage ?? FORGETFUL),
        merge: (saved, current) => ({ ...current, ...validSettings(saved) }),
      },
    ),
  );
}

export type SettingsStore = ReturnType<typeof createSettingsStore>;

const FORGETFUL: StateStorage = {
  getItem: () => null,
  setItem: () => undefined,
  removeItem: () => undefined,
};

/** What was saved may be of another version, or edited by hand: only what has the right shape is taken. */
function validSettings(saved: unknown): Partial<typeof DEFAULTS> {
  if (typeof saved !== 'object' || saved === null) return {};
  const valid: Partial<typeof DEFAULTS> = {};
  if ('letterKeys' in saved && typeof saved.letterKeys === 'boolean') valid.letterKeys = saved.letterKeys;
  if ('stalledDownloadTimeout' in saved && isTimeout(saved.stalledDownloadTimeout))
    valid.stalledDownloadTimeout = saved.stalledDownloadTimeout;
  if ('verifyDownloads' in saved && typeof saved.verifyDownloads === 'boolean')
    valid.verifyDownloads = saved.verifyDownloads;
  if ('substituters' in saved && Array.isArray(saved.substituters)) {
    const substituters = saved.substituters.filter(isSubstituter).flatMap(({ url, trustedKeys }) => {
      const cacheUrl = cacheUrlFrom(url);
      return cacheUrl === undefined ? [] : [{ url: cacheUrl, trustedKeys }];
    });
    if (substituters.length > 0) valid.substituters = substituters;
  }
  return valid;
}

export function isTimeout(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isInteger(value) && value >= TIMEOUTS.least && value <= TIMEOUTS.most
  );
}

function isSubstituter(value: unknown): value is Substituter {
  if (typeof value !== 'object' || value === null) return false;
  if (!('url' in value && typeof value.url === 'string')) return false;
  return (
    'trustedKeys' in value &&
    Array.isArray(value.trustedKeys) &&
    value.trustedKeys.every((key) => typeof key === 'string')
  );
}

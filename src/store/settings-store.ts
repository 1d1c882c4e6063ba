import { createJSONStorage, persist, type StateStorage } from 'zustand/middleware';
import { createStore } from 'zustand/vanilla';
import { LIMITS } from '../limits';
import { cacheUrlFrom, DEFAULT_CACHE_URL } from './cache-url';

/** A binary cache that is asked. */
export interface Substituter {
  readonly url: string;
}

export interface SettingsState {
  /** Asked in this order; the first that has a path answers. Never empty: then nothing could be opened. */
  readonly substituters: readonly Substituter[];
  /** `name:base64`, as Nix's `trusted-public-keys`: each may vouch for any path, from any cache. */
  readonly trustedKeys: readonly string[];
  /** Single-letter keys work (WCAG 2.1.4 wants a switch). */
  readonly letterKeys: boolean;
  /** A download reads the whole NAR, and is saved when that was verified. */
  readonly verifyDownloads: boolean;
  /** Seconds of silence after which a transfer is begun anew, as Nix's `stalled-download-timeout`. */
  readonly stalledDownloadTimeout: number;
  /** Bytes of all NARs that are kept on this computer between visits; 0: none is. */
  readonly keptQuota: number;
  /** Throws when there is none. */
  setSubstituters(substituters: readonly Substituter[]): void;
  setTrustedKeys(keys: readonly string[]): void;
  setLetterKeys(on: boolean): void;
  setVerifyDownloads(on: boolean): void;
  /** Throws when it is not one of `TIMEOUTS`. */
  setStalledDownloadTimeout(seconds: number): void;
  /** Throws when it is not one of `QUOTAS`. */
  setKeptQuota(bytes: number): void;
  /** Everything as it was at the first visit. */
  reset(): void;
}

export const DEFAULT_SUBSTITUTERS: readonly Substituter[] = [{ url: DEFAULT_CACHE_URL }];
export const DEFAULT_TRUSTED_KEYS: readonly string[] = [
  'cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=',
];

/** Seconds. */
export const TIMEOUTS = { least: 1, most: 3600 } as const;

/** Bytes. */
export const QUOTAS = { least: 0, most: 2 ** 40 } as const;

const DEFAULTS = {
  substituters: DEFAULT_SUBSTITUTERS,
  trustedKeys: DEFAULT_TRUSTED_KEYS,
  letterKeys: true,
  verifyDownloads: false,
  stalledDownloadTimeout: 30,
  keptQuota: LIMITS.keptBytes.most as number,
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
        setTrustedKeys: (trustedKeys) => set({ trustedKeys }),
        setLetterKeys: (letterKeys) => set({ letterKeys }),
        setStalledDownloadTimeout: (stalledDownloadTimeout) => {
          if (!isTimeout(stalledDownloadTimeout)) throw new RangeError(`${stalledDownloadTimeout} s`);
          set({ stalledDownloadTimeout });
        },
        setKeptQuota: (keptQuota) => {
          if (!isQuota(keptQuota)) throw new RangeError(`${keptQuota} bytes`);
          set({ keptQuota });
        },
        setVerifyDownloads: (verifyDownloads) => set({ verifyDownloads }),
        reset: () => set(DEFAULTS),
      }),
      {
        name: 'nar-explorer-settings',
        version: 2,
        storage: createJSONStorage(() => storage ?? FORGETFUL),
        migrate: (saved, version) => (version === 1 ? withOneListOfKeys(saved) : saved),
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
  if ('keptQuota' in saved && isQuota(saved.keptQuota)) valid.keptQuota = saved.keptQuota;
  if ('substituters' in saved && Array.isArray(saved.substituters)) {
    const substituters = saved.substituters.filter(isSubstituter).flatMap(({ url }) => {
      const cacheUrl = cacheUrlFrom(url);
      return cacheUrl === undefined ? [] : [{ url: cacheUrl }];
    });
    if (substituters.length > 0) valid.substituters = substituters;
  }
  if ('trustedKeys' in saved && isTexts(saved.trustedKeys)) valid.trustedKeys = saved.trustedKeys;
  return valid;
}

export function isTimeout(value: unknown): value is number {
  return isIntegerOf(TIMEOUTS, value);
}

export function isQuota(value: unknown): value is number {
  return isIntegerOf(QUOTAS, value);
}

function isIntegerOf({ least, most }: typeof TIMEOUTS | typeof QUOTAS, value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
}

function isSubstituter(value: unknown): value is Substituter {
  return typeof value === 'object' && value !== null && 'url' in value && typeof value.url === 'string';
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

/** In version 1 each cache had keys of its own, which counted for every cache even then. */
function withOneListOfKeys(saved: unknown): unknown {
  if (typeof saved !== 'object' || saved === null) return saved;
  if (!('substituters' in saved && Array.isArray(saved.substituters))) return saved;
  const caches: readonly unknown[] = saved.substituters;
  const lists = caches.flatMap((cache) =>
    isSubstituter(cache) && cacheUrlFrom(cache.url) !== undefined && 'trustedKeys' in cache
      ? [cache.trustedKeys].filter(isTexts)
      : [],
  );
  // Nothing that could be read: then the caches are those of a first visit, and so are the keys.
  return lists.length === 0 ? saved : { ...saved, trustedKeys: [...new Set(lists.flat())] };
}

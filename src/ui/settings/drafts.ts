import { parsePublicKey } from '../../nix/signature';
import { cacheUrlFrom } from '../../store/cache-url';
import { isQuota, type Substituter } from '../../store/settings-store';

/** A cache as it is being edited. */
export interface CacheDraft {
  /** Stays with the draft while the list is reordered. */
  readonly id: number;
  readonly url: string;
}

let lastId = 0;

export function draftOf({ url }: Substituter): CacheDraft {
  return { id: ++lastId, url };
}

export function emptyDraft(): CacheDraft {
  return draftOf({ url: '' });
}

export interface ReadDrafts {
  /** Undefined as long as there is a problem. */
  readonly substituters: readonly Substituter[] | undefined;
  /** One for each draft; undefined for one that is right. */
  readonly problems: readonly (string | undefined)[];
}

export function readDrafts(drafts: readonly CacheDraft[]): ReadDrafts {
  const urls = drafts.map(({ url }) => cacheUrlFrom(url));
  const problems = urls.map((_, i) => problemOf(urls, i));
  if (problems.some((problem) => problem !== undefined)) return { substituters: undefined, problems };
  return { substituters: urls.map((url = '') => ({ url })), problems };
}

function problemOf(urls: readonly (string | undefined)[], i: number): string | undefined {
  const url = urls[i];
  if (url === undefined) return 'This is no address of a cache: a host, or a URL with http or https.';
  return urls.indexOf(url) < i ? 'This cache is in the list already.' : undefined;
}

export interface ReadKeys {
  /** Each once; undefined as long as there is a problem. */
  readonly keys: readonly string[] | undefined;
  readonly problem: string | undefined;
}

/** Keys between any white space, as in `nix.conf`. */
export function readKeys(text: string): ReadKeys {
  const keys = [...new Set(text.split(/\s+/).filter((key) => key !== ''))];
  const problem = keys.map(keyProblem).find(Boolean);
  return { keys: problem === undefined ? keys : undefined, problem };
}

function keyProblem(key: string): string | undefined {
  try {
    parsePublicKey(key);
    return undefined;
  } catch {
    return `“${key}” is no public key: its form is name:base64, as in trusted-public-keys.`;
  }
}

export const MIB = 2 ** 20;

export const inMib = (bytes: number) => String(bytes / MIB);

/** Bytes, out of MiB; undefined for what is no quota. */
export function quotaOf(text: string): number | undefined {
  const bytes = text.trim() === '' ? Number.NaN : Math.round(Number(text) * MIB);
  return isQuota(bytes) ? bytes : undefined;
}

/** The list with one entry a place further up (-1) or down (1); the same list at its ends. */
export function moved<T>(list: readonly T[], index: number, by: -1 | 1): readonly T[] {
  const target = index + by;
  const item = list[index];
  if (item === undefined || target < 0 || target >= list.length) return list;
  return list.toSpliced(index, 1).toSpliced(target, 0, item);
}

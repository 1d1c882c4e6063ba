import { LIMITS } from '../../limits';
import { decodeLossless } from '../lossless-utf8';
import { formatBaseName, parseBaseName, STORE_DIR, type StorePath } from '../store-path';
import {
  childNamed,
  compareBytes,
  joinNarPath,
  type NarListing,
  NodeCode,
  splitNarPath,
  targetOf,
} from './listing';
import { concatBytes } from './wire';

/** Where a symlink, or a path through symlinks, leads. */
export type Followed =
  /** To an entry of the same archive that is not a symlink. */
  | { readonly kind: 'row'; readonly row: number }
  /** To another store path, or into it: symlinks there are not known here, so `..` took one name away. */
  | { readonly kind: 'store-path'; readonly storePath: StorePath; readonly narPath: Uint8Array<ArrayBuffer> }
  /** To an absolute path that lies in no store path. */
  | { readonly kind: 'outside'; readonly target: Uint8Array<ArrayBuffer> }
  /** To a name that the archive does not have. */
  | { readonly kind: 'missing' }
  /** Through more symlinks than Linux follows. */
  | { readonly kind: 'loop' };

/** Symlinks followed on one way, as in Linux (`MAXSYMLINKS`). */
const MAX_HOPS = LIMITS.hops.most;

/**
 * Follows the symlink at a row and all those on its way, as the kernel would with the archive in the store.
 * `own` is the archive's store path, where it is known: a target that leaves the archive can come back to
 * it by that name. A row that is not a symlink leads to itself.
 */
export function followSymlink(listing: NarListing, row: number, own?: StorePath): Followed {
  return follow(listing, row, { names: [], own });
}

/** The same for a path inside the NAR: any of its names may be a symlink, the last one too. */
export function followNarPath(listing: NarListing, narPath: Uint8Array, own?: StorePath): Followed {
  return follow(listing, 0, { names: splitNarPath(narPath), own });
}

/** Where the walk stands: at a row, or at an absolute path outside of the archive. */
type Place = number | Uint8Array[];

const utf8 = (text: string) => new TextEncoder().encode(text);
const STORE = splitNarPath(utf8(STORE_DIR));

function follow(
  listing: NarListing,
  start: number,
  { names, own }: { readonly names: readonly Uint8Array[]; readonly own: StorePath | undefined },
): Followed {
  const ownRoot = own && [...STORE, utf8(formatBaseName(own))];
  const ahead = names.toReversed();
  let place: Place = start;
  let hops = 0;
  for (;;) {
    if (typeof place === 'number' && listing.kind[place] === NodeCode.symlink) {
      if (++hops > MAX_HOPS) return { kind: 'loop' };
      const target = targetOf(listing, place);
      ahead.push(...splitNarPath(target).reverse());
      place = target[0] === SLASH ? [] : above(listing, place);
    }
    const name = ahead.pop();
    if (!name) return typeof place === 'number' ? { kind: 'row', row: place } : leadOut(place);
    const next: Place | undefined =
      typeof place === 'number' ? step(listing, place, name) : stepOutside(place, name);
    if (next === undefined) return { kind: 'missing' };
    place = typeof next !== 'number' && ownRoot && samePath(next, ownRoot) ? 0 : next;
  }
}

const SLASH = 0x2f;

/** The directory that a row stands in; the root stands in the store. */
function above(listing: NarListing, row: number): Place {
  return row === 0 ? [...STORE] : (listing.parent[row] ?? 0);
}

function step(listing: NarListing, row: number, name: Uint8Array): Place | undefined {
  if (listing.kind[row] !== NodeCode.directory) return undefined;
  if (isDots(name, 1)) return row;
  return isDots(name, 2) ? above(listing, row) : childNamed(listing, row, name);
}

function stepOutside(path: Uint8Array[], name: Uint8Array): Uint8Array[] {
  if (isDots(name, 2)) path.pop();
  else if (!isDots(name, 1)) path.push(name);
  return path;
}

function isDots(name: Uint8Array, count: number): boolean {
  return name.length === count && name.every((byte) => byte === 0x2e);
}

function samePath(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((name, i) => compareBytes(name, b[i] ?? name) === 0);
}

function leadOut(path: readonly Uint8Array[]): Followed {
  const baseName = path[STORE.length];
  const storePath =
    samePath(path.slice(0, STORE.length), STORE) && baseName ? storePathOf(baseName) : undefined;
  if (storePath) return { kind: 'store-path', storePath, narPath: joinNarPath(path.slice(STORE.length + 1)) };
  return { kind: 'outside', target: concatBytes([Uint8Array.of(SLASH), joinNarPath(path)]) };
}

function storePathOf(baseName: Uint8Array): StorePath | undefined {
  try {
    return parseBaseName(decodeLossless(baseName));
  } catch {
    return undefined;
  }
}

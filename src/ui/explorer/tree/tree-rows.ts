import { childRows, type NarListing, nameOf } from '../../../nix/nar/listing';

/** Where a row stands among the rows in sight, which are in ascending order; -1 when it is not among them. */
export function indexOfRow(rows: Uint32Array, row: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return rows[low] === row ? low : -1;
}

/** The row itself when it is in sight, else the nearest directory above it that is, else the first of all. */
export function shownIndex(listing: NarListing, rows: Uint32Array, row: number): number {
  for (let at = row; at >= 0; at = listing.parent[at] ?? -1) {
    const index = indexOfRow(rows, at);
    if (index >= 0) return index;
  }
  return 0;
}

export interface SetPosition {
  /** From 1. */
  readonly position: number;
  /** Entries of the same directory. */
  readonly count: number;
}

/** What `aria-posinset` and `aria-setsize` say of a row. */
export function setPositionOf(listing: NarListing, row: number): SetPosition {
  const parent = listing.parent[row] ?? -1;
  if (parent < 0) return { position: 1, count: 1 };
  const children = childrenOf(listing, parent);
  return { position: indexOfRow(children, row) + 1, count: children.length };
}

const children = new WeakMap<NarListing, Map<number, Uint32Array>>();

/** Each directory that comes into sight is gone through once for each table. */
function childrenOf(listing: NarListing, directory: number): Uint32Array {
  const ofListing = children.get(listing) ?? new Map<number, Uint32Array>();
  children.set(listing, ofListing);
  const known = ofListing.get(directory) ?? childRows(listing, directory);
  ofListing.set(directory, known);
  return known;
}

/**
 * The next row in sight, from `index` on and round again, whose name begins with what was typed: upper and lower case of
 * ASCII are the same. Undefined when there is none. The same letter several times looks for that letter, further on.
 */
export function findTyped(
  listing: NarListing,
  rows: Uint32Array,
  index: number,
  typed: string,
): number | undefined {
  const isRepeated = typed.length > 1 && [...typed].every((letter) => letter === typed[0]);
  const prefix = new TextEncoder().encode(isRepeated ? typed[0] : typed);
  // A first letter moves on from where we are; more letters may still fit it.
  const from = typed.length === 1 || isRepeated ? index + 1 : index;
  for (let step = 0; step < rows.length; step++) {
    const row = rows[(from + step) % rows.length] ?? 0;
    if (beginsWith(nameOf(listing, row), prefix)) return row;
  }
  return undefined;
}

function beginsWith(name: Uint8Array, prefix: Uint8Array): boolean {
  if (prefix.length > name.length) return false;
  return prefix.every((byte, i) => lowerCase(byte) === lowerCase(name[i] ?? 0));
}

function lowerCase(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}

/**
 * The tree of a NAR as a table. A NAR is written depth-first with sorted names, so the order of its entries
 * *is* the tree: row 0 is the root, the rows after a directory up to its `subtreeEnd` are what it holds.
 * The columns transfer between threads without copying.
 */
export interface NarListing {
  /** Rows. */
  readonly length: number;
  /** `NodeCode` of each row. */
  readonly kind: Uint8Array<ArrayBuffer>;
  /** 0 for the root. */
  readonly depth: Uint8Array<ArrayBuffer>;
  /** Row of the directory that holds this row; -1 for the root. */
  readonly parent: Int32Array<ArrayBuffer>;
  /** First row after everything that this row holds; row + 1 when it holds nothing. */
  readonly subtreeEnd: Uint32Array<ArrayBuffer>;
  /** Where a regular file's contents begin in the NAR; 0 for the rest. */
  readonly narOffset: Float64Array<ArrayBuffer>;
  /** Bytes: of a regular file's contents; of all of them below a directory; 0 for a symlink. */
  readonly size: Float64Array<ArrayBuffer>;
  /** Row r's name is `text[textStart[2r] … textStart[2r+1]]`, its target from there to `textStart[2r+2]`. */
  readonly textStart: Uint32Array<ArrayBuffer>;
  readonly text: Uint8Array<ArrayBuffer>;
}

export const NodeCode = { directory: 0, regular: 1, executable: 2, symlink: 3 } as const;

/** One row, as an object, for whoever looks at one at a time. Names and targets are raw bytes. */
export type NarNode =
  | { readonly kind: 'directory'; readonly row: number; readonly name: Uint8Array; readonly size: number }
  | {
      readonly kind: 'regular';
      readonly row: number;
      readonly name: Uint8Array;
      readonly executable: boolean;
      readonly size: number;
      readonly narOffset: number;
    }
  | {
      readonly kind: 'symlink';
      readonly row: number;
      readonly name: Uint8Array;
      readonly target: Uint8Array;
    };

/** The row's name, borrowed from the table; empty for the root. */
export function nameOf(listing: NarListing, row: number): Uint8Array {
  return listing.text.subarray(listing.textStart[2 * row], listing.textStart[2 * row + 1]);
}

/** A symlink's target, borrowed from the table; empty for everything else. */
export function targetOf(listing: NarListing, row: number): Uint8Array {
  return listing.text.subarray(listing.textStart[2 * row + 1], listing.textStart[2 * row + 2]);
}

/** The row as an object, or undefined when the table has no such row. */
export function nodeAt(listing: NarListing, row: number): NarNode | undefined {
  const code = listing.kind[row];
  if (code === undefined || row >= listing.length) return undefined;
  const name = nameOf(listing, row);
  const size = listing.size[row] ?? 0;
  switch (code) {
    case NodeCode.directory:
      return { kind: 'directory', row, name, size };
    case NodeCode.symlink:
      return { kind: 'symlink', row, name, target: targetOf(listing, row) };
    default:
      return {
        kind: 'regular',
        row,
        name,
        executable: code === NodeCode.executable,
        size,
        narOffset: listing.narOffset[row] ?? 0,
      };
  }
}

/** The rows directly inside a directory, in NAR order; none for anything else. */
export function childRows(listing: NarListing, row: number): Uint32Array<ArrayBuffer> {
  const { subtreeEnd } = listing;
  const end = subtreeEnd[row] ?? row;
  // As many at most: in plain loops, for a directory may hold a million.
  const rows = new Uint32Array(Math.max(0, end - row - 1));
  let count = 0;
  for (let child = row + 1; child < end; child = subtreeEnd[child] ?? end) rows[count++] = child;
  return count < rows.length ? rows.slice(0, count) : rows;
}

/**
 * The row's path inside the NAR: names joined by `/`, as bytes, without a leading one; empty for the root.
 */
export function narPathOf(listing: NarListing, row: number): Uint8Array<ArrayBuffer> {
  const names: Uint8Array[] = [];
  for (let at = row; at > 0; at = listing.parent[at] ?? -1) names.unshift(nameOf(listing, at));
  return joinNarPath(names);
}

const SLASH = 0x2f;

export function joinNarPath(names: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(
    names.reduce((sum, name) => sum + name.length, Math.max(0, names.length - 1)),
  );
  let at = 0;
  for (const name of names) {
    if (at > 0) joined[at++] = SLASH;
    joined.set(name, at);
    at += name.length;
  }
  return joined;
}

/** The names in a path inside a NAR. Empty names (leading, trailing and double slashes) are dropped. */
export function splitNarPath(narPath: Uint8Array): Uint8Array[] {
  const names: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at <= narPath.length; at++) {
    if (at < narPath.length && narPath[at] !== SLASH) continue;
    if (at > start) names.push(narPath.subarray(start, at));
    start = at + 1;
  }
  return names;
}

/** Bytewise order, as Nix sorts names: negative, zero or positive. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/**
 * The row at a path inside the NAR, or undefined. Symlinks are not followed: see `followNarPath` in
 * symlinks.ts.
 */
export function locate(listing: NarListing, narPath: Uint8Array): number | undefined {
  if (listing.length === 0) return undefined;
  let row = 0;
  for (const name of splitNarPath(narPath)) {
    const child = childNamed(listing, row, name);
    if (child === undefined) return undefined;
    row = child;
  }
  return row;
}

/** The regular file among whose contents the NAR's byte at this offset is, its end included; undefined where there is none. */
export function fileAt(listing: NarListing, narOffset: number): (NarNode & { kind: 'regular' }) | undefined {
  for (let row = 0; row < listing.length; row++) {
    const start = listing.narOffset[row] ?? 0;
    if (listing.kind[row] !== NodeCode.regular || narOffset > start + (listing.size[row] ?? 0)) continue;
    const node = nodeAt(listing, row);
    return node?.kind === 'regular' && start <= narOffset ? node : undefined;
  }
  return undefined;
}

/**
 * The row of that name directly inside a directory, or undefined. The names are sorted, but the k-th child
 * cannot be reached in one step; so this is a binary search over all rows below the directory, each of
 * which lies in one child, found by climbing to it. Steps: log2(rows below) × depth below, with no index to
 * build or to keep.
 */
export function childNamed(listing: NarListing, directory: number, name: Uint8Array): number | undefined {
  let low = directory + 1;
  let high = listing.subtreeEnd[directory] ?? low;
  while (low < high) {
    const child = childAbove(listing, directory, (low + high) >>> 1);
    const order = compareBytes(nameOf(listing, child), name);
    if (order === 0) return child;
    if (order > 0) high = child;
    else low = listing.subtreeEnd[child] ?? high;
  }
  return undefined;
}

/** The directory's own child that holds this row, or is it. */
function childAbove(listing: NarListing, directory: number, row: number): number {
  let at = row;
  for (let up = listing.parent[at] ?? -1; up > directory; up = listing.parent[at] ?? -1) at = up;
  return at;
}

/** What `walkRows` tells of. */
export interface RowVisitor {
  /** Every row, in NAR order. */
  enter(row: number): void;
  /** A directory, after everything that it holds. */
  leave(directory: number): void;
}

/** Goes through a row and everything below it, as a NAR is written. */
export function walkRows(listing: NarListing, root: number, visitor: RowVisitor): void {
  const open: number[] = [];
  const end = listing.subtreeEnd[root] ?? root;
  for (let row = root; row <= end; row++) {
    for (let last = open.at(-1); last !== undefined && listing.subtreeEnd[last] === row; last = open.at(-1)) {
      visitor.leave(last);
      open.pop();
    }
    if (row === end) return;
    visitor.enter(row);
    if (listing.kind[row] === NodeCode.directory) open.push(row);
  }
}

/** Every buffer of the table, to be transferred with it. */
export function buffersOf(listing: NarListing): ArrayBuffer[] {
  return [
    listing.kind.buffer,
    listing.depth.buffer,
    listing.parent.buffer,
    listing.subtreeEnd.buffer,
    listing.narOffset.buffer,
    listing.size.buffer,
    listing.textStart.buffer,
    listing.text.buffer,
  ];
}

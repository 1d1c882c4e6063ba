import { createStore } from 'zustand/vanilla';
import { type NarListing, NodeCode } from '../nix/nar/listing';

export interface TreeState {
  /** Rows of the directories that stand open. Rows keep their numbers while a tree grows. */
  readonly expanded: ReadonlySet<number>;
  /** The row that the keyboard is on: the one with tabindex 0. */
  readonly focused: number;
  focus(row: number): void;
  toggle(row: number): void;
  expand(rows: Iterable<number>): void;
  collapse(rows: Iterable<number>): void;
  expandAll(listing: NarListing): void;
  collapseAll(): void;
  /** Opens what is above the row, and moves the focus to it. */
  reveal(listing: NarListing, row: number): void;
  /** Another archive: nothing is expanded. */
  reset(): void;
}

export function createTreeStore() {
  return createStore<TreeState>()((set, get) => ({
    expanded: new Set(),
    focused: 1,
    focus: (row) => set({ focused: row }),
    toggle: (row) => {
      const { expanded, expand, collapse } = get();
      if (expanded.has(row)) collapse([row]);
      else expand([row]);
    },
    expand: (rows) => set({ expanded: new Set([...get().expanded, ...rows]) }),
    collapse: (rows) => {
      const closed = new Set(rows);
      set({ expanded: new Set([...get().expanded].filter((row) => !closed.has(row))) });
    },
    expandAll: (listing) => {
      const all = new Set<number>();
      for (let row = 1; row < listing.length; row++)
        if (listing.kind[row] === NodeCode.directory) all.add(row);
      set({ expanded: all });
    },
    collapseAll: () => set({ expanded: new Set() }),
    reveal: (listing, row) => {
      const above: number[] = [];
      for (let at = listing.parent[row] ?? -1; at > 0; at = listing.parent[at] ?? -1) above.push(at);
      const missing = above.some((ancestor) => !get().expanded.has(ancestor));
      if (missing) get().expand(above);
      set({ focused: row });
    },
    reset: () => set({ expanded: new Set(), focused: 1 }),
  }));
}

export type TreeStore = ReturnType<typeof createTreeStore>;

/**
 * The rows that are in sight of the tree, from the top: one walk that skips what is collapsed. The root itself has no
 * row, unless it is all there is (a store path that is a file or a symlink).
 */
export function visibleRows(listing: NarListing, expanded: ReadonlySet<number>): Uint32Array {
  const rows = new Uint32Array(listing.length);
  let count = 0;
  let row = listing.kind[0] === NodeCode.directory ? 1 : 0;
  while (row < listing.length) {
    rows[count++] = row;
    const isShut = listing.kind[row] === NodeCode.directory && !expanded.has(row);
    row = isShut ? (listing.subtreeEnd[row] ?? listing.length) : row + 1;
  }
  return rows.subarray(0, count);
}

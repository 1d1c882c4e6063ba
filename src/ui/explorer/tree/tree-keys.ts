import { childRows, type NarListing, NodeCode } from '../../../nix/nar/listing';

/** What a key does to the tree. */
export type TreeStep =
  | { readonly to: 'focus'; readonly row: number }
  | { readonly to: 'expand'; readonly rows: readonly number[] }
  | { readonly to: 'collapse'; readonly row: number }
  /** As a click would. */
  | { readonly to: 'open'; readonly row: number }
  /** Shows the entry itself, also where `open` would follow a symlink. */
  | { readonly to: 'select'; readonly row: number };

export interface TreeView {
  readonly listing: NarListing;
  /** In sight, ascending. */
  readonly rows: Uint32Array;
  readonly expanded: ReadonlySet<number>;
  /** Of the focused row, in `rows`. */
  readonly index: number;
  /** Rows that fit the viewport. */
  readonly pageRows: number;
  /** Single letters work as keys. */
  readonly letterKeys: boolean;
}

const LETTERS: Readonly<Record<string, string>> = {
  h: 'ArrowLeft',
  j: 'ArrowDown',
  k: 'ArrowUp',
  l: 'ArrowRight',
};

/**
 * The keys of the WAI-ARIA tree pattern (its type-ahead is `findTyped`), and h j k l. Undefined for a key that means
 * nothing here; a key that means something but has nothing to do moves the focus to where it is.
 */
export function treeStep(key: string, view: TreeView): TreeStep | undefined {
  const { rows, index } = view;
  const row = rows[index];
  if (row === undefined) return undefined;
  const focus = (at: number): TreeStep => ({
    to: 'focus',
    row: rows[Math.min(rows.length - 1, Math.max(0, at))] ?? row,
  });
  switch ((view.letterKeys && LETTERS[key]) || key) {
    case 'ArrowDown':
      return focus(index + 1);
    case 'ArrowUp':
      return focus(index - 1);
    case 'Home':
      return focus(0);
    case 'End':
      return focus(rows.length - 1);
    case 'PageDown':
      return focus(index + Math.max(1, view.pageRows - 1));
    case 'PageUp':
      return focus(index - Math.max(1, view.pageRows - 1));
    case 'ArrowRight':
      return stepIn(view, row);
    case 'ArrowLeft':
      return stepOut(view, row);
    case '*':
      return { to: 'expand', rows: directoriesBeside(view.listing, row) };
    case 'Enter':
      return { to: 'open', row };
    case ' ':
      return { to: 'select', row };
    default:
      return undefined;
  }
}

/** Opens a directory that is shut; goes to the first entry of one that is open. */
function stepIn({ listing, expanded }: TreeView, row: number): TreeStep {
  if (listing.kind[row] !== NodeCode.directory) return { to: 'focus', row };
  if (!expanded.has(row)) return { to: 'expand', rows: [row] };
  const isEmpty = listing.subtreeEnd[row] === row + 1;
  return { to: 'focus', row: isEmpty ? row : row + 1 };
}

/** Shuts a directory that is open; goes to the one above otherwise. */
function stepOut({ listing, expanded }: TreeView, row: number): TreeStep {
  if (listing.kind[row] === NodeCode.directory && expanded.has(row)) return { to: 'collapse', row };
  const above = listing.parent[row] ?? -1;
  // The root has no row of its own.
  return { to: 'focus', row: above > 0 ? above : row };
}

function directoriesBeside(listing: NarListing, row: number): number[] {
  const above = listing.parent[row] ?? -1;
  if (above < 0) return [];
  return [...childRows(listing, above)].filter((child) => listing.kind[child] === NodeCode.directory);
}

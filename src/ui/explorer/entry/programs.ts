import { childNamed, childRows, type NarListing, NodeCode } from '../../../nix/nar/listing';
import { followSymlink } from '../../../nix/nar/symlinks';
import type { StorePath } from '../../../nix/store-path';

/** Something in `bin/` that can be run. */
export interface Program {
  /** Of the entry in `bin/`. */
  readonly row: number;
  /** Of the executable that it is, or that it leads to; undefined for one in another store path. */
  readonly fileRow: number | undefined;
}

const BIN = new TextEncoder().encode('bin');

/** The executables of `bin/`, and the symlinks to executables. `bin` itself may be a symlink to a directory. */
export function programsOf(listing: NarListing, own: StorePath | undefined): Program[] {
  const bin = childNamed(listing, 0, BIN);
  const followed = bin === undefined ? undefined : followSymlink(listing, bin, own);
  if (followed?.kind !== 'row') return [];
  return [...childRows(listing, followed.row)].flatMap((row): Program[] => {
    const to = followSymlink(listing, row, own);
    if (to.kind === 'row' && listing.kind[to.row] === NodeCode.executable) return [{ row, fileRow: to.row }];
    return to.kind === 'store-path' ? [{ row, fileRow: undefined }] : [];
  });
}

/** The rows of the largest files, the largest first. One pass over the table. */
export function largestFiles(listing: NarListing, count: number): number[] {
  const largest: number[] = [];
  for (let row = 0; row < listing.length; row++) {
    const kind = listing.kind[row];
    if (kind !== NodeCode.regular && kind !== NodeCode.executable) continue;
    const size = listing.size[row] ?? 0;
    const last = listing.size[largest.at(-1) ?? -1] ?? 0;
    if (largest.length === count && size <= last) continue;
    const at = largest.findIndex((other) => (listing.size[other] ?? 0) < size);
    largest.splice(at < 0 ? largest.length : at, 0, row);
    if (largest.length > count) largest.pop();
  }
  return largest;
}

/** The row of a README right at the top, if there is one. */
export function readmeOf(listing: NarListing): number | undefined {
  for (const row of childRows(listing, 0)) {
    const isFile = listing.kind[row] === NodeCode.regular || listing.kind[row] === NodeCode.executable;
    if (isFile && isReadme(listing, row)) return row;
  }
  return undefined;
}

const README = /^readme(\.(md|markdown|txt|rst|org))?$/i;
const LONGEST_README = 'readme.markdown'.length;

function isReadme(listing: NarListing, row: number): boolean {
  const start = listing.textStart[2 * row] ?? 0;
  const end = listing.textStart[2 * row + 1] ?? 0;
  // Of a million names few have to become text: r and R differ in one bit.
  if (end - start > LONGEST_README || ((listing.text[start] ?? 0) | 0x20) !== 0x72) return false;
  return README.test(new TextDecoder().decode(listing.text.subarray(start, end)));
}

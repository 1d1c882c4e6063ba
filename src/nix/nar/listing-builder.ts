import { LIMITS } from '../../limits';
import { LimitError } from '../errors';
import { type NarListing, NodeCode } from './listing';

/** Rows of one table. The format has no limit, but a small compressed NAR can hold entries without end. */
export const MAX_ENTRIES = LIMITS.entries.most;
/** Bytes of all names and targets of one table. */
const MAX_LISTING_TEXT = LIMITS.treeText.most;

/** What is left for the tables that share it. */
export interface ListingRoom {
  entries: number;
  textBytes: number;
}

export function wholeListingRoom(): ListingRoom {
  return { entries: MAX_ENTRIES, textBytes: MAX_LISTING_TEXT };
}

/**
 * Builds the table entry by entry, in NAR order. `snapshot` copies what stands so far, so that a tree can
 * be shown while it grows: directories still open end at the last row. It copies everything (50 bytes a
 * row), so it is for now and then, not for each entry. More than MAX_ENTRIES or MAX_LISTING_TEXT is a
 * LimitError, for one table or for several that are given the same room.
 */
export class ListingBuilder {
  private rows = 0;
  private kind = new Uint8Array(256);
  private depth = new Uint8Array(256);
  private parent = new Int32Array(256);
  private subtreeEnd = new Uint32Array(256);
  private narOffset = new Float64Array(256);
  private size = new Float64Array(256);
  private textStart = new Uint32Array(513);
  private text = new Uint8Array(4096);
  private textLength = 0;
  private readonly open: number[] = [];
  private readonly room: ListingRoom;

  constructor(room = wholeListingRoom()) {
    this.room = room;
  }

  get length(): number {
    return this.rows;
  }

  /** Begins a directory; the rows up to the matching `leaveDirectory` are in it. Name bytes are copied. */
  enterDirectory(name: Uint8Array): void {
    this.open.push(this.add(NodeCode.directory, name));
  }

  leaveDirectory(): void {
    const row = this.open.pop();
    if (row === undefined) throw new Error('leaveDirectory without enterDirectory');
    this.subtreeEnd[row] = this.rows;
  }

  addRegular(name: Uint8Array, file: { executable: boolean; size: number; narOffset: number }): void {
    const row = this.add(file.executable ? NodeCode.executable : NodeCode.regular, name);
    this.size[row] = file.size;
    this.narOffset[row] = file.narOffset;
    for (const ancestor of this.open) this.size[ancestor] = (this.size[ancestor] ?? 0) + file.size;
  }

  addSymlink(name: Uint8Array, target: Uint8Array): void {
    this.add(NodeCode.symlink, name, target);
  }

  /** The table as it stands. */
  snapshot(): NarListing {
    const rows = this.rows;
    const subtreeEnd = this.subtreeEnd.slice(0, rows);
    for (const row of this.open) subtreeEnd[row] = rows;
    return {
      length: rows,
      kind: this.kind.slice(0, rows),
      depth: this.depth.slice(0, rows),
      parent: this.parent.slice(0, rows),
      subtreeEnd,
      narOffset: this.narOffset.slice(0, rows),
      size: this.size.slice(0, rows),
      textStart: this.textStart.slice(0, 2 * rows + 1),
      text: this.text.slice(0, this.textLength),
    };
  }

  private add(code: number, name: Uint8Array, target?: Uint8Array): number {
    if (this.room.entries === 0) throw new LimitError('entries of an archive', MAX_ENTRIES);
    this.room.entries--;
    const row = this.rows++;
    if (row === this.kind.length) this.growRows();
    this.kind[row] = code;
    this.depth[row] = this.open.length;
    this.parent[row] = this.open.at(-1) ?? -1;
    this.subtreeEnd[row] = row + 1;
    this.append(name);
    this.textStart[2 * row + 1] = this.textLength;
    if (target) this.append(target);
    this.textStart[2 * row + 2] = this.textLength;
    return row;
  }

  private append(bytes: Uint8Array): void {
    const { room } = this;
    if (bytes.length > room.textBytes) throw new LimitError('bytes of names in an archive', MAX_LISTING_TEXT);
    room.textBytes -= bytes.length;
    const needed = this.textLength + bytes.length;
    if (needed > this.text.length) this.text = grown(this.text, Math.max(needed, this.text.length * 2));
    this.text.set(bytes, this.textLength);
    this.textLength = needed;
  }

  private growRows(): void {
    const rows = this.kind.length * 2;
    this.kind = grown(this.kind, rows);
    this.depth = grown(this.depth, rows);
    this.parent = grown(this.parent, rows);
    this.subtreeEnd = grown(this.subtreeEnd, rows);
    this.narOffset = grown(this.narOffset, rows);
    this.size = grown(this.size, rows);
    this.textStart = grown(this.textStart, 2 * rows + 1);
  }
}

type Column =
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

function grown<T extends Column>(column: T, length: number): T {
  // The constructor of a column makes a column of its own kind, which TypeScript cannot say.
  const larger = new (column.constructor as new (length: number) => T)(length);
  larger.set(column);
  return larger;
}

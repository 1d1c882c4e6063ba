import { type NarListing, NodeCode, nameOf, targetOf, walkRows } from './listing';
import {
  AFTER_NAME,
  BEFORE_NAME,
  CLOSE,
  CONTENTS,
  DIRECTORY,
  EXECUTABLE,
  LENGTH_SIZE,
  MAGIC,
  paddedSize,
  REGULAR,
  SYMLINK,
  stringSize,
} from './wire';

/**
 * Where everything lies in a NAR, from names, sizes, executable bits and targets alone: nothing else
 * decides it. Told of the entries in NAR order, it knows the offset of each. The root's name is empty.
 * Offsets are bytes from the first of the NAR; whoever takes sizes from others checks that `narOffset`
 * stays a safe integer.
 */
export class NarLayout {
  /** Where the next thing begins; the NAR's size once the root is complete. */
  narOffset = MAGIC.length;
  private depth = 0;

  enterDirectory(name: Uint8Array): void {
    this.beginEntry(name);
    this.narOffset += DIRECTORY.length;
    this.depth++;
  }

  leaveDirectory(): void {
    this.depth--;
    this.endEntry();
  }

  /** Answers where the contents begin. */
  addRegular(name: Uint8Array, file: { readonly executable: boolean; readonly size: number }): number {
    this.beginEntry(name);
    if (file.executable) this.narOffset += EXECUTABLE.length;
    this.narOffset += REGULAR.length + CONTENTS.length + LENGTH_SIZE;
    const contentsStart = this.narOffset;
    this.narOffset += paddedSize(file.size);
    this.endEntry();
    return contentsStart;
  }

  addSymlink(name: Uint8Array, target: Uint8Array): void {
    this.beginEntry(name);
    this.narOffset += SYMLINK.length + stringSize(target.length);
    this.endEntry();
  }

  private beginEntry(name: Uint8Array): void {
    if (this.depth > 0) this.narOffset += BEFORE_NAME.length + stringSize(name.length) + AFTER_NAME.length;
  }

  private endEntry(): void {
    this.narOffset += this.depth > 0 ? 2 * CLOSE.length : CLOSE.length;
  }
}

/** Bytes of the NAR that holds this row as its root and everything below it; by default all of it. */
export function narSizeOf(listing: NarListing, row = 0): number {
  const layout = new NarLayout();
  walkRows(listing, row, {
    enter(at) {
      const kind = listing.kind[at];
      if (kind === NodeCode.directory) layout.enterDirectory(nameOf(listing, at));
      else if (kind === NodeCode.symlink) layout.addSymlink(nameOf(listing, at), targetOf(listing, at));
      else {
        const executable = kind === NodeCode.executable;
        layout.addRegular(nameOf(listing, at), { executable, size: listing.size[at] ?? 0 });
      }
    },
    leave: () => layout.leaveDirectory(),
  });
  return layout.narOffset;
}

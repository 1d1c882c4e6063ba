import { NarFormatError } from '../errors';
import { displayBytes } from '../text';
import { NarLayout } from './layout';
import { joinNarPath, type NarListing, NodeCode, nameOf, narPathOf, targetOf } from './listing';
import type { ListingBuilder } from './listing-builder';
import type { NarVisitor, RegularFile } from './parser';

/** Builds the listing of the NAR that is read. */
export class ListingVisitor implements NarVisitor {
  private readonly builder: ListingBuilder;

  constructor(builder: ListingBuilder) {
    this.builder = builder;
  }

  enterDirectory(name: Uint8Array): void {
    this.builder.enterDirectory(name);
  }

  leaveDirectory(): void {
    this.builder.leaveDirectory();
  }

  beginRegular(name: Uint8Array, file: RegularFile): void {
    this.builder.addRegular(name, file);
  }

  contents(): void {}

  endRegular(): void {}

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.builder.addSymlink(name, target);
  }
}

/** All that a listing says of an entry. */
interface Entry {
  readonly code: number;
  readonly name: Uint8Array;
  readonly target: Uint8Array;
  readonly size: number;
  readonly narOffset: number;
}

const NO_BYTES = new Uint8Array(0);

/**
 * Holds the NAR that is read against a listing of it: throws NarFormatError 'listing-disagrees' at the
 * first entry that differs in kind, name, target, size, executable bit or offset, or that one of the two
 * lacks.
 */
export class ListingChecker implements NarVisitor {
  private readonly listing: NarListing;
  /** Row that has to come next. */
  private row = 0;
  private directory = -1;
  private readonly layout = new NarLayout();

  constructor(listing: NarListing) {
    this.listing = listing;
  }

  enterDirectory(name: Uint8Array): void {
    this.check({ code: NodeCode.directory, name, target: NO_BYTES, size: 0, narOffset: 0 });
    this.layout.enterDirectory(name);
    this.directory = this.row++;
  }

  leaveDirectory(): void {
    const { listing, directory, row } = this;
    if (row !== listing.subtreeEnd[directory]) {
      const expected = inWords(entryAt(listing, row));
      throw this.disagreement(narPathOf(listing, row), expected, 'the end of the directory');
    }
    this.layout.leaveDirectory();
    this.directory = listing.parent[directory] ?? -1;
  }

  beginRegular(name: Uint8Array, { executable, size, narOffset }: RegularFile): void {
    const code = executable ? NodeCode.executable : NodeCode.regular;
    this.check({ code, name, target: NO_BYTES, size, narOffset });
    this.layout.addRegular(name, { executable, size });
    this.row++;
  }

  contents(): void {}

  endRegular(): void {}

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.check({ code: NodeCode.symlink, name, target, size: 0, narOffset: 0 });
    this.layout.addSymlink(name, target);
    this.row++;
  }

  private check(found: Entry): void {
    const { listing, row, directory } = this;
    const end = directory < 0 ? listing.length : (listing.subtreeEnd[directory] ?? 0);
    const expected = row < end ? entryAt(listing, row) : undefined;
    if (expected && agrees(expected, found)) return;
    const above = directory < 0 ? NO_BYTES : narPathOf(listing, directory);
    const narPath = joinNarPath([above, found.name].filter((part) => part.length > 0));
    throw this.disagreement(narPath, expected ? inWords(expected) : 'nothing more here', inWords(found));
  }

  private disagreement(narPath: Uint8Array, expected: string, found: string): NarFormatError {
    const { narOffset } = this.layout;
    return new NarFormatError({ reason: 'listing-disagrees', narOffset, narPath, expected, found });
  }
}

/** The size of a directory is a sum, which no NAR states: it counts as 0. */
function entryAt(listing: NarListing, row: number): Entry {
  const code = listing.kind[row] ?? NodeCode.regular;
  const size = code === NodeCode.directory ? 0 : (listing.size[row] ?? 0);
  const narOffset = listing.narOffset[row] ?? 0;
  return { code, name: nameOf(listing, row), target: targetOf(listing, row), size, narOffset };
}

function agrees(a: Entry, b: Entry): boolean {
  return (
    a.code === b.code &&
    a.size === b.size &&
    a.narOffset === b.narOffset &&
    sameBytes(a.name, b.name) &&
    sameBytes(a.target, b.target)
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** As in: executable "hello" of 6 bytes at 784. */
function inWords({ code, name, target, size, narOffset }: Entry): string {
  const quoted = name.length > 0 ? ` "${displayBytes(name)}"` : '';
  switch (code) {
    case NodeCode.directory:
      return `directory${quoted}`;
    case NodeCode.symlink:
      return `symlink${quoted} to "${displayBytes(target)}"`;
    case NodeCode.executable:
      return `executable${quoted} of ${size} bytes at ${narOffset}`;
    default:
      return `regular${quoted} of ${size} bytes at ${narOffset}`;
  }
}

import { UnvouchedSizeError } from '../nix/errors';
import type { NarListing } from '../nix/nar/listing';
import type { ListingBuilder } from '../nix/nar/listing-builder';
import { ListingChecker, ListingVisitor } from '../nix/nar/listing-visitor';
import { NarParser, type NarVisitor } from '../nix/nar/parser';
import type { Tap } from './decoded-source';

/** Parses a NAR as its bytes pass; nothing may follow its end. */
function narTap(visitor: NarVisitor): Tap {
  const parser = new NarParser(visitor);
  return {
    bytes: (chunk) => parser.pushWhole(chunk),
    end: () => parser.finish(),
  };
}

/** Holds what passes against the listing that it is read by: a file's place is only as good as the structure around it. */
export function checkingTap(listing: NarListing): Tap {
  return narTap(new ListingChecker(listing));
}

/** Stops a pass that decodes to more than anybody trusted has said, before the chunk that is too much is looked at. */
export function boundedTap(inner: Tap, mostOf: () => number): Tap {
  let size = 0;
  return {
    bytes: (chunk) => {
      size += chunk.length;
      const most = mostOf();
      if (size > most) throw new UnvouchedSizeError(most);
      return inner.bytes(chunk);
    },
    end: () => inner.end(),
  };
}

/** Snapshots of a growing tree are taken this often at most, and never for more than a tenth of the time. */
const SNAPSHOT_INTERVAL = 200;

/** Builds the listing as the NAR passes, and shows it while it grows, also what came just before it stalls. */
export function growingTap(builder: ListingBuilder, onGrowth: (listing: NarListing) => void): Tap {
  const tap = narTap(new ListingVisitor(builder));
  let shownRows = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let next = 0;
  const show = () => {
    timer = undefined;
    if (builder.length === shownRows) return;
    shownRows = builder.length;
    const start = performance.now();
    onGrowth(builder.snapshot());
    const end = performance.now();
    next = end + Math.max(SNAPSHOT_INTERVAL, 10 * (end - start));
  };
  return {
    bytes: (chunk) => {
      tap.bytes(chunk);
      const wait = next - performance.now();
      if (wait <= 0) show();
      else timer ??= setTimeout(show, wait);
    },
    end: () => {
      clearTimeout(timer);
      tap.end();
    },
  };
}

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

/** Snapshots of a growing tree are taken this often at most, and never for more than a tenth of the time. */
const SNAPSHOT_INTERVAL = 200;

/** Builds the listing as the NAR passes, and shows it while it grows. */
export function growingTap(builder: ListingBuilder, onGrowth: (listing: NarListing) => void): Tap {
  const tap = narTap(new ListingVisitor(builder));
  let shownRows = 0;
  let next = performance.now() + SNAPSHOT_INTERVAL;
  return {
    bytes: (chunk) => {
      tap.bytes(chunk);
      const now = performance.now();
      if (now < next || builder.length === shownRows) return;
      shownRows = builder.length;
      onGrowth(builder.snapshot());
      const spent = performance.now() - now;
      next = now + Math.max(SNAPSHOT_INTERVAL, 10 * spent);
    },
    end: () => tap.end(),
  };
}

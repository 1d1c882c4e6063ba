import { resumingHttpSource } from '../bytes/resuming-source';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import { findBlocksFor } from '../codecs/registry';
import type { NarListing } from '../nix/nar/listing';
import type { Archive } from './archive';
import { BlockSource } from './block-source';
import type { Opening } from './cache-nar';
import { checkedNar } from './checked-nar';
import type { DecodedSource } from './decoded-source';
import { compressedOffset } from './file-windows';
import { framedNar } from './framed-nar';

interface Known {
  readonly listing: NarListing;
  /** The same NAR, decoded from its beginning. */
  readonly decoded: DecodedSource;
}

type Direct = Partial<Pick<Archive, 'nar' | 'keptIn' | 'isKept' | 'hold' | 'readsFrom' | 'close'>>;

/**
 * How a file of a NAR, whose tree is known, is read without what stands before it; nothing where it cannot be. Checking the
 * NAR reads it whole, once. Then what was checked is what the files are taken from: a range that is asked for by itself may
 * bring anything.
 */
export function directNar(opening: Opening, known: Known): Direct {
  const { narInfo } = opening.origin;
  const { fileSize, narSize, compression } = narInfo;
  if (compression === 'none' && (fileSize ?? narSize) === narSize) return byRange(opening, known);
  return fileSize === undefined ? {} : byBlocks(opening, known, fileSize);
}

/**
 * A NAR that is not compressed gives exactly the file's range; that it is one is known by FileSize = NarSize, or else by a
 * look at its first bytes.
 */
function byRange({ origin, identity, activity }: Opening, { listing, decoded }: Known): Direct {
  const { narUrl, narInfo } = origin;
  const ranged = resumingHttpSource(narUrl, { ...activity.network, identity, size: narInfo.narSize });
  const framed = framedNar(ranged, { url: narUrl, listing });
  const direct = narInfo.fileSize === undefined ? checkedNar(framed, decoded) : framed;
  const nar: ByteSource = {
    size: narInfo.narSize,
    read: (range, signal) => (isChecked(decoded) ? decoded : direct).read(range, signal),
  };
  return {
    nar,
    keptIn: () => (isChecked(decoded) ? decoded.keptIn : 'nowhere'),
    isKept: (until) => isChecked(decoded) && decoded.isKept(until),
    readsFrom: (start) => (isChecked(decoded) ? 0 : start),
  };
}

/** Compressed bytes that are read rather than that an index is asked for. */
const NEAR = 1024 * 1024;

/** What is made of blocks, and has an index of them, gives the blocks that a file lies in. */
function byBlocks(
  { origin, identity, activity, means }: Opening,
  { listing, decoded }: Known,
  fileSize: number,
): Direct {
  const { narUrl: url, narInfo } = origin;
  const { narSize } = narInfo;
  const loadBlocks = findBlocksFor(narInfo.compression);
  if (!loadBlocks || fileSize <= NEAR) return {};
  const file = resumingHttpSource(url, { ...activity.network, identity, size: fileSize });
  const blocks = new BlockSource({
    url,
    file,
    fileSize,
    size: narSize,
    loadBlocks,
    createSpool: means.createSpool,
  });
  const framed = framedNar(blocks, { url, listing });

  const isInOrder = ({ start, end = narSize }: ByteRange) =>
    isChecked(decoded) ||
    decoded.isKept(end) ||
    compressedOffset(start, { compressedSize: fileSize, size: narSize }) < NEAR;
  const isDirect = (range: ByteRange) =>
    blocks.isFound && !isInOrder(range) && blocks.blockAt(range.start).start > 0;

  async function* read(range: ByteRange, signal: AbortSignal): ByteStream {
    if (!isInOrder(range)) await blocks.find(signal);
    yield* (isDirect(range) ? framed : decoded).read(range, signal);
  }

  return {
    nar: { size: narSize, read },
    isKept: (until) => decoded.isKept(until),
    hold: (until) => {
      const releases = [decoded.hold(until), blocks.hold(until)];
      return () => {
        for (const release of releases) release();
      };
    },
    readsFrom: (start) => (isDirect({ start, end: start + 1 }) ? blocks.blockAt(start).start : 0),
    close: async () => {
      await blocks.close();
      await decoded.close();
    },
  };
}

function isChecked(decoded: DecodedSource): boolean {
  return decoded.size !== undefined || decoded.wantedUntil === Number.POSITIVE_INFINITY;
}

import { throwIfAborted } from '../bytes/errors';
import { sliceSource } from '../bytes/slice-source';
import type { ByteRange, ByteSource, ByteStream } from '../bytes/source';
import type { Spool } from '../bytes/spool';
import type { CompressedBlock, FindBlocks } from '../codecs/codec';
import { withOffset } from '../codecs/parts';
import { DecodedSource } from './decoded-source';
import { windowsOf } from './file-windows';

interface Parts {
  readonly url: string;
  /** The compressed file. */
  readonly file: ByteSource;
  readonly fileSize: number;
  /** Bytes of its content. */
  readonly size: number;
  readonly loadBlocks: () => Promise<FindBlocks>;
  readonly createSpool: () => Spool;
}

/** Blocks that stay decoded: one that is read, and the one that its reader comes from. */
const MOST_OPEN = 2;

interface OpenBlock {
  readonly block: CompressedBlock;
  readonly decoded: DecodedSource;
  /** Those who read it, or hold it. */
  users: number;
}

/** Somebody who may go on to a byte, and the block that stands still for it, if one does. */
interface Hold {
  readonly until: number;
  release: () => void;
}

/**
 * The content of a compressed file that is made of blocks: a range costs the blocks that hold it. A block is decoded from its
 * beginning, as far as somebody wants it.
 */
export class BlockSource implements ByteSource {
  readonly size: number;
  private readonly parts: Parts;
  private blocks: readonly CompressedBlock[] = [];
  private finding: Promise<void> | undefined;
  /** The one that was used last is the last. */
  private open: OpenBlock[] = [];
  private readonly holds = new Set<Hold>();

  constructor(parts: Parts) {
    this.parts = parts;
    this.size = parts.size;
  }

  /** Looks for the blocks, once. */
  async find(signal: AbortSignal): Promise<void> {
    for (;;) {
      this.finding ??= this.readIndex(signal);
      try {
        return await this.finding;
      } catch {
        // It was aborted, maybe by somebody else.
        this.finding = undefined;
        throwIfAborted(signal);
      }
    }
  }

  /** There are several: before that nothing can be read. */
  get isFound(): boolean {
    return this.blocks.length > 1;
  }

  async *read({ start, end = this.size }: ByteRange, signal: AbortSignal): ByteStream {
    for (let at = start; at < end; ) {
      const block = this.blockAt(at);
      const until = Math.min(end, block.start + block.size);
      yield* this.readBlock(block, { start: at - block.start, end: until - block.start }, signal);
      at = until;
    }
  }

  /** The block that holds a decoded byte; the last one for those past the end. */
  blockAt(offset: number): CompressedBlock {
    const { blocks } = this;
    let low = 0;
    for (let high = blocks.length - 1; low < high; ) {
      const middle = Math.ceil((low + high) / 2);
      if ((blocks[middle] as CompressedBlock).start <= offset) low = middle;
      else high = middle - 1;
    }
    // They were found.
    return blocks[low] as CompressedBlock;
  }

  /** A block on its way to this byte may stand still, but is not dropped, until the answer is called. */
  hold(until: number): () => void {
    const hold: Hold = { until, release: () => {} };
    this.holds.add(hold);
    const last = this.open.at(-1);
    if (last) keepFor(hold, last);
    return () => {
      this.holds.delete(hold);
      hold.release();
    };
  }

  async close(): Promise<void> {
    const { open } = this;
    this.open = [];
    await Promise.all(open.map(({ decoded }) => decoded.close()));
  }

  private async *readBlock(
    block: CompressedBlock,
    range: { readonly start: number; readonly end: number },
    signal: AbortSignal,
  ): ByteStream {
    const used = this.open.find((one) => one.block === block) ?? this.decodedBlock(block);
    this.open = [...this.open.filter((one) => one !== used), used];
    used.users++;
    for (const hold of this.holds) keepFor(hold, used);
    try {
      await this.closeUnused();
      yield* used.decoded.read(range, signal);
    } finally {
      used.users--;
    }
  }

  /** What is not as the format says, or as large as the content is said to be, is read in order, and fails there if it has to. */
  private async readIndex(signal: AbortSignal): Promise<void> {
    const { file, fileSize, size, loadBlocks } = this.parts;
    try {
      const blocks = await (await loadBlocks())(file, fileSize, signal);
      if (blocks.reduce((sum, block) => sum + block.size, 0) === size) this.blocks = blocks;
    } catch {
      throwIfAborted(signal);
    }
  }

  private async closeUnused(): Promise<void> {
    const unused = this.open.filter(({ users }) => users === 0);
    const excess = unused.slice(0, Math.max(0, this.open.length - MOST_OPEN));
    this.open = this.open.filter((one) => !excess.includes(one));
    await Promise.all(excess.map(({ decoded }) => decoded.close()));
  }

  private decodedBlock(block: CompressedBlock): OpenBlock {
    const { url, file, createSpool } = this.parts;
    const { compressedStart, compressedSize, size } = block;
    const bytes = sliceSource(file, { start: compressedStart, end: compressedStart + compressedSize });
    const wantedUntil = () => decoded.wantedUntil;
    const windows = windowsOf(bytes, { compressedSize, size, wantedUntil });
    const decoded: DecodedSource = new DecodedSource({
      url,
      decode: (signal) => withOffset(block.decode(windows.read({ start: 0 }, signal)), compressedStart),
      tap: () => ({ bytes: () => {}, end: () => {} }),
      spool: createSpool(),
    });
    return { block, decoded, users: 0 };
  }
}

/** Lets go of the block before: who goes on from one to the next comes back to neither of those in front. */
function keepFor(hold: Hold, used: OpenBlock): void {
  const { block, decoded } = used;
  if (hold.until <= block.start) return;
  const before = hold.release;
  const release = decoded.hold(Math.min(hold.until - block.start, block.size));
  used.users++;
  hold.release = () => {
    used.users--;
    release();
  };
  // Not before: it may be the same block, which must not be dropped in between.
  before();
}

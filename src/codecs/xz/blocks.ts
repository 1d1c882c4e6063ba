import type { ByteSource } from '../../bytes/source';
import { LIMITS } from '../../limits';
import { Refusal, toCodecError } from '../drive';
import { BackwardReader } from './backward-reader';
import type { CheckName } from './checks';
import { Input } from './input';
import { HEADER_SIZE, parseStreamFooter } from './stream-header';
import { type IndexRecord, readIndex, startIndex } from './stream-index';

/** What a block has to be, as its index or its header says. Sizes are bytes. */
export interface BlockClaims {
  /** From its header to its check, without the padding in between. */
  readonly unpaddedSize: number;
  /** Of its content. */
  readonly size: number;
  readonly check: CheckName;
}

/** A block, which can be decoded without those before it. */
export interface XzBlock extends BlockClaims {
  /** In the file: from its header to its check, with the padding in between. */
  readonly compressedStart: number;
  readonly compressedSize: number;
  /** In the content. */
  readonly start: number;
}

/** A stream, found from its end. */
interface Stream {
  readonly start: number;
  readonly check: CheckName;
  readonly records: readonly IndexRecord[];
}

/**
 * All blocks of an xz file of `size` bytes, in the order of the content, from the indexes of its streams: for one stream mostly in one
 * request. Stream headers are not read: where a stream begins, the one before it ends, or the file begins; and what a block is
 * its own header and check say.
 *
 * Throws a CodecError: `corrupt` or `truncated` where that is no end of an xz file, `unsupported` where the indexes are over their
 * limits, and the file can only be read from its beginning. What the source throws passes through.
 */
export async function readXzBlocks(
  source: ByteSource,
  size: number,
  signal: AbortSignal,
): Promise<readonly XzBlock[]> {
  const file = new BackwardReader(source, signal);
  const streams: Stream[] = [];
  let room = LIMITS.xzIndex.most;
  let end = size;
  try {
    while (end > 0) {
      const stream = await readStream(file, end, room);
      if (streams.length === LIMITS.xzStreams.most) throw new Refusal('unsupported', 'too many streams');
      streams.push(stream);
      room -= stream.indexSize;
      end = stream.start;
    }
    if (streams.length === 0) throw new Refusal('truncated', 'no bytes at all');
    return blocksOf(streams.reverse());
  } catch (error) {
    throw toCodecError(error, 'xz', end);
  }
}

/** The stream that ends there, or before the padding that ends there. */
async function readStream(
  file: BackwardReader,
  fileEnd: number,
  room: number,
): Promise<Stream & { readonly indexSize: number }> {
  const end = await withoutPadding(file, fileEnd, room);
  // The least that a stream is: both ends, and an index of nothing.
  if (end < 2 * HEADER_SIZE + 8) throw new Refusal('corrupt', 'not an xz file');
  const { check, indexSize } = parseStreamFooter(await file.read(end - HEADER_SIZE, end));
  if (indexSize > room) throw new Refusal('unsupported', 'too large an index');
  const indexEnd = end - HEADER_SIZE;
  const records = readRecords(await file.read(Math.max(0, indexEnd - indexSize), indexEnd));
  const blocks = records.reduce((sum, { unpaddedSize }) => sum + paddedSize(unpaddedSize), 0);
  const start = indexEnd - indexSize - blocks - HEADER_SIZE;
  if (start < 0) throw new Refusal('corrupt', 'an index of more than there is');
  return { start, check, records, indexSize };
}

async function withoutPadding(file: BackwardReader, fileEnd: number, room: number): Promise<number> {
  for (let end = fileEnd; end >= 4; end -= 4) {
    if (fileEnd - end > room) throw new Refusal('unsupported', 'too much padding');
    const word = await file.read(end - 4, end);
    if (word.some((byte) => byte !== 0)) return end;
  }
  return 0;
}

function readRecords(bytes: Uint8Array): readonly IndexRecord[] {
  const index = startIndex();
  const records: IndexRecord[] = [];
  const input = new Input(bytes);
  readIndex(index, input, (record) => records.push(record));
  if (index.at !== 'end' || !input.isEmpty) throw new Refusal('corrupt', 'the size of the index');
  return records;
}

function blocksOf(streams: readonly Stream[]): XzBlock[] {
  const blocks: XzBlock[] = [];
  let start = 0;
  for (const stream of streams) {
    let compressedStart = stream.start + HEADER_SIZE;
    for (const { unpaddedSize, size } of stream.records) {
      const compressedSize = paddedSize(unpaddedSize);
      blocks.push({ compressedStart, compressedSize, unpaddedSize, start, size, check: stream.check });
      compressedStart += compressedSize;
      start += size;
      if (!Number.isSafeInteger(start)) throw new Refusal('corrupt', 'an index of more than there can be');
    }
  }
  return blocks;
}

/** With the padding of a block of this size. */
export function paddedSize(size: number): number {
  return Math.ceil(size / 4) * 4;
}

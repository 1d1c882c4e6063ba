import { inMiB, Refusal } from '../drive';
import type { BlockHeader } from './block-header';
import {
  CHECK_SIZES,
  type Check,
  type CheckName,
  finishCheck,
  LONGEST_CHECK,
  startCheck,
  updateCheck,
} from './checks';
import { type FilterChain, startFilterChain, undoFilters } from './filter-chain';
import { emptyField, type Field, fill, type Input } from './input';
import type { Kernel } from './kernel';
import { decodeLzma2, type Lzma2, startLzma2 } from './lzma2';

/**
 * A block behind its header. After the .xz file format 1.2.0, §3: compressed data, zeros up to a multiple of four bytes, check of
 * the content. Plain data, so that it can be copied in between.
 */
export interface Block {
  readonly header: BlockHeader;
  at: 'content' | 'padding' | 'check' | 'end';
  /** Bytes of compressed data and of content so far. */
  compressed: number;
  uncompressed: number;
  padding: number;
  readonly lzma2: Lzma2;
  readonly filters: FilterChain;
  readonly check: Check;
  readonly checkField: Field;
}

/** Room in the window for output, besides the dictionary; when it is used up, the dictionary is moved. */
const WINDOW_ROOM = 4 * 1024 * 1024;

/** Summed while it is still in the processor's cache. */
const LARGEST_OUTPUT = 256 * 1024;
/** What passed a filter is a copy. */
const LARGEST_FILTERED_OUTPUT = 64 * 1024;

/** Throws a Refusal where its dictionary is over the limit. */
export function startBlock(
  header: BlockHeader,
  check: CheckName,
  kernel: Kernel,
  dictionaryLimit: number,
): Block {
  const detail = `${inMiB(header.dictionarySize)} dictionary, limit ${inMiB(dictionaryLimit)}`;
  if (header.dictionarySize > dictionaryLimit) throw new Refusal('window-too-large', detail);
  const room = Math.min(WINDOW_ROOM, header.uncompressedSize ?? WINDOW_ROOM);
  if (!kernel.openWindow(header.dictionarySize, room))
    throw new Refusal('window-too-large', `no memory: ${detail}`);
  return {
    header,
    at: 'content',
    compressed: 0,
    uncompressed: 0,
    padding: 0,
    lzma2: startLzma2(),
    filters: startFilterChain(header.filters),
    check: startCheck(check, kernel),
    checkField: emptyField(LONGEST_CHECK),
  };
}

/** The next content; undefined where it needs more input or is at its end. */
export function decodeBlock(block: Block, kernel: Kernel, input: Input): Uint8Array<ArrayBuffer> | undefined {
  for (;;) {
    switch (block.at) {
      case 'content': {
        const output = decodeContent(block, kernel, input);
        if (output && output.length > 0) return output;
        if (block.at === 'content') return undefined;
        break;
      }
      case 'padding':
        if ((block.compressed + block.padding) % 4 === 0) {
          block.at = 'check';
        } else {
          const [byte] = input.take(1);
          if (byte === undefined) return undefined;
          if (byte !== 0) throw new Refusal('corrupt', 'the padding of a block');
          block.padding++;
        }
        break;
      case 'check': {
        const sum = fill(block.checkField, CHECK_SIZES[block.check.name], input);
        if (!sum) return undefined;
        finishCheck(block.check, kernel, sum);
        block.at = 'end';
        break;
      }
      case 'end':
        return undefined;
    }
  }
}

/** Header, compressed data and check, without the padding: as the index has it. */
export function unpaddedSize({ header, compressed, check }: Block): number {
  return header.size + compressed + CHECK_SIZES[check.name];
}

function decodeContent(block: Block, kernel: Kernel, input: Input): Uint8Array<ArrayBuffer> | undefined {
  const { lzma2, filters, header, check } = block;
  const most = filters.length > 0 ? LARGEST_FILTERED_OUTPUT : LARGEST_OUTPUT;
  const before = input.taken;
  const decoded = decodeLzma2(lzma2, kernel, input, most);
  block.compressed += input.taken - before;
  const isEnd = lzma2.at === 'end';
  if (isEnd) block.at = 'padding';
  const content = decoded || isEnd ? undoFilters(filters, decoded, isEnd) : undefined;
  if (content) {
    block.uncompressed += content.length;
    updateCheck(check, kernel, content);
  }
  matchSize(block.compressed, header.compressedSize, isEnd, 'the compressed size of a block');
  matchSize(block.uncompressed, header.uncompressedSize, isEnd, 'the size of a block');
  return content;
}

/** What the header says is not passed, and reached at the end. */
function matchSize(size: number, stated: number | undefined, isEnd: boolean, what: string): void {
  if (stated === undefined || (isEnd ? size === stated : size <= stated)) return;
  throw new Refusal('corrupt', what);
}

import { type Decoder, Refusal, type Turn } from '../drive';
import { type Block, decodeBlock, startBlock, unpaddedSize } from './block';
import { blockHeaderSize, LONGEST_BLOCK_HEADER, parseBlockHeader } from './block-header';
import type { CheckName } from './checks';
import { emptyField, type Field, fill, type Input } from './input';
import type { Kernel, KernelSnapshot } from './kernel';
import { HEADER_SIZE, parseStreamFooter, parseStreamHeader, startsLikeMagic } from './stream-header';
import {
  addRecord,
  emptyRecordSum,
  type IndexRecord,
  matchRecords,
  type RecordSum,
  readIndex,
  type StreamIndex,
  startIndex,
} from './stream-index';
import { turnOf } from './turn';

/** All that the container knows between two turns, as plain data: a snapshot is a copy of it. */
interface FileState {
  at: 'between-streams' | 'between-blocks' | 'block' | 'index' | 'footer';
  /** Bytes taken, and bytes given. */
  compressedOffset: number;
  offset: number;
  /** A header or a footer that is coming in. */
  readonly field: Field;
  /** Whole ones. */
  streams: number;
  /** Zeros behind the last of them. */
  padding: number;
  check: CheckName;
  block: Block | undefined;
  /** Of the stream's blocks, and of its index. */
  blocks: RecordSum;
  records: RecordSum;
  index: StreamIndex;
}

/** A decoder between two turns. It can be stored, and sent to another thread. */
export interface XzSnapshot {
  readonly file: FileState;
  readonly kernel: KernelSnapshot;
}

export interface XzDecoderOptions {
  readonly kernel: Kernel;
  /** In bytes; a larger dictionary is refused. */
  readonly dictionaryLimit: number;
  /** Takes the kernel back when it may be used again. */
  readonly release: (kernel: Kernel) => void;
}

/**
 * A whole xz file, by turns. After the .xz file format 1.2.0, §2:
 *
 *   file   = stream, (stream | four zeros)*
 *   stream = stream header, block*, index, stream footer
 *
 * The index has to be that of the blocks that came.
 */
export class XzDecoder implements Decoder {
  private readonly options: XzDecoderOptions;
  private state: FileState = startFile();

  constructor(options: XzDecoderOptions) {
    this.options = options;
  }

  turn(bytes: Uint8Array): Turn {
    const turn = turnOf(bytes, (input) => this.decode(input));
    this.state.compressedOffset += turn.taken;
    this.state.offset += turn.output.length;
    return turn;
  }

  finish(): void {
    const { at, streams, padding, field } = this.state;
    if (at !== 'between-streams' || streams === 0 || field.filled > 0) throw new Refusal('truncated');
    if (padding % 4 !== 0) throw new Refusal('trailing-bytes', PADDING);
  }

  close(reusable: boolean): void {
    if (reusable) this.options.release(this.options.kernel);
  }

  /** A block that somebody else decodes comes next: it goes on behind it. */
  passBlock(block: IndexRecord): void {
    if (this.state.at !== 'between-blocks' || this.state.field.filled > 0)
      throw new Error('no block can come here');
    addRecord(this.state.blocks, block);
  }

  /** What it takes to go on from here. What was lent by the last turn is not part of it. */
  snapshot(): XzSnapshot {
    return { file: structuredClone(this.state), kernel: this.options.kernel.snapshot() };
  }

  /** Goes on from there: with the compressed bytes from `file.compressedOffset` on. Throws a Refusal where there is no memory for it. */
  restore({ file, kernel }: XzSnapshot): void {
    if (!this.options.kernel.restore(kernel)) throw new Refusal('window-too-large', 'no memory');
    this.state = structuredClone(file);
  }

  private decode(input: Input): Uint8Array<ArrayBuffer> | undefined {
    for (;;) {
      const before = this.state.at;
      const output = this.step(input);
      if (output || this.state.at === before) return output;
    }
  }

  /** Goes on to the next part, or answers output, or needs more input. */
  private step(input: Input): Uint8Array<ArrayBuffer> | undefined {
    switch (this.state.at) {
      case 'between-streams':
        this.readStreamHeader(input);
        return undefined;
      case 'between-blocks':
        this.readBlockHeader(input);
        return undefined;
      case 'block':
        return this.readBlock(input);
      case 'index':
        this.readIndex(input);
        return undefined;
      case 'footer':
        this.readFooter(input);
        return undefined;
    }
  }

  private readStreamHeader(input: Input): void {
    const { state } = this;
    while (state.streams > 0 && state.field.filled === 0 && input.peek() === 0) {
      input.take(1);
      state.padding++;
    }
    if (state.padding % 4 !== 0 && !input.isEmpty) throw new Refusal('trailing-bytes', PADDING);
    const begun = state.field.bytes.subarray(0, HEADER_SIZE);
    const header = fill(state.field, HEADER_SIZE, input);
    if (!startsLikeMagic(header ?? begun.subarray(0, state.field.filled))) {
      throw state.streams > 0 ? new Refusal('trailing-bytes') : new Refusal('corrupt', 'not an xz file');
    }
    if (!header) return;
    state.check = parseStreamHeader(header);
    state.padding = 0;
    state.blocks = emptyRecordSum();
    state.at = 'between-blocks';
  }

  private readBlockHeader(input: Input): void {
    const { state, options } = this;
    const first = state.field.filled > 0 ? state.field.bytes[0] : input.peek();
    if (first === undefined) return;
    if (first === 0) {
      state.index = startIndex();
      state.records = emptyRecordSum();
      state.at = 'index';
      return;
    }
    const bytes = fill(state.field, blockHeaderSize(first), input);
    if (!bytes) return;
    state.block = startBlock(parseBlockHeader(bytes), state.check, options.kernel, options.dictionaryLimit);
    state.at = 'block';
  }

  private readBlock(input: Input): Uint8Array<ArrayBuffer> | undefined {
    const { state, options } = this;
    const { block } = state;
    if (!block) throw new Error('there is no block to read');
    const output = decodeBlock(block, options.kernel, input);
    if (block.at === 'end') {
      addRecord(state.blocks, { unpaddedSize: unpaddedSize(block), size: block.uncompressed });
      state.block = undefined;
      state.at = 'between-blocks';
    }
    return output;
  }

  private readIndex(input: Input): void {
    const { state } = this;
    readIndex(state.index, input, (record) => {
      if (state.records.count === state.blocks.count)
        throw new Refusal('corrupt', 'an index of other blocks');
      addRecord(state.records, record);
    });
    if (state.index.at !== 'end') return;
    matchRecords(state.blocks, state.records);
    state.at = 'footer';
  }

  private readFooter(input: Input): void {
    const { state } = this;
    const bytes = fill(state.field, HEADER_SIZE, input);
    if (!bytes) return;
    const { check, indexSize } = parseStreamFooter(bytes);
    if (check !== state.check) throw new Refusal('corrupt', 'a stream footer that is not that of the header');
    if (indexSize !== state.index.size) throw new Refusal('corrupt', 'the size of the index');
    state.streams++;
    state.at = 'between-streams';
  }
}

const PADDING = 'zeros that are not a multiple of four';

function startFile(): FileState {
  return {
    at: 'between-streams',
    compressedOffset: 0,
    offset: 0,
    field: emptyField(LONGEST_BLOCK_HEADER),
    streams: 0,
    padding: 0,
    check: 'no check',
    block: undefined,
    blocks: emptyRecordSum(),
    records: emptyRecordSum(),
    index: startIndex(),
  };
}

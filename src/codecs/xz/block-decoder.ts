import { type Decoder, Refusal, type Turn } from '../drive';
import { type Block, decodeBlock, startBlock, unpaddedSize } from './block';
import { type BlockHeader, blockHeaderSize, LONGEST_BLOCK_HEADER, parseBlockHeader } from './block-header';
import type { BlockClaims } from './blocks';
import { CHECK_SIZES } from './checks';
import type { XzDecoderOptions } from './decoder';
import { emptyField, fill, type Input } from './input';
import { turnOf } from './turn';

/** One block of an xz file, by turns: exactly what the index says of it. */
export class XzBlockDecoder implements Decoder {
  private readonly expected: BlockClaims;
  private readonly options: XzDecoderOptions;
  private readonly field = emptyField(LONGEST_BLOCK_HEADER);
  private block: Block | undefined;

  constructor(expected: BlockClaims, options: XzDecoderOptions) {
    this.expected = expected;
    this.options = options;
  }

  turn(bytes: Uint8Array): Turn {
    return turnOf(bytes, (input) => this.decode(input));
  }

  finish(): void {
    if (this.block?.at !== 'end') throw new Refusal('truncated');
  }

  close(reusable: boolean): void {
    if (reusable) this.options.release(this.options.kernel);
  }

  private decode(input: Input): Uint8Array<ArrayBuffer> | undefined {
    this.block ??= this.readHeader(input);
    if (!this.block) return undefined;
    const output = decodeBlock(this.block, this.options.kernel, input);
    if (this.block.at !== 'end') return output;
    if (unpaddedSize(this.block) !== this.expected.unpaddedSize) throw otherThanIndexed();
    if (!input.isEmpty) throw new Refusal('trailing-bytes');
    return output;
  }

  private readHeader(input: Input): Block | undefined {
    const { expected, options, field } = this;
    const first = field.filled > 0 ? field.bytes[0] : input.peek();
    if (first === undefined) return undefined;
    if (first === 0) throw otherThanIndexed();
    const bytes = fill(field, blockHeaderSize(first), input);
    if (!bytes) return undefined;
    const header = withIndexedSizes(parseBlockHeader(bytes), expected);
    return startBlock(header, expected.check, options.kernel, options.dictionaryLimit);
  }
}

/** So that nothing is decoded that is more than the index says. */
function withIndexedSizes(header: BlockHeader, { unpaddedSize, size, check }: BlockClaims): BlockHeader {
  const compressedSize = unpaddedSize - header.size - CHECK_SIZES[check];
  if ((header.compressedSize ?? compressedSize) !== compressedSize) throw otherThanIndexed();
  if ((header.uncompressedSize ?? size) !== size) throw otherThanIndexed();
  return { ...header, compressedSize, uncompressedSize: size };
}

function otherThanIndexed(): Refusal {
  return new Refusal('corrupt', 'another block than in the index');
}

import { Refusal } from '../drive';
import { emptyVli, pushVliByte, readUint32, type Vli } from './bytes';
import { crc32OfByte } from './crc32';
import { emptyField, type Field, fill, type Input } from './input';
import { finishSha256, type Sha256, startSha256, updateSha256 } from './sha256';

/**
 * The index of a stream, behind its blocks. After the .xz file format 1.2.0, §4:
 *
 *   index  = 00, number of records, record*, zeros up to a multiple of four bytes, CRC32 of all before
 *   record = unpadded size, uncompressed size
 *
 * It is as long as it likes, and read byte by byte. Plain data, so that it can be copied in between.
 */
export interface StreamIndex {
  at: 'indicator' | 'count' | 'unpadded-size' | 'uncompressed-size' | 'padding' | 'crc' | 'end';
  /** Bytes so far. */
  size: number;
  vli: Vli;
  /** Records to come. */
  left: number;
  unpaddedSize: number;
  crc: number;
  readonly crcField: Field;
}

/** What the index says of a block: bytes from its header to its check without the padding, and of its content. */
export interface IndexRecord {
  readonly unpaddedSize: number;
  readonly size: number;
}

/** A header of eight bytes is larger; the format says so all the same. */
const LEAST_UNPADDED_SIZE = 5;

export function startIndex(): StreamIndex {
  const crcField = emptyField(4);
  return { at: 'indicator', size: 0, vli: emptyVli(), left: 0, unpaddedSize: 0, crc: 0, crcField };
}

/** Reads on until the index or the input ends. */
export function readIndex(index: StreamIndex, input: Input, onRecord: (record: IndexRecord) => void): void {
  while (index.at !== 'end' && !input.isEmpty) {
    if (index.at === 'crc') {
      const field = fill(index.crcField, 4, input);
      if (!field) return;
      if (readUint32(field, 0) !== index.crc) throw new Refusal('corrupt', 'CRC32 of the index');
      index.size += 4;
      index.at = 'end';
      return;
    }
    const [byte = 0] = input.take(1);
    index.size++;
    index.crc = crc32OfByte(byte, index.crc);
    readIndexByte(index, byte, onRecord);
    if (index.at === 'padding' && index.size % 4 === 0) index.at = 'crc';
  }
}

function readIndexByte(index: StreamIndex, byte: number, onRecord: (record: IndexRecord) => void): void {
  if (index.at === 'indicator' || index.at === 'padding') {
    if (byte !== 0) throw new Refusal('corrupt', 'the padding of the index');
    if (index.at === 'indicator') index.at = 'count';
    return;
  }
  if (!pushVliByte(index.vli, byte)) return;
  const { value } = index.vli;
  index.vli = emptyVli();
  if (index.at === 'unpadded-size') {
    if (value < LEAST_UNPADDED_SIZE) throw new Refusal('corrupt', 'the size of a block in the index');
    index.unpaddedSize = value;
    index.at = 'uncompressed-size';
    return;
  }
  if (index.at === 'count') {
    index.left = value;
  } else {
    index.left--;
    onRecord({ unpaddedSize: index.unpaddedSize, size: value });
  }
  index.at = index.left > 0 ? 'unpadded-size' : 'padding';
}

/** Many records, in little memory: two of these are the same when their records are, as liblzma does it. */
export interface RecordSum {
  count: number;
  readonly hash: Sha256;
}

export function emptyRecordSum(): RecordSum {
  return { count: 0, hash: startSha256() };
}

export function addRecord(sum: RecordSum, { unpaddedSize, size }: IndexRecord): void {
  sum.count++;
  updateSha256(sum.hash, new Uint8Array(Float64Array.of(unpaddedSize, size).buffer));
}

/** Throws a Refusal unless the blocks and the index are the same; both sums are used up. */
export function matchRecords(blocks: RecordSum, index: RecordSum): void {
  const indexHash = finishSha256(index.hash);
  const isSame = finishSha256(blocks.hash).every((byte, at) => byte === indexHash[at]);
  if (!isSame || blocks.count !== index.count) throw new Refusal('corrupt', 'an index of other blocks');
}

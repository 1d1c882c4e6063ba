import { Refusal } from '../drive';
import { readUint32 } from './bytes';
import { type CheckName, checkOfId } from './checks';
import { crc32 } from './crc32';

/**
 * Both ends of a stream. After the .xz file format 1.2.0, §2.1:
 *
 *   stream header = FD 37 7A 58 5A 00, flags (2), CRC32 of the flags (4)
 *   stream footer = CRC32 of the next six bytes (4), backward size (4: of the index, in words of four, less one), flags (2), 59 5A
 *   flags         = 00, type of check; all else is reserved
 */

/** Of the header, and of the footer. */
export const HEADER_SIZE = 12;
const HEADER_MAGIC: readonly number[] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00];
const FOOTER_MAGIC = [0x59, 0x5a];

/** Whether a stream header may begin so. */
export function startsLikeMagic(bytes: Uint8Array): boolean {
  return HEADER_MAGIC.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}

/** The check of the stream's blocks, from 12 bytes that begin with the magic. */
export function parseStreamHeader(bytes: Uint8Array): CheckName {
  if (crc32(bytes.subarray(6, 8)) !== readUint32(bytes, 8))
    throw new Refusal('corrupt', 'CRC32 of the stream header');
  return parseFlags(bytes.subarray(6, 8));
}

export interface StreamFooter {
  readonly check: CheckName;
  /** Bytes of the index, which ends where the footer begins. */
  readonly indexSize: number;
}

export function parseStreamFooter(bytes: Uint8Array): StreamFooter {
  if (bytes[10] !== FOOTER_MAGIC[0] || bytes[11] !== FOOTER_MAGIC[1])
    throw new Refusal('corrupt', 'stream footer');
  if (crc32(bytes.subarray(4, 10)) !== readUint32(bytes, 0))
    throw new Refusal('corrupt', 'CRC32 of the stream footer');
  return { check: parseFlags(bytes.subarray(8, 10)), indexSize: (readUint32(bytes, 4) + 1) * 4 };
}

function parseFlags([first = 0, second = 0]: Uint8Array): CheckName {
  if (first !== 0 || second > 15) throw new Refusal('unsupported', 'flags of a newer xz format');
  return checkOfId(second);
}

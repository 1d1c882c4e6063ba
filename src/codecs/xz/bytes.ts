/** The two shapes of numbers in an xz file, besides single bytes. After the .xz file format 1.2.0, §1.2. */

import { Refusal } from '../drive';

export function readUint32(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
}

/** A variable-length integer has at most nine bytes of seven bits. */
const LONGEST_VLI = 9;

/** A variable-length integer whose bytes come one by one: plain data, so that it can be copied in between. */
export interface Vli {
  value: number;
  bytes: number;
}

export function emptyVli(): Vli {
  return { value: 0, bytes: 0 };
}

/**
 * Takes the next byte; true when that was the last. Values of 2⁵³ and more lose their low bits: nothing is as long as
 * that, so that every comparison with such a size fails, as it should.
 */
export function pushVliByte(vli: Vli, byte: number): boolean {
  // The shortest form is the only one: a last byte without bits could have been left out.
  if (byte === 0 && vli.bytes > 0) throw new Refusal('corrupt', 'a number in a longer form than it needs');
  vli.value += (byte & 0x7f) * 128 ** vli.bytes;
  vli.bytes++;
  if (byte < 0x80) return true;
  if (vli.bytes === LONGEST_VLI) throw new Refusal('corrupt', 'a number without an end');
  return false;
}

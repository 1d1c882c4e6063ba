import {
  Z_BUF_ERROR,
  Z_NO_FLUSH,
  Z_OK,
  Z_STREAM_END,
  ZStream,
  zlibInflate,
  zlibInflateInit2,
  zlibInflateReset,
} from 'pako';
import type { Decode } from './codec';
import { type Decoder, drive, NOTHING, Refusal, type Turn } from './drive';

/**
 * gzip (RFC 1952) through `pako`, from the first member on. `DecompressionStream('gzip')` is 1.8 times as fast, but a second
 * member, which the format allows and `pigz`, `bgzip` and `cat` make, ends it with an error that discards output it had not
 * yet handed over and does not say where the member ended; there is nothing to go on from but the whole input again.
 * Trailing zeros are padding, as for gzip(1); anything else that is not a member is an error.
 */

const OUTPUT_SIZE = 128 * 1024;

/** A window of 32 KiB, and a gzip header rather than a zlib one (zlib.h, inflateInit2). */
const GZIP_WINDOW_BITS = 15 + 16;

const FIRST_MAGIC_BYTE = 0x1f;

export async function load(): Promise<Decode> {
  return (compressed) => drive('gzip', compressed, () => new GzipDecoder());
}

class GzipDecoder implements Decoder {
  private readonly zlib = new ZStream();
  private readonly output = new Uint8Array(OUTPUT_SIZE);
  private members = 0;
  private state: 'in-member' | 'after-member' | 'in-padding' = 'in-member';

  constructor() {
    zlibInflateInit2(this.zlib, GZIP_WINDOW_BITS);
  }

  turn(input: Uint8Array): Turn {
    if (input.length > 0 && this.state !== 'in-member') {
      const zeros = countZeros(input);
      if (zeros > 0) {
        this.state = 'in-padding';
        return { taken: zeros, output: NOTHING };
      }
      if (this.state === 'in-padding' || input[0] !== FIRST_MAGIC_BYTE) throw new Refusal('trailing-bytes');
      zlibInflateReset(this.zlib);
      this.state = 'in-member';
    }
    return this.state === 'in-member' ? this.inflate(input) : { taken: 0, output: NOTHING };
  }

  finish(): void {
    if (this.state === 'in-member') throw new Refusal('truncated');
  }

  close(): void {}

  private inflate(input: Uint8Array): Turn {
    const { zlib, output } = this;
    zlib.input = input;
    zlib.next_in = 0;
    zlib.avail_in = input.length;
    zlib.output = output;
    zlib.next_out = 0;
    zlib.avail_out = output.length;
    const status = zlibInflate(zlib, Z_NO_FLUSH);
    if (status === Z_STREAM_END) {
      this.members++;
      this.state = 'after-member';
    } else if (status !== Z_OK && status !== Z_BUF_ERROR) {
      throw this.refusal();
    }
    return { taken: zlib.next_in, output: output.subarray(0, zlib.next_out) };
  }

  private refusal(): Refusal {
    const { msg, next_in } = this.zlib;
    if (msg !== 'incorrect header check') return new Refusal('corrupt', msg, next_in);
    if (this.members > 0) return new Refusal('trailing-bytes', undefined, next_in);
    return new Refusal('corrupt', 'not a gzip file', next_in);
  }
}

function countZeros(bytes: Uint8Array): number {
  const end = bytes.findIndex((byte) => byte !== 0);
  return end < 0 ? bytes.length : end;
}

import { NOTHING } from './drive';

/** Bits of bytes that come in pieces, the most significant first. */
export class BitReader {
  private input: Uint8Array = NOTHING;
  private at = 0;
  private hold = 0;
  /** Bits at hand, in the low end of `hold`: at most 31. */
  private count = 0;

  /** The next piece. Everything of the one before has been taken, or is at the front of this one. */
  supply(input: Uint8Array): void {
    this.input = input;
    this.at = 0;
  }

  /** Bytes of the piece that are used up or at hand as bits. */
  get taken(): number {
    return this.at;
  }

  /** Whether no bit is at hand. */
  get empty(): boolean {
    return this.count === 0;
  }

  /** Whether `bits`, at most 24, can be had without another piece; if not, the piece is used up. */
  has(bits: number): boolean {
    while (this.count < bits) {
      const byte = this.input[this.at];
      if (byte === undefined) return false;
      this.at++;
      this.hold = (this.hold << 8) | byte;
      this.count += 8;
    }
    return true;
  }

  /** The next bits, which `has` found to be there, without taking them. */
  peek(bits: number): number {
    return (this.hold >>> (this.count - bits)) & ((1 << bits) - 1);
  }

  skip(bits: number): void {
    this.count -= bits;
  }

  take(bits: number): number {
    this.count -= bits;
    return (this.hold >>> this.count) & ((1 << bits) - 1);
  }

  /** Drops what is left of the byte. */
  align(): void {
    this.count -= this.count % 8;
  }
}

/** What a turn was given, and how much of it is used up. */
export class Input {
  private readonly bytes: Uint8Array;
  taken = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get isEmpty(): boolean {
    return this.taken === this.bytes.length;
  }

  /** The next byte, which is still there after. */
  peek(): number | undefined {
    return this.bytes[this.taken];
  }

  /** At most so many bytes. */
  take(most: number): Uint8Array {
    const piece = this.bytes.subarray(this.taken, this.taken + most);
    this.taken += piece.length;
    return piece;
  }
}

/** Bytes that belong together and may come in pieces: plain data, so that it can be copied in between. */
export interface Field {
  readonly bytes: Uint8Array<ArrayBuffer>;
  filled: number;
}

export function emptyField(largest: number): Field {
  return { bytes: new Uint8Array(largest), filled: 0 };
}

/** The first `size` bytes of the field, which is then empty again; undefined as long as they are not all there. */
export function fill(field: Field, size: number, input: Input): Uint8Array<ArrayBuffer> | undefined {
  const piece = input.take(size - field.filled);
  field.bytes.set(piece, field.filled);
  field.filled += piece.length;
  if (field.filled < size) return undefined;
  field.filled = 0;
  return field.bytes.subarray(0, size);
}

import { concatBytes } from '../../src/nix/nar/wire';
import type { Random } from './random';

/** Lengths and counts that code gets wrong. */
const NUMBERS = [
  0n,
  1n,
  2n,
  7n,
  8n,
  9n,
  127n,
  128n,
  255n,
  256n,
  4095n,
  4096n,
  65535n,
  65536n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const BYTES = [
  0, 1, 0x0a, 0x0d, 0x20, 0x22, 0x28, 0x29, 0x2c, 0x2f, 0x3a, 0x5c, 0x7f, 0x80, 0xc3, 0xed, 0xff,
];

/** What a mutation has at hand besides the file itself. */
export interface Material {
  /** Other files of the format, to be spliced in. */
  readonly others: readonly Uint8Array[];
  /** Pieces of the format that mean something. */
  readonly pieces: readonly Uint8Array[];
}

/** The file after one to eight changes, mostly few. */
export function mutate(file: Uint8Array, material: Material, random: Random): Uint8Array {
  let bytes = file;
  for (let left = 1 + random.small(8); left > 0; left--) bytes = change(bytes, material, random);
  return bytes;
}

function change(bytes: Uint8Array, { others, pieces }: Material, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random.small(64));
  switch (random.below(11)) {
    case 0:
      return withBytes(bytes, at, Uint8Array.of((bytes[at] ?? 0) ^ (1 << random.below(8))));
    case 1:
      return withBytes(bytes, at, Uint8Array.of(random.once(2) ? random.pick(BYTES) : random.below(256)));
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return replaced(bytes, { at, end }, new Uint8Array(0));
    case 4:
      return replaced(
        bytes,
        { at, end: at },
        Uint8Array.from(random.times(1 + random.small(16), () => random.below(256))),
      );
    case 5:
      return replaced(bytes, { at, end: at }, bytes.subarray(at, end));
    case 6: {
      const from = random.below(bytes.length + 1);
      return withBytes(bytes, at, bytes.slice(from, from + end - at));
    }
    case 7: {
      const number = number64(random.pick(NUMBERS));
      const place = random.once(2) ? at - (at % 8) : at;
      return withBytes(bytes, place, number.subarray(0, random.pick([1, 2, 4, 8])));
    }
    case 8: {
      const other = random.pick(others);
      return concatBytes([bytes.subarray(0, at), other.subarray(random.below(other.length + 1))]);
    }
    case 9:
      return pieces.length === 0 ? bytes : replaced(bytes, { at, end: at }, random.pick(pieces));
    default: {
      const place = random.small(16);
      return withBytes(bytes, place, Uint8Array.of((bytes[place] ?? 0) + (random.once(2) ? 1 : 255)));
    }
  }
}

function number64(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 8 }, (_, byte) => Number((value >> BigInt(8 * byte)) & 0xffn));
}

/** The bytes with these over them; nothing is added at the end. */
function withBytes(bytes: Uint8Array, at: number, over: Uint8Array): Uint8Array {
  const changed = bytes.slice();
  changed.set(over.subarray(0, Math.max(0, bytes.length - at)), Math.min(at, bytes.length));
  return changed;
}

function replaced(
  bytes: Uint8Array,
  { at, end }: { at: number; end: number },
  instead: Uint8Array,
): Uint8Array {
  return concatBytes([bytes.subarray(0, at), instead, bytes.subarray(end)]);
}

/** Cuts the bytes into chunks, which are copies. One in four times there is a single one. */
export function* chunksOf(bytes: Uint8Array, random: Random): Generator<Uint8Array<ArrayBuffer>> {
  const whole = random.once(4);
  const largest = random.pick([1 + random.below(16), 64, 512, 4096]);
  // Many small pieces cost much: where a file is long, they stand at its end.
  let at = largest < 64 ? Math.max(0, bytes.length - 200) : 0;
  if (at > 0) yield new Uint8Array(bytes.subarray(0, at));
  while (at < bytes.length) {
    const end = whole ? bytes.length : Math.min(bytes.length, at + 1 + random.below(largest));
    yield new Uint8Array(bytes.subarray(at, end));
    at = end;
  }
}

/**
 * SHA-256 (FIPS 180-4) over bytes as they come. For the rare xz file with this check, and for the sum over an index: hashing of
 * whole NARs is the archive's, in WebAssembly. Plain data, so that it can be copied in between.
 */
export interface Sha256 {
  readonly words: Int32Array;
  readonly block: Uint8Array;
  /** Bytes so far. */
  length: number;
}

const BLOCK = 64;

/** The first bits of the fractional parts of the square and cube roots of the first primes (§4.2.2, §5.3.3). */
const PRIMES = Array.from({ length: 312 }, (_, number) => number).filter(isPrime);
const INITIAL = PRIMES.slice(0, 8).map((prime) => fractionBits(Math.sqrt(prime)));
const CONSTANTS = Int32Array.from(PRIMES.slice(0, 64), (prime) => fractionBits(Math.cbrt(prime)));

const schedule = new Int32Array(64);

export function startSha256(): Sha256 {
  return { words: Int32Array.from(INITIAL), block: new Uint8Array(BLOCK), length: 0 };
}

export function updateSha256(hash: Sha256, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const filled = hash.length % BLOCK;
    const piece = bytes.subarray(at, at + BLOCK - filled);
    hash.block.set(piece, filled);
    hash.length += piece.length;
    at += piece.length;
    if (hash.length % BLOCK === 0) compress(hash);
  }
}

/** The 32 bytes; the hash is used up. */
export function finishSha256(hash: Sha256): Uint8Array {
  const bits = hash.length * 8;
  // A 1 bit, then zeros, so that the eight bytes of the length end a block.
  const padding = new Uint8Array(1 + ((2 * BLOCK - 9 - (hash.length % BLOCK)) % BLOCK));
  padding[0] = 0x80;
  updateSha256(hash, padding);
  const length = new DataView(new ArrayBuffer(8));
  length.setUint32(0, Math.floor(bits / 2 ** 32));
  length.setUint32(4, bits >>> 0);
  updateSha256(hash, new Uint8Array(length.buffer));
  const digest = new DataView(new ArrayBuffer(32));
  hash.words.forEach((word, index) => {
    digest.setInt32(index * 4, word);
  });
  return new Uint8Array(digest.buffer);
}

/** §6.2.2. */
function compress({ words, block }: Sha256): void {
  const message = new DataView(block.buffer, block.byteOffset, BLOCK);
  for (let t = 0; t < 16; t++) schedule[t] = message.getInt32(t * 4);
  for (let t = 16; t < 64; t++) {
    const w15 = schedule[t - 15] ?? 0;
    const w2 = schedule[t - 2] ?? 0;
    const s0 = rotate(w15, 7) ^ rotate(w15, 18) ^ (w15 >>> 3);
    const s1 = rotate(w2, 17) ^ rotate(w2, 19) ^ (w2 >>> 10);
    schedule[t] = ((schedule[t - 16] ?? 0) + s0 + (schedule[t - 7] ?? 0) + s1) | 0;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = words;
  for (let t = 0; t < 64; t++) {
    const S1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const choice = (e & f) ^ (~e & g);
    const first = (h + S1 + choice + (CONSTANTS[t] ?? 0) + (schedule[t] ?? 0)) | 0;
    const S0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const majority = (a & b) ^ (a & c) ^ (b & c);
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + S0 + majority) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => {
    words[index] = ((words[index] ?? 0) + value) | 0;
  });
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits));
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let divisor = 2; divisor * divisor <= number; divisor++) if (number % divisor === 0) return false;
  return true;
}

function fractionBits(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

import type { ByteStream } from '../../bytes/source';

/** The language of the codecs' tests: bytes made, damaged, fed and read. */

export type Bytes = Uint8Array<ArrayBuffer>;

/** Runs a shell pipeline over standard input and answers its standard output. */
export type Shell = (command: string, input: Uint8Array) => Bytes;

/** Node's `spawnSync`, as much of it as is used: this file knows nothing of Node. */
type Spawn = (
  command: string,
  args: readonly string[],
  options: { input: Uint8Array; maxBuffer: number },
) => { status: number | null; stdout: Uint8Array; stderr: Uint8Array };

/** A shell for tests. A tool that is missing, or fails, fails the test and says which. */
export function shell(spawn: Spawn): Shell {
  return (command, input) => {
    const options = { input, maxBuffer: 1024 * 1024 * 1024 };
    const { status, stdout, stderr } = spawn('bash', ['-c', `set -o pipefail; ${command}`], options);
    if (status === 0) return new Uint8Array(stdout);
    const hint =
      status === 127
        ? ' (needed by these tests; install xz-utils pixz p7zip-full zstd bzip2 gzip brotli)'
        : '';
    throw new Error(`${command}: exit ${status}${hint}: ${new TextDecoder().decode(stderr)}`);
  };
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  return join(parts);
}

/** The same for more parts than a call may have arguments. */
export function join(parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function ascii(text: string): Bytes {
  return new TextEncoder().encode(text);
}

export function base64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/** The bytes with one bit flipped; a negative place counts from the end. */
export function flip(bytes: Uint8Array, place: number, bit = 3): Bytes {
  const damaged = new Uint8Array(bytes);
  const at = place < 0 ? bytes.length + place : Math.floor(place);
  damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
  return damaged;
}

/** The first bytes; a negative size says how many are missing. */
export function cut(bytes: Uint8Array, size: number): Bytes {
  return new Uint8Array(bytes).slice(0, Math.floor(size));
}

/** Numbers from 0 up to 1, the same every time (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bytes that no codec makes smaller. */
export function noise(size: number, seed = 1): Bytes {
  const next = random(seed);
  return Uint8Array.from({ length: size }, () => next() * 256);
}

/** Text that compresses about as programs do. */
export function words(size: number, seed = 1): Bytes {
  const next = random(seed);
  const vocabulary = Array.from({ length: 800 }, () => Math.floor(next() * 36 ** 7).toString(36));
  const text: string[] = [];
  for (let length = 0; length < size; length += 8) text.push(vocabulary[Math.floor(next() ** 3 * 800)] ?? '');
  return ascii(text.join(' ')).slice(0, size);
}

/** Runs of equal bytes of every length around where run-length codes change their form. */
export function runs(): Bytes {
  const lengths = [1, 2, 3, 4, 5, 6, 254, 255, 256, 257, 258, 259, 260, 261, 518, 519, 1000, 70_000];
  return concat(...lengths.map((length, index) => new Uint8Array(length).fill(index % 3)));
}

/** Bytes, many of which are these opcodes, at multiples of an instruction's size, with operands of all kinds. */
export function instructions(opcodes: readonly number[], alignment: number): Bytes {
  const next = random(9);
  const bytes = noise(70_001, 3);
  for (let at = 0; at < bytes.length; at += 1 + Math.floor(next() * 9)) {
    const high = [0x00, 0xff, 0x00, 0xff, 0x01][Math.floor(next() * 5)] ?? 0;
    const place = alignment === 1 ? at : at - (at % alignment) + 3;
    bytes[place] = opcodes[Math.floor(next() * opcodes.length)] ?? 0;
    if (alignment === 1) bytes[at + 4] = high;
  }
  return bytes;
}

/** The gzip file with an extra field, a name, a comment and a CRC of the header (RFC 1952 §2.3). */
export function withEveryGzipField(file: Uint8Array): Bytes {
  const header = concat(file.subarray(0, 3), Uint8Array.of(0x1e), file.subarray(4, 10));
  const fields = concat(Uint8Array.of(4, 0, 65, 66, 0, 0), ascii('name\0'), ascii('comment\0'));
  const crc = crc32(concat(header, fields));
  return concat(header, fields, Uint8Array.of(crc & 0xff, (crc >>> 8) & 0xff), file.subarray(10));
}

export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** What became of a stream that was given out. */
export interface Fed {
  readonly stream: ByteStream;
  pulled: number;
  /** How often the reader said that it wants no more. */
  returned: number;
}

/** A stream of the bytes whose chunks are overwritten or taken away when the next is pulled, as borrowed bytes may be. */
export function feed(bytes: Uint8Array, chunkSize: number = Number.POSITIVE_INFINITY, fail?: Error): Fed {
  const fed: Fed = { stream: { [Symbol.asyncIterator]: iterate }, pulled: 0, returned: 0 };
  function iterate(): AsyncIterator<Bytes> {
    let at = 0;
    let borrowed = new Uint8Array(0);
    const takeBack = () => {
      borrowed.fill(0xff);
      if (fed.pulled % 2 === 0) structuredClone(borrowed, { transfer: [borrowed.buffer] });
      borrowed = new Uint8Array(0);
    };
    return {
      async next() {
        takeBack();
        if (at >= bytes.length && fail) throw fail;
        if (at >= bytes.length) return { done: true, value: undefined };
        borrowed = new Uint8Array(bytes.subarray(at, at + chunkSize));
        at += borrowed.length;
        fed.pulled++;
        return { done: false, value: borrowed };
      },
      async return() {
        takeBack();
        fed.returned++;
        return { done: true, value: undefined };
      },
    };
  }
  return fed;
}

/** All of a stream, or the error that ended it. Chunks over 1 MiB and empty ones are errors, too. */
export async function read(stream: ByteStream): Promise<{ bytes: Bytes; error: unknown }> {
  const chunks: Bytes[] = [];
  try {
    for await (const chunk of stream) {
      if (chunk.length === 0 || chunk.length > 1024 * 1024)
        throw new Error(`a chunk of ${chunk.length} bytes`);
      chunks.push(chunk.slice());
    }
  } catch (error) {
    return { bytes: join(chunks), error };
  }
  return { bytes: join(chunks), error: undefined };
}

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false;
  return true;
}

import { bytesOfDataUrl } from '../data-url';
import { Refusal } from '../drive';
import type { Input } from './input';
import wasmDataUrl from './kernel.wasm?url&inline';

/**
 * The door to the kernel (kernel/): LZMA chunks decoded into a window, and CRCs over it, in WebAssembly. It knows nothing of
 * files; sizes and the order of calls are held against the format and the limits by those who call it.
 */

/** What an instance knows between two calls, besides its memory: the module's variables. */
export const KERNEL_VARIABLES = [
  ...['range', 'code', 'next', 'inputEnd'],
  ...['position', 'limit', 'origin', 'dictionarySize', 'windowEnd'],
  ...['state', 'rep0', 'rep1', 'rep2', 'rep3', 'pendingLength', 'isCorrupt'],
  ...['literalContextBits', 'literalPositionMask', 'positionMask', 'crc'],
] as const;

type Address = WebAssembly.Global<'i32'>;

/** What kernel/index.ts exports. Places are addresses, sizes are bytes. */
interface KernelExports {
  readonly [variable: string]: unknown;
  readonly memory: WebAssembly.Memory;
  readonly CRC_VALUE: Address;
  readonly PROBABILITIES: Address;
  readonly INPUT: Address;
  readonly SCRATCH: Address;
  readonly SCRATCH_SIZE: Address;
  readonly WINDOW: Address;
  readonly origin: Address;
  readonly position: Address;
  readonly windowEnd: Address;
  readonly dictionarySize: Address;
  readonly openWindow: (dictionarySize: number, room: number) => number;
  readonly resetDictionary: () => void;
  readonly setProperties: (lc: number, lp: number, pb: number) => void;
  readonly resetState: () => void;
  readonly startChunk: (size: number) => number;
  readonly makeRoom: () => number;
  readonly decode: (most: number) => number;
  readonly advance: (size: number) => void;
  readonly isChunkFinished: () => number;
  readonly startCrc: () => void;
  readonly updateCrc32: (at: number, size: number) => void;
  readonly updateCrc64: (at: number, size: number) => void;
  readonly finishCrc: () => void;
}

/** An instance as it was, without what will not be read again. */
export interface KernelSnapshot {
  readonly variables: Readonly<Record<string, number | bigint>>;
  readonly dictionarySize: number;
  /** In the window, besides the dictionary. */
  readonly room: number;
  /** Probabilities and the chunk's compressed bytes. */
  readonly model: Uint8Array;
  /** Where the dictionary lies, with the byte before it, and what it holds. */
  readonly windowStart: number;
  readonly window: Uint8Array;
}

let compiled: Promise<WebAssembly.Module> | undefined;

/** A fresh instance. It takes 256 KiB, and a window when one is opened. */
export async function createKernel(): Promise<Kernel> {
  compiled ??= WebAssembly.compile(bytesOfDataUrl(wasmDataUrl));
  const { exports } = await WebAssembly.instantiate(await compiled);
  // What the module exports is said above; kernel.test.ts holds it to that.
  return new Kernel(exports as unknown as KernelExports);
}

export class Kernel {
  private readonly wasm: KernelExports;
  private bytes: Uint8Array<ArrayBuffer>;

  constructor(wasm: KernelExports) {
    this.wasm = wasm;
    this.bytes = wholeOf(wasm.memory);
  }

  get memory(): WebAssembly.Memory {
    return this.wasm.memory;
  }

  /** Makes room for a dictionary, and some for output; false where there is no memory for it. What was lent before is gone. */
  openWindow(dictionarySize: number, room: number): boolean {
    const isOpen = this.wasm.openWindow(dictionarySize, room) !== 0;
    // Memory that grew is another ArrayBuffer.
    this.bytes = wholeOf(this.wasm.memory);
    return isOpen;
  }

  resetDictionary(): void {
    this.wasm.resetDictionary();
  }

  /** At most lc + lp = 4, and pb = 4. */
  setProperties(lc: number, lp: number, pb: number): void {
    this.wasm.setProperties(lc, lp, pb);
  }

  resetState(): void {
    this.wasm.resetState();
  }

  /** Puts compressed bytes of a chunk in their place, counted from the chunk's first; 64 KiB in all. */
  putInput(bytes: Uint8Array, at: number): void {
    this.bytes.set(bytes, this.wasm.INPUT.value + at);
  }

  /** All of the chunk's bytes, so many, were put there. */
  startChunk(size: number): void {
    if (size < 5 || this.wasm.startChunk(size) === 0)
      throw new Refusal('corrupt', 'the start of an LZMA chunk');
  }

  /** At least one and at most so many bytes, of those that the chunk has left; valid until the next call. */
  decode(most: number): Uint8Array<ArrayBuffer> {
    const size = this.wasm.decode(most);
    if (size <= 0) throw new Refusal('corrupt', 'LZMA data');
    return this.output(size);
  }

  /** Whether its compressed bytes ended where its content did. */
  isChunkFinished(): boolean {
    return this.wasm.isChunkFinished() !== 0;
  }

  /** Takes bytes that are not compressed into the window, at most so many and as there is room for; answers them there. */
  copy(input: Input, most: number): Uint8Array<ArrayBuffer> {
    const bytes = input.take(Math.min(most, this.wasm.makeRoom()));
    this.bytes.set(bytes, this.wasm.position.value);
    this.wasm.advance(bytes.length);
    return this.output(bytes.length);
  }

  startCrc(): void {
    this.wasm.startCrc();
  }

  updateCrc32(bytes: Uint8Array): void {
    this.sum(bytes, this.wasm.updateCrc32);
  }

  updateCrc64(bytes: Uint8Array): void {
    this.sum(bytes, this.wasm.updateCrc64);
  }

  /** Eight bytes, of which a CRC32 is the first four. */
  finishCrc(): Uint8Array {
    this.wasm.finishCrc();
    return this.bytes.slice(this.wasm.CRC_VALUE.value, this.wasm.CRC_VALUE.value + 8);
  }

  snapshot(): KernelSnapshot {
    const { wasm, bytes } = this;
    const variables = Object.fromEntries(KERNEL_VARIABLES.map((name) => [name, this.variable(name).value]));
    const position = wasm.position.value;
    const dictionarySize = wasm.dictionarySize.value;
    const windowStart = Math.max(wasm.origin.value, position - dictionarySize) - 1;
    return {
      variables,
      dictionarySize,
      room: wasm.windowEnd.value - wasm.WINDOW.value - dictionarySize,
      model: bytes.slice(wasm.PROBABILITIES.value, wasm.SCRATCH.value),
      windowStart,
      window: bytes.slice(windowStart, position),
    };
  }

  /** Goes on from the snapshot, of this or another instance; false where there is no memory for its window. */
  restore({ variables, dictionarySize, room, model, windowStart, window }: KernelSnapshot): boolean {
    if (!this.openWindow(dictionarySize, room)) return false;
    for (const [name, value] of Object.entries(variables)) this.variable(name).value = value;
    this.bytes.set(model, this.wasm.PROBABILITIES.value);
    this.bytes.set(window, windowStart);
    return true;
  }

  private variable(name: string): WebAssembly.Global {
    return this.wasm[name] as WebAssembly.Global;
  }

  private sum(bytes: Uint8Array, update: (at: number, size: number) => void): void {
    if (bytes.buffer === this.bytes.buffer) {
      update(bytes.byteOffset, bytes.length);
      return;
    }
    const { SCRATCH, SCRATCH_SIZE } = this.wasm;
    for (let at = 0; at < bytes.length; at += SCRATCH_SIZE.value) {
      const piece = bytes.subarray(at, at + SCRATCH_SIZE.value);
      this.bytes.set(piece, SCRATCH.value);
      update(SCRATCH.value, piece.length);
    }
  }

  private output(size: number): Uint8Array<ArrayBuffer> {
    const end = this.wasm.position.value;
    return this.bytes.subarray(end - size, end);
  }
}

/** The memory is not shared, so its buffer is an ArrayBuffer. */
function wholeOf(memory: WebAssembly.Memory): Uint8Array<ArrayBuffer> {
  return new Uint8Array(memory.buffer as ArrayBuffer);
}

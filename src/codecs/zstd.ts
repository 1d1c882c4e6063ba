import packageText from 'zstddec/stream?raw';
import { LIMITS } from '../limits';
import type { Decode } from './codec';
import { type Decoder, drive, inMiB, NOTHING, Refusal, type Turn } from './drive';
import { InstancePool } from './instance-pool';
import { couldBeZstdFrame, LONGEST_FRAME_HEADER, readFrameHeader } from './zstd-frame';

/**
 * Zstandard through the C library, as `zstddec` compiles it. Its generator is not used: it loops for ever over what the
 * library refuses, and it frees nothing when it is left early. The module in it is what we take; each decode has an
 * instance of its own and calls `ZSTD_decompressStream` as its manual says (lib/zstd.h, "Streaming decompression").
 * The package would load its module with `fetch('data:…')`, which the page's policy forbids, and does not export it. So its
 * text is read.
 */

interface ZstdExports {
  readonly memory: WebAssembly.Memory;
  readonly malloc: (size: number) => number;
  readonly free: (address: number) => void;
  readonly ZSTD_createDCtx: () => number;
  readonly ZSTD_freeDCtx: (context: number) => number;
  /** Room for a whole block, which is what makes each call go on. */
  readonly ZSTD_DStreamOutSize: () => number;
  /** 0 at the end of a frame, else how much input it would like, or a negative error code. */
  readonly ZSTD_decompressStream: (context: number, output: number, input: number) => number;
}

/** `ZSTD_ErrorCode` of lib/zstd_errors.h, where the number says more than that something is wrong. */
const ZSTD_ERRORS: Readonly<Record<number, string>> = {
  10: 'prefix_unknown',
  12: 'version_unsupported',
  14: 'frameParameter_unsupported',
  16: 'frameParameter_windowTooLarge',
  20: 'corruption_detected',
  22: 'checksum_wrong',
  24: 'literals_headerWrong',
  30: 'dictionary_corrupted',
  32: 'dictionary_wrong',
  64: 'memory_allocation',
  72: 'srcSize_wrong',
};
const LARGEST_ERROR = 120;

const INPUT_SIZE = 16 * 1024;

/** `ZSTD_inBuffer` and `ZSTD_outBuffer`: three 32-bit words each: address, size, position. */
const BUFFERS_SIZE = 24;

let module: Promise<WebAssembly.Module> | undefined;

export async function load(): Promise<Decode> {
  module ??= loadModule();
  const compiled = await module;
  const pool = new InstancePool<ZstdExports>(async () => {
    const imports = { env: { emscripten_notify_memory_growth: () => {} } };
    const instance = await WebAssembly.instantiate(compiled, imports);
    // What the module exports is said above.
    return instance.exports as unknown as ZstdExports;
  });
  return (compressed) => drive('zstd', compressed, async () => new ZstdDecoder(await pool.lend(), pool));
}

/** The module stands in the package's text, in base64. */
async function loadModule(): Promise<WebAssembly.Module> {
  const base64 = /\bwasm = "([A-Za-z0-9+/]+={0,2})"/.exec(packageText)?.[1];
  if (!base64) throw new Error('zstddec has its module elsewhere');
  return WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}

class ZstdDecoder implements Decoder {
  private readonly wasm: ZstdExports;
  private readonly pool: InstancePool<ZstdExports>;
  private readonly context: number;
  private readonly buffers: number;
  private readonly input: number;
  private readonly output: number;
  private readonly outputSize: number;
  /** The first bytes of the frame being read, for saying what was wrong with it. */
  private readonly head = new Uint8Array(LONGEST_FRAME_HEADER);
  private headSize = 0;
  private frames = 0;
  private betweenFrames = true;

  constructor(wasm: ZstdExports, pool: InstancePool<ZstdExports>) {
    this.wasm = wasm;
    this.pool = pool;
    this.context = wasm.ZSTD_createDCtx();
    this.buffers = wasm.malloc(BUFFERS_SIZE);
    this.input = wasm.malloc(INPUT_SIZE);
    this.outputSize = wasm.ZSTD_DStreamOutSize();
    this.output = wasm.malloc(this.outputSize);
  }

  turn(input: Uint8Array): Turn {
    // Asked for more after the end of a frame, the library would begin another.
    if (this.betweenFrames && input.length === 0) return { taken: 0, output: NOTHING };
    if (this.betweenFrames) this.headSize = 0;
    const size = Math.min(input.length, INPUT_SIZE);
    const room = Math.min(size, LONGEST_FRAME_HEADER - this.headSize);
    this.head.set(input.subarray(0, room), this.headSize);

    const { memory } = this.wasm;
    new Uint8Array(memory.buffer, this.input, size).set(input.subarray(0, size));
    new Uint32Array(memory.buffer, this.buffers, 6).set([
      this.input,
      size,
      0,
      this.output,
      this.outputSize,
      0,
    ]);
    const code = this.wasm.ZSTD_decompressStream(this.context, this.buffers + 12, this.buffers);
    if (code < 0 && code >= -LARGEST_ERROR) {
      this.headSize += room;
      throw this.refusal(-code);
    }
    // Read anew: the window may have been allocated, and memory that grows is another ArrayBuffer.
    const [, , taken = 0, , , given = 0] = new Uint32Array(memory.buffer, this.buffers, 6);
    this.headSize += Math.min(taken, room);
    this.betweenFrames = code === 0;
    if (this.betweenFrames) this.frames++;
    // The memory is not shared, so its buffer is an ArrayBuffer.
    return { taken, output: new Uint8Array(memory.buffer as ArrayBuffer, this.output, given) };
  }

  finish(): void {
    if (this.betweenFrames) return;
    throw new Refusal(this.isAtGarbage() ? 'trailing-bytes' : 'truncated');
  }

  close(reusable: boolean): void {
    if (!reusable) return;
    this.wasm.ZSTD_freeDCtx(this.context);
    for (const address of [this.buffers, this.input, this.output]) this.wasm.free(address);
    this.pool.giveBack(this.wasm);
  }

  private isAtGarbage(): boolean {
    return this.frames > 0 && !couldBeZstdFrame(this.head.subarray(0, this.headSize));
  }

  private refusal(code: number): Refusal {
    const name = ZSTD_ERRORS[code] ?? `error ${code}`;
    switch (code) {
      case 10:
        return this.isAtGarbage() ? new Refusal('trailing-bytes') : new Refusal('corrupt', 'not a zstd file');
      case 16:
        return new Refusal('window-too-large', this.windowDetail());
      case 64:
        return new Refusal('window-too-large', `no memory: ${this.windowDetail()}`);
      case 32:
        return new Refusal('unsupported', 'made with a dictionary');
      case 12:
      case 14:
        return new Refusal('unsupported', name);
      default:
        return new Refusal('corrupt', name);
    }
  }

  private windowDetail(): string {
    const size = readFrameHeader(this.head.subarray(0, this.headSize))?.windowSize;
    return `${size === undefined ? 'a' : inMiB(size)} window, limit ${inMiB(LIMITS.zstdWindow.most)}`;
  }
}

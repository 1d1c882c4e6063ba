import * as xzDecompress from 'xz-decompress';
import { LIMITS } from '../limits';
import type { Decode } from './codec';
import { type Decoder, drive, inMiB, NOTHING, Refusal, type Turn } from './drive';
import { InstancePool } from './instance-pool';
import { type XzFact, xzFactBefore } from './xz-container';

/**
 * xz through XZ Embedded, as `xz-decompress` compiles it. Its stream class is not used: a lock makes each stream wait for
 * the one before, its memory stays at the largest dictionary it ever saw, and a cut file ends in a TypeError. Here each
 * decode has an instance of its own and calls what the module exports.
 * The block header is where dictionaries over 64 MiB and filters other than LZMA2 are refused, the stream header where
 * SHA-256 is; the code alone does not say which, so the bytes before the stop are kept and read again.
 */

/** src/native/xz-decompress.c of the package. A context begins with the words of `CONTEXT`, then `struct xz_dec *`. */
interface XzExports {
  readonly memory: WebAssembly.Memory;
  readonly create_context: () => number;
  readonly destroy_context: (context: number) => void;
  /** Says how many bytes stand in the input buffer; none means that no more will come. */
  readonly supply_input: (context: number, size: number) => void;
  /** Decodes until the input is used up or the output buffer is full, across concatenated streams. */
  readonly get_next_output: (context: number) => number;
}

/** 32-bit words at the start of a context: the size of both buffers, then `struct xz_buf`. */
const CONTEXT = { bufferSize: 0, input: 1, inputAt: 2, inputSize: 3, output: 4, outputAt: 5, words: 7 };

/** `enum xz_ret` of xz.h. */
const XZ = {
  ok: 0,
  streamEnd: 1,
  memError: 3,
  memLimitError: 4,
  formatError: 5,
  optionsError: 6,
  dataError: 7,
  bufError: 8,
};

const STREAM_HEADER_SIZE = 12;

/** Enough to hold a whole block header, the longest thing to read again. */
const HISTORY = 1024;

export async function load(): Promise<Decode> {
  const pool = new InstancePool(instantiate);
  pool.giveBack(await instantiate());
  return (compressed) => drive('xz', compressed, async () => new XzDecoder(await pool.lend(), pool));
}

class XzDecoder implements Decoder {
  private readonly wasm: XzExports;
  private readonly pool: InstancePool<XzExports>;
  private readonly context: number;
  private readonly history = new Uint8Array(HISTORY);
  private compressedOffset = 0;

  constructor(wasm: XzExports, pool: InstancePool<XzExports>) {
    this.wasm = wasm;
    this.pool = pool;
    this.context = wasm.create_context();
  }

  turn(input: Uint8Array): Turn {
    const { code, taken, output } = this.run(input);
    this.remember(input.subarray(0, taken));
    if (code === XZ.ok || code === XZ.streamEnd) return { taken, output };
    // Not an error yet: no input was given and none was held back.
    if (code === XZ.bufError && input.length === 0) return { taken, output };
    throw this.refusal(code, taken);
  }

  finish(): void {
    const { code } = this.run(NOTHING);
    if (code === XZ.streamEnd) return;
    throw this.refusal(code === XZ.ok ? XZ.bufError : code, 0);
  }

  close(reusable: boolean): void {
    if (!reusable) return;
    this.wasm.destroy_context(this.context);
    this.pool.giveBack(this.wasm);
  }

  private run(input: Uint8Array): Turn & { readonly code: number } {
    const { wasm, context } = this;
    const before = new Uint32Array(wasm.memory.buffer, context, CONTEXT.words);
    const size = Math.min(input.length, before[CONTEXT.bufferSize] ?? 0);
    new Uint8Array(wasm.memory.buffer, before[CONTEXT.input], size).set(input.subarray(0, size));
    before[CONTEXT.outputAt] = 0;
    wasm.supply_input(context, size);
    const code = wasm.get_next_output(context);
    // Read anew: a dictionary may have been allocated, and memory that grows is another ArrayBuffer.
    const after = new Uint32Array(wasm.memory.buffer, context, CONTEXT.words);
    return {
      code,
      taken: after[CONTEXT.inputAt] ?? 0,
      // The memory is not shared, so its buffer is an ArrayBuffer.
      output: new Uint8Array(
        wasm.memory.buffer as ArrayBuffer,
        after[CONTEXT.output],
        after[CONTEXT.outputAt],
      ),
    };
  }

  private remember(taken: Uint8Array): void {
    const { history } = this;
    this.compressedOffset += taken.length;
    const kept = taken.subarray(Math.max(0, taken.length - HISTORY));
    history.copyWithin(0, kept.length);
    history.set(kept, HISTORY - kept.length);
  }

  private refusal(code: number, taken: number): Refusal {
    const before = this.history.subarray(Math.max(0, HISTORY - this.compressedOffset));
    const fact = xzFactBefore(before);
    switch (code) {
      case XZ.formatError:
        if (this.compressedOffset > STREAM_HEADER_SIZE)
          return new Refusal('trailing-bytes', undefined, taken);
        return new Refusal('corrupt', 'not an xz file', taken);
      case XZ.memError:
      case XZ.memLimitError:
        return new Refusal('window-too-large', dictionaryDetail(fact), taken);
      case XZ.optionsError:
        return new Refusal('unsupported', fact.unsupported, taken);
      case XZ.bufError:
        return new Refusal(fact.afterStream ? 'trailing-bytes' : 'truncated', undefined, taken);
      default:
        return new Refusal(fact.afterStream ? 'trailing-bytes' : 'corrupt', undefined, taken);
    }
  }
}

function dictionaryDetail({ dictionarySize }: XzFact): string {
  const size = dictionarySize === undefined ? 'a' : inMiB(dictionarySize);
  return `${size} dictionary, limit ${inMiB(LIMITS.xzDictionary.most)}`;
}

interface XzPackage {
  readonly XzReadableStream: {
    readonly _getModuleInstance: () => Promise<void>;
    readonly _moduleInstance: WebAssembly.Instance;
  };
}

let instantiated: Promise<unknown> = Promise.resolve();

/** A fresh instance. The package leaves it in a static field, so one is made after the other. */
function instantiate(): Promise<XzExports> {
  const next = instantiated.then(async () => {
    // The package is one CommonJS file: a bundler gives its names, Node all of it as the default. The fields are
    // those of its source; its types tell only the constructor.
    const packaged = ('default' in xzDecompress
      ? xzDecompress.default
      : xzDecompress) as unknown as XzPackage;
    await packaged.XzReadableStream._getModuleInstance();
    // What the module exports is said above.
    return packaged.XzReadableStream._moduleInstance.exports as unknown as XzExports;
  });
  instantiated = next.catch(() => {});
  return next;
}

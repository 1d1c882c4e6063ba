import { BrotliDecStream, BrotliStreamResultCode, initSync } from 'brotli-dec-wasm/web';
import wasmDataUrl from 'brotli-dec-wasm/web/bg.wasm?url&inline';
import type { Decode } from './codec';
import { bytesOfDataUrl } from './data-url';
import { type Decoder, drive, Refusal, type Turn } from './drive';

/**
 * Brotli (RFC 7932) through the Rust decoder that `brotli-dec-wasm` compiles. All decodes share one instance, whose
 * results are copies. The module comes with the code, not by a request: no path and no media type to get wrong.
 * The format has no checksum: of damage in the data, only what breaks its grammar is seen here.
 */

const OUTPUT_SIZE = 64 * 1024;

/** Seven bits that RFC 7932 §9.1 reserves. "Large window" encoders begin so, and may ask for a window of 1 GiB. */
const LARGE_WINDOW = 0x11;

export async function load(): Promise<Decode> {
  initSync({ module: bytesOfDataUrl(wasmDataUrl) });
  return (compressed) => drive('br', compressed, () => new BrotliDecoder());
}

class BrotliDecoder implements Decoder {
  private readonly stream = new BrotliDecStream();
  private begun = false;
  private ended = false;

  turn(input: Uint8Array): Turn {
    if (this.ended && input.length > 0) throw new Refusal('trailing-bytes');
    const [first] = input;
    if (!this.begun && first !== undefined) {
      this.begun = true;
      if ((first & 0x7f) === LARGE_WINDOW) throw new Refusal('window-too-large', 'large-window brotli');
    }
    const result = this.decode(input);
    // The package's bytes are a copy in an ArrayBuffer of its own.
    const turn = { taken: result.input_offset, output: result.buf as Uint8Array<ArrayBuffer> };
    this.ended = result.code === BrotliStreamResultCode.ResultSuccess;
    result.free();
    return turn;
  }

  finish(): void {
    if (!this.ended) throw new Refusal('truncated');
  }

  close(): void {
    this.stream.free();
  }

  private decode(input: Uint8Array): ReturnType<BrotliDecStream['dec']> {
    try {
      return this.stream.dec(input, OUTPUT_SIZE);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) throw error;
      throw new Refusal('corrupt', error instanceof Error ? error.message : String(error));
    }
  }
}

import type { ByteStream } from '../bytes/source';
import { discard } from '../bytes/stream';
import type { CodecName } from './codec';
import { CodecError, type CodecReason } from './errors';

/** What one turn of a decoder did. */
export interface Turn {
  /** Bytes used up, from the front of the input. */
  readonly taken: number;
  /** Valid until the next turn, at most 1 MiB; empty when there is nothing to give without more input. */
  readonly output: Uint8Array<ArrayBuffer>;
}

/** A decoder that works by turns, so that whoever drives it says how far it goes. */
export interface Decoder {
  /** Decodes at most one buffer full. Empty input asks for output that is still held back. Throws a Refusal. */
  turn(input: Uint8Array): Turn;
  /** The input is used up and all output is out. Throws a Refusal unless the format is at its end. */
  finish(): void;
  /** Frees what it holds. A decoder that broke, which is more than a refusal, leaves nothing that is `reusable`. */
  close(reusable: boolean): void;
}

/** Why a decoder does not go on; becomes a CodecError where the offset is known. */
export class Refusal extends Error {
  readonly reason: CodecReason;
  readonly detail: string | undefined;
  /** Bytes of the turn's input used up before. */
  readonly taken: number;

  constructor(reason: CodecReason, detail?: string, taken = 0) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
    this.taken = taken;
  }
}

export const NOTHING = new Uint8Array(0);

/** A size for a refusal's detail. */
export function inMiB(bytes: number): string {
  return `${bytes / 1024 / 1024} MiB`;
}

/** Bytes given to a decoder per turn: what it may have to take in again, and how exact an error's offset is. */
const TURN_INPUT = 16 * 1024;

/** Runs a decoder over a stream as far as somebody pulls, and ends it with the loop. */
export async function* drive(
  codec: CodecName,
  compressed: ByteStream,
  open: () => Decoder | Promise<Decoder>,
): ByteStream {
  let compressedOffset = 0;
  let broken = false;
  function guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      broken = !(error instanceof Refusal);
      throw toCodecError(error, codec, compressedOffset);
    }
  }

  const decoder = await openFor(codec, open, compressed);
  try {
    for await (const chunk of compressed) {
      let at = 0;
      let pending = false;
      while (at < chunk.length || pending) {
        const input = chunk.subarray(at, at + TURN_INPUT);
        const { taken, output } = guard(() => progressing(decoder.turn(input), input));
        at += taken;
        compressedOffset += taken;
        pending = output.length > 0;
        if (pending) yield output;
      }
    }
    guard(() => {
      if (compressedOffset === 0) throw new Refusal('truncated', 'no bytes at all');
      decoder.finish();
    });
  } finally {
    decoder.close(!broken);
  }
}

async function openFor(
  codec: CodecName,
  open: () => Decoder | Promise<Decoder>,
  compressed: ByteStream,
): Promise<Decoder> {
  try {
    return await open();
  } catch (cause) {
    await discard(compressed);
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new CodecError({ reason: 'not-loaded', codec, compressedOffset: 0, detail, cause });
  }
}

/** Neither taking nor giving anything is how an endless loop begins. */
function progressing(turn: Turn, input: Uint8Array): Turn {
  if (turn.taken === 0 && turn.output.length === 0 && input.length > 0) {
    throw new Refusal('corrupt', 'the decoder does not go on');
  }
  return turn;
}

/** A trap of WebAssembly is damage that the decoder did not see coming. Anything else is a mistake in our code. */
export function toCodecError(error: unknown, codec: CodecName, offset: number): unknown {
  if (error instanceof Refusal) {
    const { reason, detail, taken } = error;
    return new CodecError({ reason, codec, compressedOffset: offset + taken, detail });
  }
  if (error instanceof WebAssembly.RuntimeError) {
    return new CodecError({
      reason: 'corrupt',
      codec,
      compressedOffset: offset,
      detail: error.message,
      cause: error,
    });
  }
  return error;
}

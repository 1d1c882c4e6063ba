import { PieceReader } from '../bytes/piece-reader';
import type { ByteStream } from '../bytes/source';
import { LIMITS } from '../limits';
import type { Decode, PartsCodec, Section } from './codec';
import { CodecError } from './errors';
import { withOffset } from './parts';
import { load } from './zstd';
import {
  BLOCK_HEADER_SIZE,
  couldBeZstdFrame,
  LONGEST_FRAME_HEADER,
  readBlockHeader,
  readFrameHeader,
  type ZstdFrameHeader,
} from './zstd-frame';

/**
 * Frames that state their size are parts. Where they end stands nowhere, so it is found by walking along the headers of their
 * blocks (RFC 8878 §3.1.1.2). Nix from 2.35 on begins a frame every 16 MiB.
 */
export async function loadParts(): Promise<PartsCodec> {
  const decode = await load();
  return { cut: (compressed) => cut(compressed, decode), decodePart: decode };
}

async function* cut(compressed: ByteStream, decode: Decode): AsyncGenerator<Section, void> {
  const reader = new PieceReader(compressed);
  try {
    for (;;) {
      const head = await reader.look(LONGEST_FRAME_HEADER);
      const compressedStart = reader.taken;
      if (compressedStart > 0) {
        if (head.length === 0) return;
        if (!couldBeZstdFrame(head)) throw trailing(compressedStart);
      }
      const header = isDataFrame(head) ? readFrameHeader(head) : undefined;
      if (header?.contentSize === undefined || header.contentSize > LIMITS.decodedPart.most) {
        yield { kind: 'rest', decoded: withOffset(decode(reader.take()), compressedStart) };
        return;
      }
      yield {
        kind: 'part',
        decodedSize: header.contentSize,
        compressedStart,
        bytes: frameBytes(reader, header),
      };
    }
  } finally {
    await reader.close();
  }
}

/** All of a frame that `reader` stands in front of. What is wrong with it is left to its decoder. */
async function* frameBytes(reader: PieceReader, { headerSize, checksumSize }: ZstdFrameHeader): ByteStream {
  yield* reader.take(headerSize);
  for (;;) {
    const header = await reader.look(BLOCK_HEADER_SIZE);
    const { isLast, size } = readBlockHeader(header);
    // Now, for what was looked at is gone with what is taken.
    const isWhole = header.length === BLOCK_HEADER_SIZE;
    yield* reader.take(BLOCK_HEADER_SIZE + (size ?? 0));
    if (!isWhole || size === undefined) return;
    if (isLast) return yield* reader.take(checksumSize);
  }
}

function isDataFrame([first]: Uint8Array): boolean {
  return first === 0x28;
}

function trailing(compressedOffset: number): CodecError {
  return new CodecError({ reason: 'trailing-bytes', codec: 'zstd', compressedOffset });
}

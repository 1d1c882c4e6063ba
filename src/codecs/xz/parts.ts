import { PieceReader } from '../../bytes/piece-reader';
import type { ByteStream } from '../../bytes/source';
import { LIMITS } from '../../limits';
import type { FindBlocks, PartsCodec, Section } from '../codec';
import { drive, Refusal, toCodecError } from '../drive';
import { withOffset } from '../parts';
import { blockHeaderSize, parseBlockHeader } from './block-header';
import { type BlockClaims, paddedSize, readXzBlocks } from './blocks';
import { CHECK_SIZES, type CheckName } from './checks';
import { HEADER_SIZE, parseStreamHeader, startsLikeMagic } from './stream-header';
import { decodeXzBlock, load, openContainer } from './xz';

/**
 * Blocks that state both sizes in their headers are parts: xz writes them so with several threads, Nix with `parallel-compression`. The
 * bytes of a part are the header of its stream, which says what its check is, and the block. What stands around the blocks is
 * read here, and the index has to be that of the blocks that went by.
 */
export async function loadParts(): Promise<PartsCodec> {
  await load();
  return { cut, decodePart };
}

export async function loadBlocks(): Promise<FindBlocks> {
  await load();
  return async (source, size, signal) => {
    const blocks = await readXzBlocks(source, size, signal);
    return blocks.map((block) => ({ ...block, decode: (compressed) => decodeXzBlock(block, compressed) }));
  };
}

async function* cut(compressed: ByteStream): AsyncGenerator<Section, void> {
  const reader = new PieceReader(compressed);
  const container = await openContainer();
  let isHandedOver = false;
  try {
    const streamHeader = (await reader.look(HEADER_SIZE)).slice();
    for (let isFirst = true; ; isFirst = false) {
      const block = await nextBlock(reader, streamHeader, isFirst);
      if (!block) break;
      if (isFirst) for await (const bytes of reader.take(HEADER_SIZE)) container.turn(bytes);
      container.passBlock(block);
      yield {
        kind: 'part',
        decodedSize: block.size,
        compressedStart: reader.taken - HEADER_SIZE,
        bytes: following(streamHeader, reader.take(paddedSize(block.unpaddedSize))),
      };
    }
    isHandedOver = true;
    const rest = drive('xz', reader.take(), () => container);
    yield { kind: 'rest', decoded: withOffset(rest, reader.taken) };
  } finally {
    if (!isHandedOver) container.close(true);
    await reader.close();
  }
}

/** What the block that comes next says of itself, if it is a part; what is wrong with it is told by who decodes it. */
async function nextBlock(
  reader: PieceReader,
  streamHeader: Uint8Array,
  isFirst: boolean,
): Promise<BlockClaims | undefined> {
  if (!startsLikeMagic(streamHeader)) return undefined;
  const before = isFirst ? HEADER_SIZE : 0;
  const first = (await reader.look(before + 1))[before];
  if (!first) return undefined;
  const header = (await reader.look(before + blockHeaderSize(first))).subarray(before);
  if (header.length < blockHeaderSize(first)) return undefined;
  try {
    const claims = claimsOf(header, parseStreamHeader(streamHeader));
    return claims && claims.size <= LIMITS.decodedPart.most ? claims : undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Undefined where the header does not state both sizes. */
function claimsOf(header: Uint8Array, check: CheckName): BlockClaims | undefined {
  const { size, compressedSize, uncompressedSize } = parseBlockHeader(header);
  if (compressedSize === undefined || uncompressedSize === undefined) return undefined;
  return { unpaddedSize: size + compressedSize + CHECK_SIZES[check], size: uncompressedSize, check };
}

async function* decodePart(bytes: ByteStream): ByteStream {
  const reader = new PieceReader(bytes);
  try {
    const block = await claimsOfPart(reader);
    for await (const _ of reader.take(HEADER_SIZE));
    yield* withOffset(decodeXzBlock(block, reader.take()), HEADER_SIZE);
  } finally {
    await reader.close();
  }
}

async function claimsOfPart(reader: PieceReader): Promise<BlockClaims> {
  const start = (await reader.look(HEADER_SIZE + 1)).slice();
  const end = HEADER_SIZE + blockHeaderSize(start[HEADER_SIZE] ?? 0);
  const header = (await reader.look(end)).subarray(HEADER_SIZE);
  try {
    if (HEADER_SIZE + header.length < end) throw new Refusal('truncated');
    const claims = claimsOf(header, parseStreamHeader(start.subarray(0, HEADER_SIZE)));
    if (!claims) throw new Refusal('corrupt', 'a part that does not state its sizes');
    return claims;
  } catch (error) {
    throw toCodecError(error, 'xz', HEADER_SIZE);
  }
}

async function* following(first: Uint8Array<ArrayBuffer>, rest: ByteStream): ByteStream {
  yield first;
  yield* rest;
}

import type { ByteStream } from '../../bytes/source';
import { LIMITS } from '../../limits';
import type { Decode } from '../codec';
import { type Decoder, drive } from '../drive';
import { InstancePool } from '../instance-pool';
import { XzBlockDecoder } from './block-decoder';
import type { BlockClaims } from './blocks';
import { XzDecoder, type XzDecoderOptions } from './decoder';
import { createKernel } from './kernel';

/**
 * xz, our own: the container in TypeScript, LZMA2 in WebAssembly (kernel/). Packages compiled from C wait for input within a
 * symbol and copy their output once more; here a chunk is decoded when all of it is there, and read where it was decoded.
 */

export { readXzBlocks, type XzBlock } from './blocks';

const kernels = new InstancePool(createKernel);

export async function load(): Promise<Decode> {
  kernels.giveBack(await kernels.lend());
  return decodeXz();
}

/** Decodes xz files. A dictionary over the limit, in bytes and at most `LIMITS.xzDictionaryOnDemand`, is refused. */
export function decodeXz(dictionaryLimit: number = LIMITS.xzDictionary.most): Decode {
  return (compressed) => decodeWith(compressed, dictionaryLimit, (options) => new XzDecoder(options));
}

/**
 * The content of one block, from exactly its bytes of the file. It ends only when the block's check was right and its sizes are
 * those of the index; anything else is a CodecError, whose `compressedOffset` counts from the block's first byte.
 */
export function decodeXzBlock(
  block: BlockClaims,
  compressed: ByteStream,
  dictionaryLimit: number = LIMITS.xzDictionary.most,
): ByteStream {
  return decodeWith(compressed, dictionaryLimit, (options) => new XzBlockDecoder(block, options));
}

function decodeWith(
  compressed: ByteStream,
  dictionaryLimit: number,
  open: (options: XzDecoderOptions) => Decoder,
): ByteStream {
  return drive('xz', compressed, async () => open(await optionsFor(dictionaryLimit)));
}

/** A decoder of whole files that has seen nothing yet. */
export async function openContainer(): Promise<XzDecoder> {
  return new XzDecoder(await optionsFor(LIMITS.xzDictionary.most));
}

async function optionsFor(dictionaryLimit: number): Promise<XzDecoderOptions> {
  return {
    kernel: await kernels.lend(),
    dictionaryLimit: Math.min(dictionaryLimit, LIMITS.xzDictionaryOnDemand.most),
    release: (kernel) => kernels.giveBack(kernel),
  };
}

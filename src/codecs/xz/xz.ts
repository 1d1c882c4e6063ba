import { LIMITS } from '../../limits';
import type { Decode } from '../codec';
import { drive } from '../drive';
import { InstancePool } from '../instance-pool';
import { XzDecoder } from './decoder';
import { createKernel, type Kernel } from './kernel';

/**
 * xz, our own: the container in TypeScript, LZMA2 in WebAssembly (kernel/). Packages compiled from C wait for input within a
 * symbol and copy their output once more; here a chunk is decoded when all of it is there, and read where it was decoded.
 */

const kernels = new InstancePool(createKernel);

export async function load(): Promise<Decode> {
  kernels.giveBack(await kernels.lend());
  return decodeXz(LIMITS.xzDictionary.most);
}

/** Decodes xz with dictionaries up to this size, in bytes. */
export function decodeXz(dictionaryLimit: number): Decode {
  const release = (kernel: Kernel) => kernels.giveBack(kernel);
  return (compressed) =>
    drive(
      'xz',
      compressed,
      async () => new XzDecoder({ kernel: await kernels.lend(), dictionaryLimit, release }),
    );
}

import { Refusal } from '../drive';
import type { Kernel } from './kernel';
import { finishSha256, type Sha256, startSha256, updateSha256 } from './sha256';

/** What a block's content is summed with. After the .xz file format 1.2.0, §2.1.1.2 and §3.4. */
export type CheckName = 'no check' | 'CRC32' | 'CRC64' | 'SHA-256';

/** The rest of the numbers is reserved; the format says how long even those are. */
const IDS: Readonly<Record<number, CheckName>> = { 0: 'no check', 1: 'CRC32', 4: 'CRC64', 10: 'SHA-256' };

export const CHECK_SIZES: Readonly<Record<CheckName, number>> = {
  'no check': 0,
  CRC32: 4,
  CRC64: 8,
  'SHA-256': 32,
};

export const LONGEST_CHECK = 32;

export function checkOfId(id: number): CheckName {
  const name = IDS[id];
  if (name === undefined) throw new Refusal('unsupported', `number ${id} as integrity check`);
  return name;
}

/** A sum under way. CRCs are the kernel's, which has one at a time. */
export interface Check {
  readonly name: CheckName;
  readonly sha256: Sha256 | undefined;
}

export function startCheck(name: CheckName, kernel: Kernel): Check {
  kernel.startCrc();
  return { name, sha256: name === 'SHA-256' ? startSha256() : undefined };
}

/** The bytes lie in the kernel's memory. */
export function updateCheck({ name, sha256 }: Check, kernel: Kernel, bytes: Uint8Array): void {
  if (name === 'CRC32') kernel.updateCrc32(bytes);
  if (name === 'CRC64') kernel.updateCrc64(bytes);
  if (sha256) updateSha256(sha256, bytes);
}

/** Throws a Refusal unless the sum is the one that stands in the file. */
export function finishCheck({ name, sha256 }: Check, kernel: Kernel, expected: Uint8Array): void {
  const sum = sha256 ? finishSha256(sha256) : kernel.finishCrc();
  if (expected.some((byte, index) => byte !== sum[index])) throw new Refusal('corrupt', `${name} of a block`);
}

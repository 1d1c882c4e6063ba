import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { noise } from '../testing/language';
import { finishSha256, startSha256, updateSha256 } from './sha256';

const reference = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test.each([0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000])('%d bytes', (size) => {
  const bytes = noise(size);
  for (const pieces of [1, 3, 64, 1000]) {
    const hash = startSha256();
    for (let at = 0; at < size; at += pieces) updateSha256(hash, bytes.subarray(at, at + pieces));
    expect(Buffer.from(finishSha256(hash)).toString('hex')).toBe(reference(bytes));
  }
});

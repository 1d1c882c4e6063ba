import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { type Bytes, concat, isSame, noise, runs, shell, words } from '../testing/language';
import { XzDecoder, type XzSnapshot } from './decoder';
import { createKernel } from './kernel';

const sh = shell(spawnSync);
const DICTIONARY_LIMIT = 64 * 1024 * 1024;

async function openDecoder(): Promise<XzDecoder> {
  return new XzDecoder({
    kernel: await createKernel(),
    dictionaryLimit: DICTIONARY_LIMIT,
    release: () => {},
  });
}

/** All turns from there on; `between` is called after each. */
function decodeFrom(
  decoder: XzDecoder,
  compressed: Uint8Array,
  start: number,
  between: (offset: number) => void = () => {},
): Bytes {
  const parts: Bytes[] = [];
  let offset = start;
  for (;;) {
    const input = compressed.subarray(offset, offset + 1500);
    const { taken, output } = decoder.turn(input);
    parts.push(output.slice());
    offset += taken;
    between(offset);
    if (input.length === 0 && output.length === 0) break;
  }
  decoder.finish();
  return concat(...parts);
}

const TEXT = concat(words(150_000), noise(70_000), runs(), new Uint8Array(600_000), words(30_000));

const FILES: Readonly<Record<string, Bytes>> = {
  'as Nix writes it': sh('xz -6', TEXT),
  'small blocks': sh('xz -6 --block-size=100000', TEXT),
  'small dictionary, SHA-256': sh('xz --check=sha256 --lzma2=preset=1,dict=4KiB', TEXT),
  filters: sh('xz --check=crc32 --delta=dist=3 --x86 --arm64 --lzma2', TEXT),
  streams: concat(
    sh('xz', TEXT.slice(0, 5000)),
    new Uint8Array(8),
    sh('xz -0 --block-size=9000', TEXT.slice(5000)),
  ),
};

test.each(Object.entries(FILES))('%s: from any turn on, in a fresh instance', async (_, compressed) => {
  const snapshots: XzSnapshot[] = [];
  const decoder = await openDecoder();
  const whole = decodeFrom(decoder, compressed, 0, () => snapshots.push(decoder.snapshot()));
  expect(isSame(whole, TEXT)).toBe(true);
  expect(snapshots.length).toBeGreaterThan(15);
  for (const snapshot of snapshots) {
    const { offset, compressedOffset } = snapshot.file;
    const resumed = await openDecoder();
    // As another thread would receive it.
    resumed.restore(structuredClone(snapshot));
    expect(isSame(decodeFrom(resumed, compressed, compressedOffset), TEXT.subarray(offset))).toBe(true);
  }
});

test('a snapshot serves more than once, and the decoder that it was taken of goes on', async () => {
  const compressed = FILES['as Nix writes it'] ?? new Uint8Array(0);
  const decoder = await openDecoder();
  const { taken } = decoder.turn(compressed.subarray(0, 70_000));
  const snapshot = decoder.snapshot();
  const rest = decodeFrom(decoder, compressed, taken);
  for (let time = 0; time < 2; time++) {
    // Also in an instance that was used for something else.
    decoder.restore(snapshot);
    expect(isSame(decodeFrom(decoder, compressed, taken), rest)).toBe(true);
  }
});

test('damage behind a snapshot is found by the check over all of the block', async () => {
  const compressed = FILES['as Nix writes it'] ?? new Uint8Array(0);
  const decoder = await openDecoder();
  decoder.turn(compressed.subarray(0, 70_000));
  const snapshot = decoder.snapshot();
  const damaged = compressed.slice();
  damaged[compressed.length - 50] = (damaged[compressed.length - 50] ?? 0) ^ 1;
  const resumed = await openDecoder();
  resumed.restore(snapshot);
  expect(() => decodeFrom(resumed, damaged, snapshot.file.compressedOffset)).toThrow('corrupt');
});

test('it holds what the dictionary holds, and not the window', async () => {
  const compressed = sh('xz --lzma2=preset=6,dict=64KiB', noise(3_000_000));
  const decoder = await openDecoder();
  const sizes: number[] = [];
  decodeFrom(decoder, compressed, 0, () => sizes.push(decoder.snapshot().kernel.window.length));
  expect(Math.max(...sizes)).toBe(64 * 1024 + 1);
});

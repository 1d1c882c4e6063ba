import { expect, test } from 'vitest';
import { drain, lend } from '../bytes/testing';
import { type Decoder, drive } from './drive';

/** `(module (func (export "f") unreachable))` */
const TRAPPING = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 4, 1, 0x60, 0, 0],
  ...[3, 2, 1, 0],
  ...[7, 5, 1, 1, 0x66, 0, 0],
  ...[0x0a, 5, 1, 3, 0, 0, 0x0b],
);

test('a trap of WebAssembly is damage, and nothing of the instance is used again', async () => {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(TRAPPING));
  // Its one export is a function that takes nothing.
  const trap = exports.f as () => never;
  const closed: boolean[] = [];
  const decoder: Decoder = {
    turn: trap,
    finish: () => undefined,
    close: (reusable) => closed.push(reusable),
  };
  const compressed = lend(Uint8Array.of(1, 2, 3));
  const { bytes, error } = await drain(drive('xz', compressed.stream, () => decoder));
  expect(bytes).toHaveLength(0);
  expect(error).toMatchObject({ kind: 'codec', reason: 'corrupt', codec: 'xz', detail: 'unreachable' });
  expect(closed).toEqual([false]);
  expect(compressed.freed).toBe(true);
});

test('a decoder for which there is no memory is one that could not be loaded, and nothing is pulled for it', async () => {
  const compressed = lend(Uint8Array.of(1, 2, 3));
  const open = () => {
    // More than WebAssembly may have at all.
    new WebAssembly.Memory({ initial: 65_537 });
    throw new Error('there is no such memory');
  };
  const { error } = await drain(drive('zstd', compressed.stream, open));
  expect(error).toMatchObject({ kind: 'codec', reason: 'not-loaded', codec: 'zstd' });
  expect(String((error as { detail: unknown }).detail)).toMatch(/WebAssembly\.Memory/);
  expect(compressed.pulled).toBe(0);
});

import { closeSync, openSync, readSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portabilityOf } from './portability';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** An ELF file of one segment each, as small as the format allows. */
function elf(options: {
  bits: 32 | 64;
  little: boolean;
  type: number;
  interpreter?: string;
  dynamic?: number[];
}) {
  const { bits, little, type, interpreter, dynamic } = options;
  const view = new DataView(new ArrayBuffer(512));
  const width = bits / 8;
  const word = (at: number, value: number) =>
    bits === 64 ? view.setBigUint64(at, BigInt(value), little) : view.setUint32(at, value, little);
  new Uint8Array(view.buffer).set([0x7f, 0x45, 0x4c, 0x46, bits / 32, little ? 1 : 2, 1, 0]);
  view.setUint16(16, type, little);
  view.setUint16(18, bits === 64 ? 62 : 3, little);
  word(bits === 64 ? 32 : 28, 64);
  view.setUint16(bits === 64 ? 54 : 42, 56, little);
  view.setUint16(bits === 64 ? 56 : 44, 2, little);
  const segment = (at: number, kind: number, start: number, size: number) => {
    view.setUint32(at, kind, little);
    word(at + (bits === 64 ? 8 : 4), start);
    word(at + (bits === 64 ? 32 : 16), size);
  };
  if (interpreter) {
    segment(64, 3, 256, interpreter.length + 1);
    new Uint8Array(view.buffer).set(utf8(interpreter), 256);
  }
  if (dynamic) {
    segment(120, 2, 320, dynamic.length * width);
    for (const [i, value] of dynamic.entries()) word(320 + i * width, value);
  }
  return new Uint8Array(view.buffer);
}

for (const bits of [32, 64] as const) {
  for (const little of [true, false]) {
    const machine = bits === 64 ? 'x86-64' : 'i386';
    test(`${bits} bits, ${little ? 'little' : 'big'} endian`, () => {
      const of = (parts: Omit<Parameters<typeof elf>[0], 'bits' | 'little'>) =>
        portabilityOf(elf({ bits, little, ...parts }), true);
      expect(of({ type: 2 })).toEqual({ kind: 'static', machine, isLinux: true });
      expect(of({ type: 3, interpreter: '/lib/ld.so' })).toEqual({
        kind: 'dynamic',
        machine,
        loader: '/lib/ld.so',
      });
      expect(of({ type: 3, dynamic: [1, 5, 0x6ffffffb, 0x08000001, 0, 0] })?.kind).toBe('static-pie');
      expect(of({ type: 3, dynamic: [1, 5, 0, 0] })).toEqual({ kind: 'not-a-program' });
      expect(of({ type: 1 })).toEqual({ kind: 'not-a-program' });
    });
  }
}

test.each([
  ['#!/bin/sh\nx', { kind: 'script', interpreter: '/bin/sh' }],
  ['#! /nix/store/x-bash/bin/bash -e\n', { kind: 'script', interpreter: '/nix/store/x-bash/bin/bash' }],
  ['#!\n', { kind: 'not-a-program' }],
  ['hello', { kind: 'not-a-program' }],
  ['', { kind: 'not-a-program' }],
])('%j', (text, expected) => {
  expect(portabilityOf(utf8(text), true)).toEqual(expected);
});

test('what was given does not reach far enough: no verdict rather than a guess', () => {
  const whole = elf({ bits: 64, little: true, type: 3, interpreter: '/lib/ld.so' });
  for (const size of [0, 3, 10, 60, 100, 200, 258]) {
    expect(portabilityOf(whole.slice(0, size), false)).toBeUndefined();
  }
});

test('a real program: the one that runs this', () => {
  const file = openSync(process.execPath, 'r');
  const head = new Uint8Array(65_536);
  readSync(file, head);
  closeSync(file);
  expect(portabilityOf(head, false)).toMatchObject({
    kind: 'dynamic',
    loader: expect.stringMatching(/ld-(linux|musl)/),
  });
});

test('no bytes make it throw or loop', () => {
  const seeds = [
    elf({ bits: 64, little: true, type: 3, dynamic: [1, 1] }),
    elf({ bits: 32, little: false, type: 2 }),
  ];
  const mutated = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat({ max: 511 }), fc.nat({ max: 255 })), { maxLength: 20 }),
    )
    .map(([seed, changes]) => {
      const bytes = seed.slice();
      for (const [at, byte] of changes) bytes[at] = byte;
      return bytes;
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array()), (bytes) => void portabilityOf(bytes, true)),
    { numRuns: 20_000 },
  );
});

import { expect, test } from 'vitest';
import { decodeCost, PART_SIZE, partAt } from './preview-plan';
import { chooseViewer } from './viewers';

const bytesAt = (first: number) => ({ kind: 'bytes', span: { first, last: first } }) as const;
const lines = { kind: 'lines', ranges: [{ first: 99, last: 99 }] } as const;

test('the part is the one that holds the position', () => {
  const size = 2.5 * PART_SIZE;
  expect(partAt(undefined, size)).toEqual({ fileOffset: 0, length: PART_SIZE });
  expect(partAt(lines, 10)).toEqual({ fileOffset: 0, length: 10 });
  expect(partAt(bytesAt(PART_SIZE), size)).toEqual({ fileOffset: PART_SIZE, length: PART_SIZE });
  expect(partAt(bytesAt(2 * PART_SIZE), size)).toEqual({ fileOffset: 2 * PART_SIZE, length: PART_SIZE / 2 });
  expect(partAt(bytesAt(9 * PART_SIZE), size).fileOffset).toBe(2 * PART_SIZE);
  expect(partAt(bytesAt(5), 0)).toEqual({ fileOffset: 0, length: 0 });
});

test('reaching a file costs everything before it, once', () => {
  const file = { narOffset: 1000, part: { fileOffset: 0, length: 50 } };
  expect(decodeCost({ keptIn: 'memory', listingFrom: 'ls' }, 0, file)).toBe(1050);
  expect(decodeCost({ keptIn: 'memory', listingFrom: 'ls' }, 1049, file)).toBe(1050);
  expect(decodeCost({ keptIn: 'memory', listingFrom: 'ls' }, 1050, file)).toBe(0);
  expect(decodeCost({ keptIn: 'opfs', listingFrom: 'nar' }, 0, file)).toBe(0);
  expect(decodeCost({ keptIn: 'nowhere', listingFrom: 'ls' }, 0, file)).toBe(50);
});

test('the wanted viewer is shown when it can, else what the type chooses', () => {
  const part = { bytes: new Uint8Array(1), fileOffset: 0, fileSize: 1, text: 'x' };
  expect(chooseViewer(part, undefined).chosen.view).toBe('text');
  expect(chooseViewer(part, 'hex').chosen.view).toBe('hex');
  expect(chooseViewer(part, 'elf').chosen.view).toBe('text');
  expect(chooseViewer({ ...part, text: undefined }, 'text').chosen.view).toBe('hex');
  expect(chooseViewer({ ...part, text: undefined }, 'text').viewers).toHaveLength(1);
});

import { expect, test } from 'vitest';
import { formatIec, groupDigits } from './format';

test.each([
  [0, '0'],
  [7, '7'],
  [999, '999'],
  [1000, '1 000'],
  [23630272, '23 630 272'],
  [100000, '100 000'],
  [Number.MAX_SAFE_INTEGER, '9 007 199 254 740 991'],
])('%d is grouped as %s, with thin spaces', (n, text) => {
  expect(groupDigits(n)).toBe(text.replaceAll(' ', '\u2009'));
});

test.each([
  [0, '0 B'],
  [12, '12 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1536, '1.5 KiB'],
  [10_188, '9.9 KiB'],
  [102_348, '99.9 KiB'],
  [102_399, '100 KiB'],
  [277_504, '271 KiB'],
  [1_047_552, '1023 KiB'],
  [1_048_063, '1023 KiB'],
  [1_048_064, '1.0 MiB'],
  [1_048_575, '1.0 MiB'],
  [23_630_272, '22.5 MiB'],
  [5 * 2 ** 30, '5.0 GiB'],
  [2 ** 40, '1.0 TiB'],
  [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
  [2 ** 62, '4096 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatIec(bytes)).toBe(text);
});

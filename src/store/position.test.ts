import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPosition, type Position, parsePosition } from './position';

test.each([
  ['L10', { kind: 'lines', ranges: [{ first: 10, last: 10 }] }],
  ['L10-L20', { kind: 'lines', ranges: [{ first: 10, last: 20 }] }],
  ['L10-20', { kind: 'lines', ranges: [{ first: 10, last: 20 }] }],
  ['10-20', { kind: 'lines', ranges: [{ first: 10, last: 20 }] }],
  ['L20-L10', { kind: 'lines', ranges: [{ first: 10, last: 20 }] }],
  [
    'L1-3,7',
    {
      kind: 'lines',
      ranges: [
        { first: 1, last: 3 },
        { first: 7, last: 7 },
      ],
    },
  ],
  ['0x1f40', { kind: 'bytes', span: { first: 0x1f40, last: 0x1f40 } }],
  ['0x1f40-0x1f7f', { kind: 'bytes', span: { first: 0x1f40, last: 0x1f7f } }],
] as const)('%s', (text, position) => {
  expect(parsePosition(text)).toEqual(position);
});

test.each(['', 'L', 'L0', 'L-1', 'L1-', 'L1,', 'Lx', '0x', '0xg', 'section-2', 'L1;3', 'L99999999999'])(
  '%j is no position',
  (text) => {
    expect(parsePosition(text)).toBeUndefined();
  },
);

test('what is written is read', () => {
  const span = (least: number) =>
    fc.tuple(fc.nat({ max: 2 ** 31 }), fc.nat({ max: 9999 })).map(([first, more]) => ({
      first: first + least,
      last: first + least + more,
    }));
  const positions: fc.Arbitrary<Position> = fc.oneof(
    fc.record({
      kind: fc.constant('lines' as const),
      ranges: fc.array(span(1), { minLength: 1, maxLength: 4 }),
    }),
    fc.record({ kind: fc.constant('bytes' as const), span: span(0) }),
  );
  fc.assert(
    fc.property(positions, (position) => {
      expect(parsePosition(formatPosition(position))).toEqual(position);
    }),
  );
});

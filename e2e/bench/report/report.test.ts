import { expect, test } from 'vitest';
import { atLeast, atMost, isReached, type Result } from '../row';
import { drawPlot, type Plot } from './plot';
import { formatNumber, formatRate, formatSpread, formatTarget, formatVerdict, markdownTable } from './text';

const result = (median: number): Result => ({
  row: { measure: 'm', target: atLeast(1.1, '×'), missedBecause: 'it is slow' },
  outcome: { status: 'measured', value: { median, min: median, max: median }, note: 'n' },
});

test('numbers have three digits that mean something', () => {
  expect([0.6942, 12.345, 1234.5].map((value) => formatNumber(value, 'ms'))).toEqual([
    '0.69 ms',
    '12.3 ms',
    '1 235 ms',
  ]);
  expect(formatNumber(1234567, 'bytes')).toBe('1 234 567 bytes');
  expect(formatNumber(Number.NaN, 'ms')).toBe('?');
});

test('targets say which way', () => {
  expect([atLeast(1.1, '×'), atMost(50, 'ms'), atLeast(0.5, '×', 'more')].map(formatTarget)).toEqual([
    '≥ 1.10 ×',
    '≤ 50 ms',
    '≥ 0.50 × (more)',
  ]);
});

test('a spread has two ends, or none', () => {
  expect(formatSpread({ median: 2, min: 1, max: 3 }, '×')).toBe('1.00 – 3.00 ×');
  expect(formatSpread({ median: 2, min: 2, max: 2 }, '×')).toBe('–');
});

test('a row is reached, or says why not', () => {
  expect(isReached(result(1.1))).toBe(true);
  expect(formatVerdict(result(1.1))).toBe('reached (n)');
  expect(isReached(result(1.09))).toBe(false);
  expect(formatVerdict(result(1.09))).toBe('**missed**: it is slow (n)');
  const { row } = result(1);
  const notMeasured: Result = { row, outcome: { status: 'not measured', why: 'no room' } };
  expect(isReached(notMeasured)).toBe(false);
  expect(formatVerdict(notMeasured)).toBe('**missed**: no room');
});

test('a rate is decoded bytes for each second', () => {
  const line = { what: 'xz -dc', unit: 'ms', median: 500, min: 500, max: 500 } as const;
  expect(formatRate({ ...line, bytes: 100_000_000 })).toBe('200 MB/s');
  expect(formatRate(line)).toBe('–');
});

test('a table keeps its columns', () => {
  expect(markdownTable(['a', 'b'], [['1', 'x | y']])).toBe('| a | b |\n| --- | --- |\n| 1 | x \\| y |');
});

test('a plot puts points where they belong', () => {
  const point = (x: number, y: number) => ({ x, y, min: y, max: y });
  const plot: Plot = {
    name: 'p',
    title: 'a < b',
    x: { label: 'x', scale: 'log' },
    y: { label: 'y', scale: 'linear' },
    series: [{ label: 's', points: [point(1, 0), point(10, 50), point(100, 100)] }],
  };
  const svg = drawPlot(plot);
  expect(svg).toContain('a &lt; b');
  // Half way up and across, on a scale of powers of ten from 1 to 100 and one from 0 to 100.
  expect(svg).toContain('d="M72 308L336 176L600 44"');
  expect(svg.match(/<circle/g)).toHaveLength(3);
});

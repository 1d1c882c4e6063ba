import { expect, test } from 'vitest';
import { interleave, median, p95, ratioOf, summarise } from './measure';

test('the median is the one in the middle, or between the two', () => {
  expect([[3, 1, 2], [4, 1, 3, 2], [7]].map(median)).toEqual([2, 2.5, 7]);
});

test('95 of 100 do not pass the p95', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, index) => n - index);
  expect([upTo(100), upTo(20), [5]].map(p95)).toEqual([95, 19, 5]);
});

test('a summary has the middle and both ends', () => {
  expect(summarise([5, 9, 1])).toEqual({ median: 5, min: 1, max: 9 });
});

test('a ratio is that of the medians, its spread that of the rounds', () => {
  expect(ratioOf([10, 30, 20], [10, 10, 40])).toEqual({ median: 2, min: 0.5, max: 3 });
  expect(() => ratioOf([1, 2], [1])).toThrow('two sides');
});

test('rounds go to and fro, and the first counts for nothing', async () => {
  const order: string[] = [];
  const side = (name: string) => async (round: number) => {
    order.push(name);
    return round;
  };
  const rounds = await interleave({ rounds: 2, ours: side('ours'), native: side('native'), say: () => {} });
  expect(order).toEqual(['ours', 'native', 'ours', 'native', 'ours', 'native']);
  expect(rounds).toEqual({ ours: [0, 1], native: [0, 1] });
});

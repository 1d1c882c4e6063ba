import { expect, test } from 'vitest';
import { MAX_SCROLL_HEIGHT, rowWindow, type Scrolled, scrollTopToShow } from './windowing';

const tree: Scrolled = { rowCount: 1000, rowHeight: 26, viewportHeight: 520, scrollTop: 0 };
const huge: Scrolled = { ...tree, rowCount: 1_000_000 };

test('a short list is all there, and its rows stand where they stand', () => {
  expect(rowWindow({ ...tree, rowCount: 5 })).toEqual({ height: 130, first: 0, end: 5, origin: 0 });
  expect(rowWindow({ ...tree, rowCount: 0 })).toEqual({ height: 0, first: 0, end: 0, origin: 0 });
});

test('scrolling moves the window, with some rows to spare', () => {
  const { first, end, origin } = rowWindow({ ...tree, scrollTop: 2600 });
  expect([first, end, origin]).toEqual([90, 130, 0]);
});

test('scrolling past an end (Safari bounces) shows the end', () => {
  expect(rowWindow({ ...tree, scrollTop: -300 }).first).toBe(0);
  expect(rowWindow({ ...tree, scrollTop: 99_999_999 })).toMatchObject({ first: 970, end: 1000, origin: 0 });
});

test('a million rows fit a scroll space that every browser has', () => {
  expect(rowWindow(huge).height).toBe(MAX_SCROLL_HEIGHT);
  const bottom = { ...huge, scrollTop: MAX_SCROLL_HEIGHT - huge.viewportHeight };
  const { end, origin } = rowWindow(bottom);
  expect(end).toBe(1_000_000);
  // The last row ends exactly where the scroll space ends.
  expect(origin + 1_000_000 * huge.rowHeight).toBeCloseTo(MAX_SCROLL_HEIGHT, 3);
});

test.each([0, 1, 19, 20, 500_000, 999_999])('row %i of a million can be brought into sight', (row) => {
  for (const scrollTop of [0, 7_000_000, MAX_SCROLL_HEIGHT]) {
    const shown = { ...huge, scrollTop: scrollTopToShow(row, { ...huge, scrollTop }) };
    const top = rowWindow(shown).origin + row * shown.rowHeight - shown.scrollTop;
    expect(top).toBeGreaterThan(-0.01);
    expect(top + shown.rowHeight).toBeLessThan(shown.viewportHeight + 0.01);
  }
});

test('a row in sight moves nothing', () => {
  expect(scrollTopToShow(105, { ...tree, scrollTop: 2600 })).toBe(2600);
  expect(scrollTopToShow(99, { ...tree, scrollTop: 2600 })).toBe(99 * 26);
  expect(scrollTopToShow(120, { ...tree, scrollTop: 2600 })).toBe(121 * 26 - 520);
});

import { type RefObject, useEffect, useLayoutEffect, useState } from 'react';

export interface RowsInSight {
  readonly first: number;
  /** The first row that is not. */
  readonly end: number;
}

/** Rows that exist beyond what is in sight. */
const OVERSCAN = 30;

/**
 * Which rows of an element are within the browser window, whichever of its ancestors scrolls. For lists that fit a scroll
 * space as they are; the tree, which may not, has its own.
 */
export function useRowsInSight(
  content: RefObject<HTMLElement | null>,
  rowCount: number,
  rowHeight: number,
): RowsInSight {
  const [inSight, setInSight] = useState<RowsInSight>({ first: 0, end: Math.min(rowCount, 2 * OVERSCAN) });

  useLayoutEffect(() => {
    const measure = () => {
      const top = content.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / rowHeight) - OVERSCAN);
      const end = Math.min(rowCount, Math.ceil((window.innerHeight - top) / rowHeight) + OVERSCAN);
      setInSight((before) => (before.first === first && before.end === end ? before : { first, end }));
    };
    measure();
    // Scroll events do not bubble, but they can be caught on their way down.
    window.addEventListener('scroll', measure, { capture: true, passive: true });
    window.addEventListener('resize', measure);
    return () => {
      window.removeEventListener('scroll', measure, { capture: true });
      window.removeEventListener('resize', measure);
    };
  }, [content, rowCount, rowHeight]);

  return { first: Math.min(inSight.first, rowCount), end: Math.min(inSight.end, rowCount) };
}

/** From `first`, up to and without `end`. */
export function numbersBetween(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => first + i);
}

/** Brings a row into sight when it becomes the wanted one. */
export function useScrollToRow(marker: RefObject<HTMLElement | null>, row: number | undefined): void {
  useEffect(() => {
    if (row !== undefined) marker.current?.scrollIntoView({ block: 'center' });
  }, [marker, row]);
}

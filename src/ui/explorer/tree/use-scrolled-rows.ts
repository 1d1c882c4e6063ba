import { type RefObject, useEffect, useState } from 'react';
import { type RowWindow, rowWindow, scrollTopToShow } from '../../shared/windowing';

/** Pixels; `--row` in tokens.css. */
export const ROW_HEIGHT = 26;

export interface ScrolledRows extends RowWindow {
  /** Rows that fit. */
  readonly pageRows: number;
  /** Brings a row into sight. */
  show(index: number): void;
}

/** The rows in sight of an element that scrolls. */
export function useScrolledRows(scroller: RefObject<HTMLElement | null>, rowCount: number): ScrolledRows {
  // Before anything was laid out: as many rows as may be in sight. To measure here would hold up the first of them.
  const [{ scrollTop, viewportHeight }, setScrolled] = useState({
    scrollTop: 0,
    viewportHeight: screen.height,
  });

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => setScrolled({ scrollTop: element.scrollTop, viewportHeight: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [scroller]);

  const scrolled = { rowCount, rowHeight: ROW_HEIGHT, viewportHeight, scrollTop };
  return {
    ...rowWindow(scrolled),
    pageRows: Math.floor(viewportHeight / ROW_HEIGHT),
    show: (index) => {
      const element = scroller.current;
      if (!element) return;
      // What was rendered may be older than what stands there.
      const now = { ...scrolled, viewportHeight: element.clientHeight, scrollTop: element.scrollTop };
      element.scrollTop = scrollTopToShow(index, now);
    },
  };
}

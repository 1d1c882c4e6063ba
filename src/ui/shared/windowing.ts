/**
 * Rows of one height, of which only those in sight exist. Firefox gives an element above 17.9 M px the height 0, so the
 * scroll space ends at 15 M; what is longer moves through it faster than the scrollbar does.
 */
export const MAX_SCROLL_HEIGHT = 15_000_000;

/** Pixels, and a number of rows. */
export interface Scrolled {
  readonly rowCount: number;
  readonly rowHeight: number;
  readonly viewportHeight: number;
  readonly scrollTop: number;
}

export interface RowWindow {
  /** Of the scroll space. */
  readonly height: number;
  /** Rows from `first`, up to and without `end`, are in sight or near it. */
  readonly first: number;
  readonly end: number;
  /** Where the row with number 0 would stand in the scroll space, right now; row n stands n row heights below. */
  readonly origin: number;
}

/** Rows that exist above and below what is in sight, so that a fast wheel shows no gaps. */
const OVERSCAN = 10;

export function rowWindow(scrolled: Scrolled): RowWindow {
  const { rowCount, rowHeight, viewportHeight } = scrolled;
  const { height, contentTop, scrollTop } = measure(scrolled);
  const first = Math.floor(contentTop / rowHeight) - OVERSCAN;
  const end = Math.ceil((contentTop + viewportHeight) / rowHeight) + OVERSCAN;
  return {
    height,
    first: Math.min(rowCount, Math.max(0, first)),
    end: Math.min(rowCount, Math.max(0, end)),
    origin: scrollTop - contentTop,
  };
}

/** The scroll position that brings a row into sight with the smallest move; unchanged when it is in sight. */
export function scrollTopToShow(row: number, scrolled: Scrolled): number {
  const { rowHeight, viewportHeight } = scrolled;
  const { contentTop, scrollTop, ratio } = measure(scrolled);
  const top = row * rowHeight;
  if (top < contentTop) return top / ratio;
  const lowest = top + rowHeight - viewportHeight;
  return lowest > contentTop ? lowest / ratio : scrollTop;
}

function measure({ rowCount, rowHeight, viewportHeight, scrollTop }: Scrolled) {
  const contentHeight = rowCount * rowHeight;
  const height = Math.min(contentHeight, MAX_SCROLL_HEIGHT);
  const range = Math.max(0, height - viewportHeight);
  const clamped = Math.min(range, Math.max(0, scrollTop));
  /** Pixels of content for each pixel of the scroll space. */
  const ratio = range === 0 ? 1 : (contentHeight - viewportHeight) / range;
  return { height, contentTop: clamped * ratio, scrollTop: clamped, ratio };
}

/**
 * The fragment of an address: a place in a file. Text: `L10`, `L10-L20`, also read as `L10-20` and `L1-3,7`. Hex: `0x1f40`,
 * `0x1f40-0x1f7f`. Lines count from 1, offsets from 0; both ends are included.
 */
export type Position =
  | { readonly kind: 'lines'; readonly ranges: readonly Span[] }
  | { readonly kind: 'bytes'; readonly span: Span };

export interface Span {
  readonly first: number;
  readonly last: number;
}

/** Undefined for what is no position. A span written backwards is read forwards. */
export function parsePosition(text: string): Position | undefined {
  const bytes = /^0x([0-9a-f]{1,13})(?:-0x([0-9a-f]{1,13}))?$/i.exec(text);
  if (bytes?.[1]) return { kind: 'bytes', span: spanOf(bytes[1], bytes[2], 16) };
  if (!/^L?\d/.test(text)) return undefined;
  const ranges: Span[] = [];
  for (const part of text.split(',')) {
    const lines = /^L?(\d{1,10})(?:-L?(\d{1,10}))?$/.exec(part);
    if (!lines?.[1]) return undefined;
    const span = spanOf(lines[1], lines[2], 10);
    if (span.first === 0) return undefined;
    ranges.push(span);
  }
  return { kind: 'lines', ranges };
}

export function formatPosition(position: Position): string {
  if (position.kind === 'bytes') {
    const { first, last } = position.span;
    return first === last ? `0x${first.toString(16)}` : `0x${first.toString(16)}-0x${last.toString(16)}`;
  }
  return position.ranges
    .map(({ first, last }) => (first === last ? `L${first}` : `L${first}-L${last}`))
    .join(',');
}

function spanOf(first: string, last: string | undefined, radix: number): Span {
  const from = Number.parseInt(first, radix);
  const to = last === undefined ? from : Number.parseInt(last, radix);
  return { first: Math.min(from, to), last: Math.max(from, to) };
}

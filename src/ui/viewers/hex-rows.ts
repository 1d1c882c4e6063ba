import type { Position, Span } from '../../store/position';

/** One row of a hex dump. */
export interface HexRow {
  /** Of the row's first byte, in the file. */
  readonly fileOffset: number;
  readonly bytes: Uint8Array;
}

export function hexRowAt(part: HexRow, rowLength: number, index: number): HexRow {
  const start = index * rowLength;
  return { fileOffset: part.fileOffset + start, bytes: part.bytes.subarray(start, start + rowLength) };
}

/** Eight digits, or as many as it takes. */
export function formatOffset(fileOffset: number): string {
  return fileOffset.toString(16).padStart(8, '0');
}

export function formatByte(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

/** A printable character of ASCII, or a dot in the middle. */
export function formatCharacter(byte: number): string {
  return byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·';
}

/** The bytes of a row that a position marks, as indices from `from` up to and without `to`. */
export function markedBytes(position: Position | undefined, { fileOffset, bytes }: HexRow) {
  if (position?.kind !== 'bytes') return undefined;
  const from = Math.max(0, position.span.first - fileOffset);
  const to = Math.min(bytes.length, position.span.last + 1 - fileOffset);
  return from < to ? { from, to } : undefined;
}

/** What a click on an offset points to; with Shift everything from the first marked byte on. */
export function clickedBytes(
  position: Position | undefined,
  fileOffset: number,
  isExtended: boolean,
): Position {
  const anchor = isExtended && position?.kind === 'bytes' ? position.span.first : fileOffset;
  const span: Span = { first: Math.min(anchor, fileOffset), last: Math.max(anchor, fileOffset) };
  return { kind: 'bytes', span };
}

/** An offset as people write it: `0x1f40`, `1f40h`, or decimal, with or without grouping. */
export function parseOffset(text: string): number | undefined {
  const written = text.trim().replace(/[\s_,\u2009]/g, '');
  const hex = /^0x([0-9a-f]{1,13})$/i.exec(written)?.[1] ?? /^([0-9a-f]{1,13})h$/i.exec(written)?.[1];
  if (hex !== undefined) return Number.parseInt(hex, 16);
  return /^\d{1,15}$/.test(written) ? Number(written) : undefined;
}

import type { Position, Span } from '../../store/position';

/** Bytes without a NUL that are UTF-8. With `isCut`, a character that the end of the bytes cuts through does not count. */
export function decodeText(bytes: Uint8Array, isCut: boolean): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Lines as an editor counts them: `\n`, `\r\n` and `\r` end one, and a newline at the end begins no further one. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.length > 1 && lines.at(-1) === '') lines.pop();
  return lines;
}

/** A piece of a line: as it stands, or a character that would show nothing or deceive, as its escape. */
export interface LinePiece {
  readonly text: string;
  /** Where it begins, in characters. */
  readonly start: number;
  readonly isEscape: boolean;
}

/** Controls but the tab; what is zero wide; what turns the direction of text around. */
const HIDDEN =
  /(?!\t)[\p{Cc}\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;

export function linePieces(line: string): LinePiece[] {
  const pieces: LinePiece[] = [];
  let start = 0;
  for (const match of line.matchAll(HIDDEN)) {
    if (match.index > start) pieces.push({ text: line.slice(start, match.index), start, isEscape: false });
    pieces.push({ text: escapeOf(match[0]), start: match.index, isEscape: true });
    start = match.index + match[0].length;
  }
  if (start < line.length) pieces.push({ text: line.slice(start), start, isEscape: false });
  return pieces;
}

function escapeOf(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  // The control pictures: U+2400 for 0 and so on.
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  return code === 0x7f ? '␡' : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Is the line (from 1) within a position? */
export function isLineIn(position: Position | undefined, line: number): boolean {
  return (
    position?.kind === 'lines' && position.ranges.some(({ first, last }) => first <= line && line <= last)
  );
}

/** What a click on a line's number points to: the line, or with Shift everything from the first marked line to it. */
export function clickedLines(position: Position | undefined, line: number, isExtended: boolean): Position {
  const anchor = isExtended && position?.kind === 'lines' ? position.ranges[0]?.first : undefined;
  const range: Span =
    anchor === undefined
      ? { first: line, last: line }
      : { first: Math.min(anchor, line), last: Math.max(anchor, line) };
  return { kind: 'lines', ranges: [range] };
}

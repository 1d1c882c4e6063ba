import type { OpenedArchive } from '../../archive/service';
import type { Position } from '../../store/position';

/** Bytes that are read and shown at once. */
export const PART_SIZE = 1024 * 1024;
/** Decoded bytes above which reading is asked about first. */
export const ASK_ABOVE = 64 * 1024 * 1024;

/** A part of a file, as offset and length. */
export interface Part {
  readonly fileOffset: number;
  readonly length: number;
}

/** The part that holds the position's first byte; the first part for everything else. */
export function partAt(position: Position | undefined, fileSize: number): Part {
  const wanted = position?.kind === 'bytes' ? Math.min(position.span.first, Math.max(0, fileSize - 1)) : 0;
  const fileOffset = Math.floor(wanted / PART_SIZE) * PART_SIZE;
  return { fileOffset, length: Math.min(PART_SIZE, fileSize - fileOffset) };
}

/** What stands between us and a part: bytes that have to be decoded to get there. 0 when they are kept already. */
export function decodeCost(
  archive: Pick<OpenedArchive, 'keptIn' | 'listingFrom'>,
  reached: number,
  { narOffset, part }: { readonly narOffset: number; readonly part: Part },
): number {
  // What is not kept is read by range, from its first byte.
  if (archive.keptIn === 'nowhere') return part.length;
  const end = narOffset + part.fileOffset + part.length;
  return archive.listingFrom === 'nar' || end <= reached ? 0 : end;
}

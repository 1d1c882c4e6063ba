import type { OpenedArchive, ReadReport } from '../archive/service';
import { LIMITS } from '../limits';
import { isWhole } from './file-check';

/**
 * How far a NAR is kept, as far as the page can know: before anything is seen of it, as much as every browser keeps, unless it has
 * private files, or keeps nothing because it need not.
 */
export function keptAtFirst({ keptIn, origin }: Pick<OpenedArchive, 'keptIn' | 'origin'>): number {
  const isAtHand = keptIn === 'nowhere' && origin.kind !== 'cache';
  return keptIn === 'opfs' || isAtHand ? Number.POSITIVE_INFINITY : LIMITS.spoolWithoutStorage.most;
}

interface Before {
  /** When the archive was opened. */
  readonly keptIn: OpenedArchive['keptIn'];
  readonly keptUntil: number;
}

/** A read to this byte of the NAR shows whether so much of it is kept; Infinity: all was read, by nobody who needs it kept. */
export function keptAfter(
  { keptIn, keptUntil }: Before,
  { isApart, verdicts }: ReadReport,
  end: number,
): number {
  if (!Number.isFinite(end)) return keptUntil;
  // So much is kept only where there are private files, and then all of it.
  if (!isApart) return end > LIMITS.spoolWithoutStorage.most ? Number.POSITIVE_INFINITY : keptUntil;
  // Of a NAR that is not compressed, files are fetched by themselves until it is verified, for another reason.
  return keptIn === 'nowhere' && !isWhole(verdicts) ? keptUntil : Math.min(keptUntil, end - 1);
}

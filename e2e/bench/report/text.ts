import type { Summary } from '../measure';
import { isReached, type Line, type Result, type Target, type Unit } from '../row';

/** A number as the table has it: three digits that mean something. */
export function formatNumber(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '?';
  const digits = Math.abs(value) >= 100 || isWhole(unit) ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits).replace(/\B(?=(?:\d{3})+(?:\.|$))/g, ' ');
  return unit === '×' ? `${text} ×` : `${text} ${unit}`;
}

function isWhole(unit: Unit): boolean {
  return unit === 'bytes' || unit === 'points' || unit === 'rows';
}

export function formatTarget({ at, value, unit, note }: Target): string {
  const sign = at === 'least' ? '≥' : '≤';
  const amount = `${sign} ${Number.isInteger(value) || unit !== '×' ? value : value.toFixed(2)} ${unit}`;
  return note === undefined ? amount : `${amount} (${note})`;
}

/** Both ends, when there are two. */
export function formatSpread({ min, max }: Summary, unit: Unit): string {
  const [low, high] = [formatNumber(min, unit), formatNumber(max, unit)];
  return low === high ? '–' : `${low.replace(` ${unit}`, '')} – ${high}`;
}

/** `reached`, or why not. */
export function formatVerdict(result: Result): string {
  const { row, outcome } = result;
  if (outcome.status === 'not measured') return `**missed**: ${outcome.why}`;
  const note = outcome.note === undefined ? '' : ` (${outcome.note})`;
  return isReached(result) ? `reached${note}` : `**missed**: ${row.missedBecause}${note}`;
}

export function formatReached({ row, outcome }: Result): string {
  return outcome.status === 'measured' ? formatNumber(outcome.value.median, row.target.unit) : '–';
}

/** Decoded bytes for each second, in MB. */
export function formatRate({ bytes, median, unit }: Line): string {
  if (bytes === undefined || unit !== 'ms') return '–';
  return `${(bytes / 1000 / median).toFixed(0)} MB/s`;
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const inCell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(inCell))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

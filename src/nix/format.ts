/** Numbers for the screen. */

const THIN_SPACE = '\u2009';
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A whole number with its digits in groups of three: `23 630 272`, with thin spaces. */
export function groupDigits(n: number): string {
  return String(n).replace(/\B(?=(?:\d{3})+$)/g, THIN_SPACE);
}

/**
 * Bytes in the largest binary unit that leaves a 1 in front, with one decimal below 100: `12 B`, `22.5 MiB`,
 * `271 KiB`.
 */
export function formatIec(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would round to 1024 is 1.0 of the next unit.
  while (unit < UNITS.length - 1 && Math.round(value) >= 1024) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

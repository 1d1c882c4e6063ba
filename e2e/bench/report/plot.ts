/** A picture of how something grows. */
export interface Plot {
  /** Of the file: `docs/performance-<name>.svg`. */
  readonly name: string;
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
}

export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
}

export interface Series {
  readonly label: string;
  readonly points: readonly Point[];
}

/** `y` is the median, between the least and the most of all rounds. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly min: number;
  readonly max: number;
}

const WIDTH = 640;
const HEIGHT = 360;
const EDGE = { left: 72, right: 40, top: 44, bottom: 52 };
/** A color and a dash for each line, so that nobody has to tell colors apart. */
const LINES = [
  { color: 'var(--first)', dash: 'none' },
  { color: 'var(--second)', dash: '7 4' },
  { color: 'var(--third)', dash: '2 3' },
  { color: 'var(--fourth)', dash: '10 3 2 3' },
] as const;

/** As one file without anything around it; it follows the reader's dark or light. */
export function drawPlot({ title, x, y, series }: Plot): string {
  const points = series.flatMap((one) => one.points);
  const across = place(
    x.scale,
    points.map((point) => point.x),
    EDGE.left,
    WIDTH - EDGE.right,
  );
  const up = place(
    y.scale,
    points.flatMap(({ min, max }) => [min, max]),
    HEIGHT - EDGE.bottom,
    EDGE.top,
  );
  const bottom = HEIGHT - EDGE.bottom;
  const middle = (EDGE.left + WIDTH - EDGE.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${inXml(title)}">`,
    STYLE,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${EDGE.left}" y="18">${inXml(title)}</text>`,
    ...up.ticks.flatMap((tick) => [
      `<path class="grid" d="M${EDGE.left} ${up.at(tick)}H${WIDTH - EDGE.right}"/>`,
      `<text x="${EDGE.left - 8}" y="${round(up.at(tick) + 4)}" text-anchor="end">${tickText(tick)}</text>`,
    ]),
    ...across.ticks.map(
      (tick) =>
        `<text x="${across.at(tick)}" y="${bottom + 18}" text-anchor="middle">${tickText(tick)}</text>`,
    ),
    `<text x="${middle}" y="${HEIGHT - 12}" text-anchor="middle">${inXml(x.label)}</text>`,
    `<text transform="translate(16 ${(EDGE.top + bottom) / 2}) rotate(-90)" text-anchor="middle">${inXml(y.label)}</text>`,
    ...series.flatMap((one, index) => drawSeries(one, index, across.at, up.at)),
    '</svg>',
    '',
  ].join('\n');
}

type At = (value: number) => number;

function drawSeries({ label, points }: Series, index: number, across: At, up: At): string[] {
  const { color, dash } = LINES[index % LINES.length] ?? LINES[0];
  const line = points.map((point) => `${across(point.x)} ${up(point.y)}`).join('L');
  const legend = EDGE.left + index * 140;
  return [
    `<g stroke="${color}" fill="none" stroke-width="2">`,
    `<path stroke-dasharray="${dash}" d="M${line}"/>`,
    ...points.map(({ x, min, max }) => `<path d="M${across(x)} ${up(min)}V${up(max)}"/>`),
    ...points.map((point) => `<circle fill="${color}" cx="${across(point.x)}" cy="${up(point.y)}" r="3"/>`),
    `<path stroke-dasharray="${dash}" d="M${legend} 32h24"/>`,
    '</g>',
    `<text x="${legend + 30}" y="36">${inXml(label)}</text>`,
  ];
}

/** Where values come to lie, and round values to name. */
function place(
  scale: Axis['scale'],
  values: readonly number[],
  from: number,
  to: number,
): { at: At; ticks: number[] } {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const ticks = scale === 'log' ? powers(least, most) : steps(most);
  const measure = scale === 'log' ? Math.log10 : (value: number) => value;
  const low = measure(scale === 'log' ? Math.min(least, ticks[0] ?? least) : 0);
  const high = measure(Math.max(most, ticks.at(-1) ?? most));
  const share = (value: number) => (high === low ? 0 : (measure(value) - low) / (high - low));
  return { at: (value) => round(from + share(value) * (to - from)), ticks };
}

/** From 0 on, about five. */
function steps(most: number): number[] {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? rough;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, index) => index * step);
}

/** Of ten, around all values. */
function powers(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

function tickText(value: number): string {
  return String(Number(value.toPrecision(6))).replace(/\B(?=(?:\d{3})+$)/g, ' ');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

const STYLE = `<style>
svg { --ground: #fff; --ink: #1f2328; --grid: #d1d9e0; --first: #0a5fb4; --second: #b3440c; --third: #1a7f37; --fourth: #7b3fb8; font: 12px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { svg { --ground: #0d1117; --ink: #e6edf3; --grid: #30363d; --first: #6cb6ff; --second: #f0a06a; --third: #6bd08a; --fourth: #c9a2ff; } }
.ground { fill: var(--ground); }
text { fill: var(--ink); }
.title { font-size: 14px; font-weight: 600; }
.grid { stroke: var(--grid); }
</style>`;

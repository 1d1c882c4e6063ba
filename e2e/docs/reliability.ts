import type { Limit } from '../../src/limits';
import { formatIec, groupDigits } from '../../src/nix/format';
import type { Fact } from '../support/facts-format.d.mts';

type FactOf<Kind extends Fact['kind']> = Extract<Fact, { readonly kind: Kind }>;

/** The areas in the order in which they are told, each with what it is about. */
const AREAS: Readonly<Record<FactOf<'fault'>['area'], string>> = {
  network: 'A network that fails',
  storage: 'Storage that fails',
  threads: 'Threads and tabs that end',
  'hostile input': 'Hostile input',
  verdicts: 'Verdicts, as `nix store verify` gives them',
};

const ENGINES: Readonly<Record<string, string>> = {
  chromium: 'Chromium',
  firefox: 'Firefox',
  webkit: 'WebKit',
  node: 'Node',
};

/** docs/reliability.md, from what the tests have put down. The same facts give the same text. */
export function reliabilityPage(facts: readonly Fact[], limits: Readonly<Record<string, Limit>>): string {
  const faults = facts.filter((fact) => fact.kind === 'fault');
  const sections = [
    INTRODUCTION,
    ...Object.entries(AREAS).flatMap(([area, title]) =>
      section(title, faultTable(faults.filter((fact) => fact.area === area))),
    ),
    ...section('Inputs fuzzed', fuzzTable(facts.filter((fact) => fact.kind === 'fuzz'))),
    ...section('A long session', soakTable(facts.filter((fact) => fact.kind === 'soak'))),
    ...section('Limits', limitTable(Object.values(limits))),
  ];
  return `${sections.join('\n\n')}\n`;
}

const INTRODUCTION = `# Reliability

Written by the tests: what was made to fail, and what came of it. \`npm test\` fails when this page is not what its tests have
seen; \`npm run docs\` writes it anew after a whole run. A command behind a line shows it again (pages have to be built before:
\`npm test -- build "build below a path" "build for one file"\`).`;

function section(title: string, table: string): string[] {
  return [`## ${title}`, table];
}

/** One line for each fault and outcome, with all engines that it was seen in. */
function faultTable(facts: readonly FactOf<'fault'>[]): string {
  const lines = new Map<string, { cells: readonly string[]; where: Set<string> }>();
  for (const { fault, outcome, where, command } of facts) {
    const again = `\`${command.replace(/ --project=\S+/, '')}\``;
    const key = JSON.stringify([fault, outcome, again]);
    const line = lines.get(key) ?? { cells: [fault, outcome, again], where: new Set() };
    line.where.add(where);
    lines.set(key, line);
  }
  const rows = [...lines.values()].map(({ cells: [fault = '', outcome = '', again = ''], where }) => [
    fault,
    outcome,
    Object.entries(ENGINES)
      .filter(([engine]) => where.has(engine))
      .map(([, name]) => name)
      .join(', '),
    again,
  ]);
  return table(['fault', 'what comes of it', 'seen in', 'again with'], rows.sort(byText));
}

function fuzzTable(facts: readonly FactOf<'fuzz'>[]): string {
  const rows = facts.map(({ parser, inputs, seed, command }) => [
    parser,
    groupDigits(inputs),
    String(seed),
    `\`${command}\``,
  ]);
  return table(['parser', 'inputs', 'seed', 'again with'], rows.sort(byText));
}

function soakTable(facts: readonly FactOf<'soak'>[]): string {
  const rows = facts.map(({ what, times, returned, where, command }) => [
    what,
    groupDigits(times),
    returned.join('; '),
    ENGINES[where] ?? where,
    `\`${command}\``,
  ]);
  return table(['what', 'times', 'back where it was', 'seen in', 'again with'], rows.sort(byText));
}

function limitTable(limits: readonly Limit[]): string {
  const rows = limits.map(({ most, unit, of, by, why }) => [of, amount(most, unit), by, why]);
  const held =
    'Held by us: by the number in `src/limits.ts`. By the decoder: by one that it was compiled with. By the format: it cannot say more.';
  return `${held}\n\n${table(['no more than this', 'limit', 'held by', 'then, or why'], rows)}`;
}

function amount(most: number, unit: Limit['unit']): string {
  if (unit === 'bytes') return most % 1024 === 0 ? formatIec(most) : `${groupDigits(most)} bytes`;
  return unit === 'ms' ? `${most / 1000} s` : groupDigits(most);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows.map((row) => row.map(inCell))];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function byText(a: readonly string[], b: readonly string[]): number {
  return a.join('\n') < b.join('\n') ? -1 : 1;
}

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Fact } from './facts-format.d.mts';

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/nar-explorer-facts', import.meta.url));

/** Everything that was put down since a whole run began. */
export function readFacts(): readonly Fact[] {
  mkdirSync(FOLDER, { recursive: true });
  // What stands there was written below.
  return readdirSync(FOLDER).map((name): Fact => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
}

/**
 * Puts down what a test has just seen, at its end, for docs/reliability.md. A test that fails leaves no fact, and a document
 * that claims it is then out of date. The same fact twice is one.
 */
export function recordFact(fact: Fact): void {
  const text = JSON.stringify(fact);
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, `${name}.json`), text);
}

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { LIMITS } from '../../src/limits';
import { readFacts } from '../support/facts';
import { reliabilityPage } from './reliability';

const page = fileURLToPath(new URL('../../docs/reliability.md', import.meta.url));
const facts = readFacts();
const seen = new Set(facts.map((fact) => ('where' in fact ? fact.where : 'node')));
const missing = ['chromium', 'firefox', 'webkit', 'node'].filter((where) => !seen.has(where));

// Where a browser is missing nobody can know; CI has them all.
test.skipIf(missing.length > 0 && process.env.CI !== 'true')(
  'docs/reliability.md says what the tests have seen',
  () => {
    expect(missing, 'nothing was seen there').toEqual([]);
    const text = reliabilityPage(facts, LIMITS);
    if (process.env.WRITE_DOCS === 'true') writeFileSync(page, text);
    expect(readFileSync(page, 'utf8'), 'npm run docs writes it anew').toBe(text);
  },
);

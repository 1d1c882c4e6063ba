// The rings of `npm test`, in order. Each is a child process whose output is shown.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const REPORTS = join('node_modules', '.cache', 'nar-explorer-reports');
/** Where tests put down what they have seen, for docs/. */
export const FACTS = join('node_modules', '.cache', 'nar-explorer-facts');
const VITEST = ['vitest', 'run', '--config', 'e2e/vitest.config.ts', '--reporter=default', '--reporter=json'];

/**
 * `needs` names what must be on the machine, `after` a ring that must have passed. Without a `report` the ring counts
 * as one test. Reports are written by the tools themselves, so a number never comes from reading their prose.
 */
export const RINGS = [
  { name: 'typecheck', command: ['tsc', '-b'] },
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings'] },
  vitestRing('units'),
  { ...vitestRing('agreement'), needs: 'nix' },
  vitestRing('fuzz'),
  { name: 'build', command: ['vite', 'build', '--outDir', 'dist'] },
  {
    name: 'build below a path',
    command: ['vite', 'build', '--outDir', 'dist-subpath'],
    env: { BASE: '/explorer/' },
  },
  { name: 'build for one file', command: ['vite', 'build', '--mode', 'hash', '--outDir', 'dist-hash'] },
  {
    name: 'pages',
    command: ['playwright', 'test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json'],
    env: { PLAYWRIGHT_JSON_OUTPUT_NAME: reportPath('pages') },
    report: { path: reportPath('pages'), read: readPlaywright },
    after: ['build', 'build below a path', 'build for one file'],
  },
  { ...vitestRing('docs'), after: ['units', 'agreement', 'fuzz', 'pages'] },
];

function reportPath(name) {
  return join(process.cwd(), REPORTS, `${name}.json`);
}

function vitestRing(name) {
  const path = reportPath(name);
  return {
    name,
    command: [...VITEST, '--project', name, `--outputFile.json=${path}`],
    report: { path, read: readVitest },
  };
}

function readVitest(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function readPlaywright(path) {
  const { stats, errors } = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}

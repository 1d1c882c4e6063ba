// `npm test`: all rings, or those named as arguments (`npm test -- units pages`). The last line counts over all of them.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { install, missingFor } from './support/requirements.mjs';
import { FACTS, RINGS } from './support/rings.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const onCi = process.env.CI === 'true';
const results = [];

process.chdir(root);
// What an earlier run has seen is not what this one sees.
if (process.argv.length === 2) rmSync(FACTS, { recursive: true, force: true });
await install();
for (const ring of chosenRings()) results.push({ ring: ring.name, ...(await run(ring)) });
summarise();

function chosenRings() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !RINGS.some((ring) => ring.name === name));
  if (unknown.length > 0) {
    console.error(
      `No ring named ${unknown.join(', ')}. There are: ${RINGS.map((ring) => ring.name).join(', ')}.`,
    );
    process.exit(1);
  }
  return names.length === 0 ? RINGS : RINGS.filter((ring) => names.includes(ring.name));
}

async function run(ring) {
  console.log(`\n── ${ring.name} ──`);
  const missing = ring.needs ? await missingFor(ring.needs) : [];
  if (missing.length > 0) return notRun(`${missing.join(', ')} missing`, onCi ? 'failed' : 'skipped');
  const broken = (ring.after ?? []).find((name) =>
    results.some((one) => one.ring === name && one.failed > 0),
  );
  if (broken) return notRun(`needs the ring "${broken}"`, 'failed');

  if (ring.report) rmSync(ring.report.path, { force: true });
  const started = Date.now();
  const exitCode = await execute(ring.command, ring.env);
  return { seconds: Math.round((Date.now() - started) / 1000), ...count(ring, exitCode) };
}

function notRun(why, outcome) {
  console.log(`not run: ${why}`);
  return { passed: 0, failed: 0, skipped: 0, [outcome]: 1, seconds: 0, note: why };
}

/** A ring that ends badly without a test that failed (a crash, nothing found to run) counts as one failure. */
function count(ring, exitCode) {
  const counts = ring.report
    ? readReport(ring.report)
    : { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0 };
  if (!counts)
    return { passed: 0, failed: 1, skipped: 0, note: `ended without a report, exit code ${exitCode}` };
  if (exitCode !== 0 && counts.failed === 0) return { ...counts, failed: 1, note: `exit code ${exitCode}` };
  if (counts.passed + counts.failed + counts.skipped === 0)
    return { ...counts, failed: 1, note: 'ran no test' };
  return counts;
}

function readReport({ path, read }) {
  try {
    return read(path);
  } catch {
    return undefined;
  }
}

function execute([command, ...args], env = {}) {
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env, PATH: path },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    child.on('error', (error) => {
      console.error(error.message);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
}

function summarise() {
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log(
    `\n${'ring'.padEnd(20)}${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'time'.padStart(8)}`,
  );
  for (const { ring, passed, failed, skipped, seconds, note } of results) {
    for (const [name, value] of Object.entries({ passed, failed, skipped })) total[name] += value;
    const numbers = `${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}`;
    console.log(`${ring.padEnd(20)}${numbers}${`${seconds} s`.padStart(8)}${note ? `  ${note}` : ''}`);
  }
  process.exitCode = total.failed > 0 ? 1 : 0;
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
}

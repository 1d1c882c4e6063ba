// Node runs no TypeScript, and a thread does not go through vitest: so what runs there is built first.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** Builds the thread and the command into a folder of its own: several runs may be at it at the same time. */
export async function buildFuzzer() {
  const outDir = join(process.cwd(), 'node_modules', '.cache', 'nar-explorer-fuzz', `built-${process.pid}`);
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      ssr: true,
      outDir,
      minify: false,
      target: 'node20',
      rolldownOptions: {
        input: { worker: 'e2e/fuzz/worker.ts', command: 'e2e/fuzz/command.ts' },
        output: { entryFileNames: '[name].mjs' },
      },
    },
  });
  return {
    worker: join(outDir, 'worker.mjs'),
    command: join(outDir, 'command.mjs'),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}

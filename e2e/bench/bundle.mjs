// Node runs no TypeScript: so the command is built first.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** Builds the command into a folder of its own. */
export async function buildCommand(entry = 'e2e/bench/command.ts') {
  const outDir = join(process.cwd(), 'node_modules', '.cache', 'nar-explorer-bench', `built-${process.pid}`);
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
        input: { command: entry },
        output: { entryFileNames: '[name].mjs' },
      },
    },
  });
  return {
    command: join(outDir, 'command.mjs'),
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
}

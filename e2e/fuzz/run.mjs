// `npm run fuzz`: see command.ts.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildFuzzer } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const built = await buildFuzzer();
try {
  const { runCommand } = await import(pathToFileURL(built.command).href);
  process.exitCode = await runCommand(process.argv.slice(2), built.worker);
} finally {
  built.remove();
}

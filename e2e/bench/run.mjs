// `npm run bench`: see command.ts.
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildCommand } from './bundle.mjs';

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const built = await buildCommand();
// Also when somebody interrupts it.
process.once('exit', built.remove);
const { runCommand } = await import(pathToFileURL(built.command).href);
process.exitCode = await runCommand(process.argv.slice(2));

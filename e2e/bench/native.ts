import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds from the start of a program to its end. What it writes to standard output is thrown away, unread. */
export async function timeProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const start = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const complaints: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const ended = once(child, 'exit').then(() => performance.now() - start);
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`${command} ${args.join(' ')}: exit code ${code}\n${Buffer.concat(complaints)}`);
  return ended;
}

/** Of a line for the shell; what stands in it as `$1`, `$2` … are the arguments. */
export function timeShell(line: string, ...args: string[]): Promise<number> {
  return timeProgram('sh', ['-c', line, 'sh', ...args]);
}

import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a browser's processes, in bytes: PSS, so that what several share is counted once in their sum. */
export interface BrowserMemory {
  /** The processes that pages and their workers run in. */
  readonly renderers: number;
  /** All of them, with the browser's own. */
  readonly all: number;
}

/** Whether this machine tells (Linux does). */
export function tellsMemory(): boolean {
  return pssOf(process.pid) !== undefined;
}

/** Of the browser that runs with a profile. */
export function memoryOf(profile: string): BrowserMemory {
  const processes = new Map(runningProcesses().map((one) => [one.pid, one]));
  const isOf = (pid: number): boolean => {
    const one = processes.get(pid);
    if (!one) return false;
    return one.commandLine.includes(`--user-data-dir=${profile}`) || isOf(one.parent);
  };
  const memory = { renderers: 0, all: 0 };
  for (const { pid, commandLine } of processes.values()) {
    if (!isOf(pid)) continue;
    const pss = pssOf(pid) ?? 0;
    memory.all += pss;
    if (isOfPage(commandLine)) memory.renderers += pss;
  }
  return memory;
}

/** Chromium's own windows have renderers as well, which come and go as they please. */
function isOfPage(commandLine: string): boolean {
  return (
    commandLine.includes('--type=renderer') &&
    !commandLine.includes('--top-chrome-webui') &&
    !commandLine.includes('--extension-process')
  );
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

function runningProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'utf8');
        const parent = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
        const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent, commandLine }];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

function pssOf(pid: number): number | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s*(\d+) kB/m.exec(rollup)?.[1] ?? 0) * 1024;
  } catch {
    return undefined;
  }
}

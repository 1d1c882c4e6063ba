import { cpus, loadavg, totalmem } from 'node:os';
import { runForText } from '../fixtures/run-tool';
import { findProgram } from '../support/requirements.mjs';

/** On what the numbers were found: nothing that names one machine. */
export interface Machine {
  /** `2026-11-21` */
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  /** Bytes. */
  readonly memory: number;
  /** What else it was busy with: processes that ran in the minute before, on average. */
  readonly load: number;
  /** By the tool's name. */
  readonly versions: Readonly<Record<string, string>>;
}

export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memory: totalmem(),
    load: loadavg()[0] ?? 0,
    versions: {
      Chromium: await version(findProgram('chromium') ?? 'chromium'),
      Firefox: await version(findProgram('firefox-esr') ?? 'firefox'),
      xz: await version('xz'),
      zstd: await version('zstd'),
      nix: await version('nix'),
      curl: await version('curl'),
      Node: process.versions.node,
    },
  };
}

/** The first number with a dot in what the tool says of itself. */
async function version(program: string): Promise<string> {
  const said = await runForText(program, ['--version']).catch(() => '');
  return /\d+(?:\.\d+)+\w*/.exec(said)?.[0] ?? 'not there';
}

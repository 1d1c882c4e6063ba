import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port';
import { findMiniBrowser } from './requirements.mjs';

/** An element as the W3C WebDriver protocol names it: one key with a fixed name. */
export type ElementReference = Readonly<Record<string, string>>;

type Method = 'GET' | 'POST' | 'DELETE';

interface CallOptions {
  readonly body?: object;
  readonly signal?: AbortSignal;
}

/** Milliseconds. A browser that comes at all is there within one or two seconds. */
const SESSION_PATIENCE = 15_000;

export class WebDriverError extends Error {
  /** The protocol's own word: `stale element reference`, `no such element` … */
  readonly error: string;

  constructor(error: string, message: string) {
    super(`${error}: ${message}`);
    this.error = error;
  }
}

/** WebKitWebDriver on a display of its own. Its home folder is the given one: that is where MiniBrowser saves. */
export class WebKitDriver {
  private readonly url: string;
  private readonly processes: readonly ChildProcess[];

  private constructor(url: string, processes: readonly ChildProcess[]) {
    this.url = url;
    this.processes = processes;
  }

  static async start(home: string): Promise<WebKitDriver> {
    const [display, number] = await startDisplay();
    const port = await freePort();
    const driver = spawn('WebKitWebDriver', ['-p', String(port)], {
      env: { ...process.env, DISPLAY: `:${number}`, HOME: home, XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' },
      stdio: 'ignore',
    });
    const started = new WebKitDriver(`http://127.0.0.1:${port}`, [driver, display]);
    process.once('exit', () => started.stop());
    for (let left = 100; ; left--) {
      try {
        await started.call('GET', '/status');
        return started;
      } catch (error) {
        if (left === 0) throw error;
        await pause(100);
      }
    }
  }

  async newSession(browserArgs: readonly string[] = []): Promise<string> {
    const options = { binary: findMiniBrowser(), args: ['--automation', ...browserArgs] };
    const capabilities = { alwaysMatch: { browserName: 'MiniBrowser', 'webkitgtk:browserOptions': options } };
    const request = { body: { capabilities }, signal: AbortSignal.timeout(SESSION_PATIENCE) };
    const { sessionId } = await this.call<{ sessionId: string }>('POST', '/session', request);
    return `/session/${sessionId}`;
  }

  async call<T>(method: Method, path: string, { body, signal }: CallOptions = {}): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(signal ? { signal } : {}),
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    const { value } = JSON.parse(await response.text());
    if (!response.ok) throw new WebDriverError(value.error, value.message);
    return value;
  }

  stop(): void {
    for (const child of this.processes) child.kill();
  }
}

/** Xvfb chooses a free display number itself and says which. */
async function startDisplay(): Promise<[ChildProcess, string]> {
  const args = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'];
  const child = spawn('Xvfb', args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  // The fourth entry of stdio is a pipe, as asked for above.
  const [line] = await once(child.stdio[3] as Readable, 'data');
  return [child, String(line).trim()];
}

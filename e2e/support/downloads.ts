import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Saved } from './engine';

/** Names that browsers give to what is not there in full. */
const UNFINISHED = /\.(part|crdownload|wkdownload|tmp)$/;
const PATIENCE = 60_000;

/** A folder that a browser saves into, for browsers that raise no event for it. */
export class DownloadFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  clear(): void {
    for (const name of this.names()) rmSync(join(this.path, name));
  }

  /** The file that the action brings. It is complete when its size has stood still for a while. */
  async during(action: () => Promise<void>): Promise<Saved> {
    this.clear();
    await action();
    const deadline = Date.now() + PATIENCE;
    let before = '';
    for (;;) {
      const names = this.names();
      const state = names.map((name) => `${name} ${statSync(join(this.path, name)).size}`).join('\n');
      const [name] = names;
      if (name && names.length === 1 && !UNFINISHED.test(name) && state === before) {
        return { name, bytes: readFileSync(join(this.path, name)) };
      }
      if (Date.now() > deadline)
        throw new Error(`no finished download; in its folder: ${state || 'nothing'}`);
      before = state;
      await pause(300);
    }
  }

  private names(): string[] {
    return readdirSync(this.path).filter((name) => statSync(join(this.path, name)).isFile());
  }
}

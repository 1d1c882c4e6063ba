import type { Page } from '@playwright/test';

/** The folder of the origin's private file system that `src/bytes/spool-opfs.ts` keeps its files in. */
const FOLDER = 'nar-explorer-spool';

export interface SpoolFolder {
  readonly names: string[];
  readonly bytes: number;
}

/** What spools have left on disk by now. A file that is written to right now counts as empty. */
export function spoolFolder(page: Page): Promise<SpoolFolder> {
  return page.evaluate(async (name) => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(name).catch(() => undefined);
    const names: string[] = [];
    let bytes = 0;
    if (!folder) return { names, bytes };
    // TypeScript's DOM library does not know that a folder can be walked through.
    const entries = folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>;
    for await (const [file, handle] of entries) {
      names.push(file);
      bytes += await handle.getFile().then(
        ({ size }) => size,
        () => 0,
      );
    }
    return { names, bytes };
  }, FOLDER);
}

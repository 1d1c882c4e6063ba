/** The folder of the origin's private file system that `src/bytes/spool-opfs.ts` keeps its files in. */
export const SPOOL_FOLDER = 'nar-explorer-spool';

/** A page: an Engine's, or Playwright's own. */
interface Evaluates {
  evaluate(expression: string): Promise<unknown>;
}

/** Names of the files that spools have on disk by now; none where there is no private file system. */
export async function spoolFiles(page: Evaluates): Promise<string[]> {
  const names = await page.evaluate(`(async () => {
    const names = [];
    try {
      const root = await navigator.storage.getDirectory();
      for await (const name of (await root.getDirectoryHandle('${SPOOL_FOLDER}')).keys()) names.push(name);
    } catch (error) {
      if (error.name === 'InvalidStateError') throw error;
    }
    return names;
  })()`);
  // As the script makes it.
  return names as string[];
}

/** The folder of the origin's private file system that `src/bytes/spool-opfs.ts` keeps its files in. */
export const SPOOL_FOLDER = 'nar-explorer-spool';
/** The one of `src/bytes/kept-files.ts`. */
export const KEPT_FOLDER = 'nar-explorer-kept';

/** A page: an Engine's, or Playwright's own. */
interface Evaluates {
  evaluate(expression: string): Promise<unknown>;
}

/** Names of the files that spools have on disk by now; none where there is no private file system. */
export function spoolFiles(page: Evaluates): Promise<string[]> {
  return filesIn(page, SPOOL_FOLDER);
}

/** Names of the files that are kept between visits, of `src/bytes/kept-files.ts`. */
export function keptFiles(page: Evaluates): Promise<string[]> {
  return filesIn(page, KEPT_FOLDER);
}

/** NARs that are kept: each has its record, written last. */
export async function keptNars(page: Evaluates): Promise<number> {
  const names = await keptFiles(page);
  return names.filter((name) => name.endsWith('.json')).length;
}

/** Changes a byte of each NAR that is kept: the first behind this text, which has to be in it. */
export async function damageKept(page: Evaluates, behind: string): Promise<void> {
  await page.evaluate(`(async () => {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('${KEPT_FOLDER}');
    for await (const [name, handle] of folder.entries()) {
      if (!name.endsWith('.nar')) continue;
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const text = new TextDecoder('latin1').decode(bytes);
      const at = text.indexOf(${JSON.stringify(behind)});
      if (at < 0) throw new Error('the text is not in it');
      bytes[at + ${behind.length}] ^= 1;
      const file = await handle.createWritable();
      await file.write(bytes);
      await file.close();
    }
  })()`);
}

async function filesIn(page: Evaluates, folder: string): Promise<string[]> {
  const names = await page.evaluate(`(async () => {
    const names = [];
    try {
      const root = await navigator.storage.getDirectory();
      for await (const name of (await root.getDirectoryHandle('${folder}')).keys()) names.push(name);
    } catch (error) {
      if (error.name === 'InvalidStateError') throw error;
    }
    return names;
  })()`);
  // As the script makes it.
  return names as string[];
}

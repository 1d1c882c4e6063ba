import type { Failure } from '../archive/failure';
import type { Outcome } from '../archive/outcome';

type Write = (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
/** What came of writing a file; `discard`: all was written, and nobody wants it any more. */
type Filling<T> = Outcome<T> | 'discard';
type Fill<T> = (write: Write) => Promise<Filling<T>>;

/** Puts a file on the person's disk. */
export interface FileSaver {
  /**
   * Saves what `fill` writes under the name: the file takes its place when `fill` is through, and not before. What `fill`
   * wrote before it failed, or answered `discard`, is not kept. Answers undefined when the person closed the browser's own
   * dialog. Never rejects.
   */
  save<T>(fileName: string, fill: Fill<T>): Promise<Filling<T> | undefined>;
}

/** Streams to disk where the browser can; else collects a Blob, which browsers keep on disk when it is large. */
export function browserFileSaver(window: Window): FileSaver {
  return {
    save: async (fileName, fill) => {
      const target = await pickTarget(window, fileName);
      if (target === 'closed') return undefined;
      return target ? saveToTarget(target, fill) : saveAsBlob(window, fileName, fill);
    },
  };
}

/** The parts of the File System Access API that TypeScript's DOM library does not have. */
type PickerWindow = Window & {
  showSaveFilePicker(options: { suggestedName: string }): Promise<TargetFile>;
};
type TargetFile = FileSystemFileHandle & { remove?(): Promise<void> };

/** Milliseconds in which nobody closes a dialog: a browser that cannot show one says the same as a person who did. */
const TOO_SOON = 150;

/** Undefined where there is no picker, or where it refuses: in a frame of another origin, or without a click. */
async function pickTarget(window: Window, fileName: string): Promise<TargetFile | 'closed' | undefined> {
  if (!('showSaveFilePicker' in window)) return undefined;
  const asked = performance.now();
  try {
    // The line above looked for the method.
    return await (window as PickerWindow).showSaveFilePicker({ suggestedName: fileName });
  } catch (error) {
    const isClosed = error instanceof DOMException && error.name === 'AbortError';
    return isClosed && performance.now() - asked > TOO_SOON ? 'closed' : undefined;
  }
}

/** The browser writes to a file of its own, which takes the target's place only when it is closed. */
async function saveToTarget<T>(target: TargetFile, fill: Fill<T>): Promise<Filling<T>> {
  let diskError: unknown;
  try {
    const writable = await target.createWritable();
    const outcome = await fill((chunk) =>
      writable.write(chunk).catch((error: unknown) => {
        diskError = error;
        throw error;
      }),
    );
    if (outcome !== 'discard' && outcome.ok) {
      await writable.close();
      return outcome;
    }
    await writable.abort().catch(() => undefined);
    await removeIfEmpty(target);
    return diskError === undefined ? outcome : { ok: false, failure: diskFailure(target.name, diskError) };
  } catch (error) {
    await removeIfEmpty(target);
    return { ok: false, failure: diskFailure(target.name, error) };
  }
}

/** The picker creates the file that the person named, with nothing in it. */
async function removeIfEmpty(target: TargetFile): Promise<void> {
  try {
    if ((await target.getFile()).size === 0) await target.remove?.();
  } catch {
    // It is gone already, or not ours to remove: then it stays as it is.
  }
}

/** The disk is full, or the person took the permission back. */
function diskFailure(fileName: string, error: unknown): Failure {
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'source', reason: 'storage', url: fileName, status: undefined, detail };
}

async function saveAsBlob<T>(window: Window, fileName: string, fill: Fill<T>): Promise<Filling<T>> {
  const pieces: Blob[] = [];
  const outcome = await fill(async (chunk) => {
    pieces.push(new Blob([chunk]));
  });
  if (outcome === 'discard' || !outcome.ok) return outcome;
  // Any other type and a browser adds an ending of its own: an empty one makes `nix` into `nix.txt` in Chromium.
  const url = URL.createObjectURL(new Blob(pieces, { type: 'application/octet-stream' }));
  const link = window.document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download holds the Blob by then; a minute is more than any engine needs to take it.
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return outcome;
}

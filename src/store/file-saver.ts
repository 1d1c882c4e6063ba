import type { Failure } from '../archive/failure';
import type { Outcome } from '../archive/outcome';

type Write = (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;

/** Puts a file on the person's disk. */
export interface FileSaver {
  /**
   * Saves what `fill` writes under the name. Nothing half-written is left behind when `fill` fails. Answers undefined
   * when the person closed the browser's own dialog.
   */
  save<T>(fileName: string, fill: (write: Write) => Promise<Outcome<T>>): Promise<Outcome<T> | undefined>;
}

/** Streams to disk where the browser can; else collects a Blob, which browsers keep on disk when it is large. */
export function browserFileSaver(window: Window): FileSaver {
  return {
    save: async (fileName, fill) => {
      if (!('showSaveFilePicker' in window)) return saveAsBlob(window, fileName, fill);
      const target = await pickTarget(window, fileName);
      return target && saveToTarget(target, fill);
    },
  };
}

/** The part of the File System Access API that is used here; TypeScript's DOM library does not have the picker. */
type PickerWindow = Window & {
  showSaveFilePicker(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
};

async function pickTarget(window: Window, fileName: string): Promise<FileSystemFileHandle | undefined> {
  try {
    // The caller looked for the method.
    return await (window as PickerWindow).showSaveFilePicker({ suggestedName: fileName });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}

async function saveToTarget<T>(
  target: FileSystemFileHandle,
  fill: (write: Write) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  try {
    const writable = await target.createWritable();
    const outcome = await fill((chunk) => writable.write(chunk));
    if (outcome.ok) await writable.close();
    else await writable.abort();
    return outcome;
  } catch (error) {
    return { ok: false, failure: diskFailure(target.name, error) };
  }
}

/** The disk is full, or the person took the permission back. */
function diskFailure(fileName: string, error: unknown): Failure {
  const detail = error instanceof Error ? error.message : String(error);
  return { kind: 'source', reason: 'storage', url: fileName, status: undefined, detail };
}

async function saveAsBlob<T>(
  window: Window,
  fileName: string,
  fill: (write: Write) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const pieces: Blob[] = [];
  const outcome = await fill(async (chunk) => {
    pieces.push(new Blob([chunk]));
  });
  if (!outcome.ok) return outcome;
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

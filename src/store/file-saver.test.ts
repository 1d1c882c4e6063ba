import { expect, test, vi } from 'vitest';
import type { Outcome } from '../archive/outcome';
import { browserFileSaver } from './file-saver';

const OK: Outcome<string> = { ok: true, value: 'done' };
const CANCELLED: Outcome<string> = { ok: false, failure: { kind: 'cancelled', reason: 'cancelled' } };

/** A file behind the picker, which keeps what was written only when it is closed. */
function target(options: { failAt?: number; before?: number[] } = {}) {
  const log = { bytes: options.before ?? [], removed: false };
  const written: number[] = [];
  const writable = {
    write: async (chunk: Uint8Array) => {
      if (written.length === options.failAt) throw new DOMException('no space left', 'QuotaExceededError');
      written.push(...chunk);
    },
    close: async () => {
      log.bytes = written;
    },
    abort: async () => undefined,
  };
  const handle = {
    name: 'nix',
    createWritable: async () => writable,
    getFile: async () => new File([new Uint8Array(log.bytes)], 'nix'),
    remove: async () => {
      log.removed = true;
    },
  };
  return { log, handle };
}

/** A window that has a picker, or the one thing that a download needs. */
function windowWith(picker?: () => Promise<unknown>) {
  const clicks: { name: string; type: string; size: number }[] = [];
  const link = { href: '', download: '', click: () => {} };
  const blobs: Blob[] = [];
  URL.createObjectURL = (blob) => {
    // Only Blobs are given to it here.
    blobs.push(blob as Blob);
    return 'blob:x';
  };
  link.click = () => {
    const blob = blobs.at(-1);
    clicks.push({ name: link.download, type: blob?.type ?? '', size: blob?.size ?? 0 });
  };
  const page = { document: { createElement: () => link }, setTimeout: () => 0 };
  // As much of a window as the saver uses.
  return { clicks, window: (picker ? { ...page, showSaveFilePicker: picker } : page) as unknown as Window };
}

const fillWith =
  <T extends Outcome<string> | 'discard'>(outcome: T) =>
  async (write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>): Promise<Outcome<string> | T> => {
    try {
      await write(new Uint8Array([1, 2]));
      await write(new Uint8Array([3]));
      return outcome;
    } catch (error) {
      return {
        ok: false,
        failure: { kind: 'internal', reason: 'bug', message: String(error), stack: undefined },
      };
    }
  };

test('a picked file gets the bytes when everything was written', async () => {
  const { log, handle } = target();
  const { window } = windowWith(async () => handle);
  expect(await browserFileSaver(window).save('nix', fillWith(OK))).toBe(OK);
  expect(log).toEqual({ bytes: [1, 2, 3], removed: false });
});

test('a cancelled save leaves neither bytes nor the empty file that the picker made', async () => {
  const { log, handle } = target();
  const { window } = windowWith(async () => handle);
  expect(await browserFileSaver(window).save('nix', fillWith(CANCELLED))).toBe(CANCELLED);
  expect(log).toEqual({ bytes: [], removed: true });
});

test('a cancelled save over a file leaves that file', async () => {
  const { log, handle } = target({ before: [9, 9] });
  const { window } = windowWith(async () => handle);
  await browserFileSaver(window).save('nix', fillWith(CANCELLED));
  expect(log).toEqual({ bytes: [9, 9], removed: false });
});

test('a full disk is said to be one', async () => {
  const { log, handle } = target({ failAt: 2 });
  const { window } = windowWith(async () => handle);
  expect(await browserFileSaver(window).save('nix', fillWith(OK))).toMatchObject({
    failure: { kind: 'source', reason: 'storage', detail: 'no space left' },
  });
  expect(log).toEqual({ bytes: [], removed: true });
});

test('a file that cannot be written at all, or not be finished, is not there', async () => {
  const refuse = async (): Promise<never> => {
    throw new DOMException('not allowed', 'NotAllowedError');
  };
  const unopened = target();
  const unclosed = target();
  const writable = { ...(await unclosed.handle.createWritable()), close: refuse };
  for (const { log, handle } of [
    { log: unopened.log, handle: { ...unopened.handle, createWritable: refuse } },
    { log: unclosed.log, handle: { ...unclosed.handle, createWritable: async () => writable } },
  ]) {
    const { window } = windowWith(async () => handle);
    expect(await browserFileSaver(window).save('nix', fillWith(OK))).toMatchObject({
      failure: { kind: 'source', reason: 'storage', detail: 'not allowed' },
    });
    expect(log).toEqual({ bytes: [], removed: true });
  }
});

test('a dialog that was closed saves nothing', async () => {
  vi.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(500);
  const { window, clicks } = windowWith(() => Promise.reject(new DOMException('', 'AbortError')));
  expect(await browserFileSaver(window).save('nix', fillWith(OK))).toBeUndefined();
  expect(clicks).toEqual([]);
});

test.each([
  ['there is no picker', undefined],
  ['the picker refuses, as in a frame', () => Promise.reject(new DOMException('', 'SecurityError'))],
  ['no dialog can be shown', () => Promise.reject(new DOMException('', 'AbortError'))],
])('where %s the browser downloads, under the right name and type', async (_, picker) => {
  const { window, clicks } = windowWith(picker);
  expect(await browserFileSaver(window).save('nix', fillWith(OK))).toBe(OK);
  expect(clicks).toEqual([{ name: 'nix', type: 'application/octet-stream', size: 3 }]);
});

test('what is written and then not wanted is neither kept nor downloaded', async () => {
  const { log, handle } = target();
  const picked = windowWith(async () => handle);
  expect(await browserFileSaver(picked.window).save('nix', fillWith('discard'))).toBe('discard');
  expect(log).toEqual({ bytes: [], removed: true });
  const { window, clicks } = windowWith();
  expect(await browserFileSaver(window).save('nix', fillWith('discard'))).toBe('discard');
  expect(clicks).toEqual([]);
});

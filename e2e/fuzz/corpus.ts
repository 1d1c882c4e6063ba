import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { shell } from '../../src/codecs/testing/language';
import { NarParser } from '../../src/nix/nar/parser';
import { Notes } from '../../src/nix/nar/testing';

/**
 * The real files that are mutated. They come from the sample cache, which real Nix made and which is committed: so an
 * input is the same everywhere. Small ones, for there are many inputs.
 */
const SAMPLE = 'public/sample-cache';

export const sh = shell(spawnSync);

const COMMANDS: Readonly<Record<string, string>> = { nar: 'cat', xz: 'xz -dc', zst: 'zstd -dc' };

function filesIn(folder: string, ending: string): Uint8Array[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => new Uint8Array(readFileSync(join(folder, name))));
}

export function narInfos(): Uint8Array[] {
  return filesIn(SAMPLE, '.narinfo');
}

/** Some are compressed, as caches may have them. */
export function listings(): Uint8Array[] {
  const texts = filesIn(SAMPLE, '.ls').map((bytes) => (bytes[0] === 0x28 ? sh('zstd -dc', bytes) : bytes));
  return texts.filter((bytes) => bytes[0] === 0x7b && bytes.length < 6000);
}

export function cacheInfos(): Uint8Array[] {
  return filesIn(SAMPLE, 'nix-cache-info');
}

/** The NARs of a compression, with what they decode to. */
export function compressedNars(
  ending: 'nar' | 'xz' | 'zst',
): { compressed: Uint8Array; plain: Uint8Array }[] {
  return filesIn(join(SAMPLE, 'nar'), `.${ending}`)
    .map((compressed) => ({ compressed, plain: sh(COMMANDS[ending] ?? 'cat', compressed) }))
    .filter(({ plain }) => plain.length < 8000);
}

let known: readonly Uint8Array[] | undefined;

/** Smallest first. */
export function nars(): readonly Uint8Array[] {
  known ??= decodedNars();
  return known;
}

function decodedNars(): Uint8Array[] {
  const all = (['nar', 'xz', 'zst'] as const).flatMap(compressedNars).map(({ plain }) => plain);
  return all.sort((a, b) => a.length - b.length);
}

/** Derivations are NARs of one file. */
export function derivations(): Uint8Array[] {
  return nars()
    .map(onlyFile)
    .filter((bytes) => Buffer.from(bytes.subarray(0, 7)).toString() === 'Derive(');
}

function onlyFile(nar: Uint8Array): Uint8Array {
  const notes = new Notes();
  new NarParser(notes).push(nar);
  const [head = '', contents = ''] = notes.lines;
  return head.startsWith('regular ') ? new Uint8Array(Buffer.from(contents, 'latin1')) : new Uint8Array(0);
}

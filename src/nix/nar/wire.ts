import { LIMITS } from '../../limits';

/**
 * The wire format of a NAR, as Nix's archive.cc and serialise.hh write and read it. Everything is a string:
 *
 * ```
 * str(s)    = |s| as an unsigned 64-bit little-endian number, s, zero bytes up to a multiple of 8
 *
 * nar       = str("nix-archive-1") node
 * node      = str("(") str("type") ( regular | directory | symlink ) str(")")
 * regular   = str("regular") [ str("executable") str("") ] str("contents") str(CONTENTS)
 * directory = str("directory") { entry }
 * entry     = str("entry") str("(") str("name") str(NAME) str("node") node str(")")
 * symlink   = str("symlink") str("target") str(TARGET)
 * ```
 *
 * | limit, as of Nix 2.36                                            | enforced by                    |
 * |------------------------------------------------------------------|--------------------------------|
 * | a token (neither NAME nor TARGET nor CONTENTS): 32 bytes         | parser                         |
 * | NAME: 1–255 bytes, not `.` or `..`, no `/`, no zero byte         | parser, listing reader, writer |
 * | TARGET: 1–4095 bytes, no zero byte                               | parser, listing reader, writer |
 * | the NAMEs of a directory strictly increase, bytewise             | parser, writer (reader: sorts) |
 * | directories around a node: less than 64                          | parser, listing reader, writer |
 * | contents shorter than 2^53 bytes (Nix: 2^64)                     | parser, listing reader         |
 * | entries in all: 5 million (Nix: no limit)                        | listing builder                |
 * | nothing follows the archive (Nix: does not look)                 | `NarParser.pushWhole`          |
 *
 * Older Nix (2.8 for one) also takes fields in other orders, several times, or not at all, a missing
 * `contents` as an empty file. Nothing writes such archives, and they are refused here as Nix refuses them
 * today.
 */

/** Bytes of a token. Nix's longest is 13; the slack lets a failure say what stands there instead. */
export const MAX_TOKEN = 32;
/** Bytes of a name. */
export const MAX_NAME = LIMITS.name.most;
/** Bytes of a symlink's target. */
export const MAX_TARGET = LIMITS.target.most;
/** A node inside this many directories is refused. */
export const MAX_DEPTH = LIMITS.depth.most;

export const NAME_RULE = 'a name of 1 to 255 bytes, not "." or "..", without "/" and zero bytes';
export const TARGET_RULE = 'a target of 1 to 4095 bytes, without zero bytes';

/** Bytes of a string's length. */
export const LENGTH_SIZE = 8;

/** The bytes that a string takes after its length: itself and its padding. */
export function paddedSize(length: number): number {
  return Math.ceil(length / 8) * 8;
}

/** The bytes that a string of this length takes on the wire. */
export function stringSize(length: number): number {
  return LENGTH_SIZE + paddedSize(length);
}

/** The number at this place. Exact below 2^53, rounded from there on. The 8 bytes must be there. */
export function readU64(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at) + readU32(bytes, at + 4) * 2 ** 32;
}

function readU32(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
  return low + (bytes[at + 3] ?? 0) * 2 ** 24;
}

/** Eight bytes, little endian. `value` is a safe integer. */
export function writeU64(value: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(LENGTH_SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, value % 2 ** 32, true);
  view.setUint32(4, Math.floor(value / 2 ** 32), true);
  return bytes;
}

/** A string with its length and padding. Text becomes UTF-8. */
export function writeString(value: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const written = new Uint8Array(stringSize(bytes.length));
  written.set(writeU64(bytes.length));
  written.set(bytes, LENGTH_SIZE);
  return written;
}

/** Several strings, one after the other. */
export function writeStrings(...values: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  return concatBytes(values.map(writeString));
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** What stands between the parts of a NAR that vary: MAGIC, then nodes, each in a directory as an entry. */
export const MAGIC = writeStrings('nix-archive-1');
export const BEFORE_NAME = writeStrings('entry', '(', 'name');
export const AFTER_NAME = writeStrings('node');
export const DIRECTORY = writeStrings('(', 'type', 'directory');
export const SYMLINK = writeStrings('(', 'type', 'symlink', 'target');
export const REGULAR = writeStrings('(', 'type', 'regular');
export const EXECUTABLE = writeStrings('executable', '');
export const CONTENTS = writeStrings('contents');
/** Ends a node, and once more an entry. */
export const CLOSE = writeStrings(')');

const DOT = 0x2e;
const SLASH = 0x2f;

/** What keeps these bytes from being the name of an entry (NAME_RULE), or undefined when nothing does. */
export function nameProblem(name: Uint8Array): string | undefined {
  if (name.length === 0) return 'an empty name';
  if (name.length > MAX_NAME) return `a name of ${name.length} bytes`;
  if (name[0] === DOT && name.length === 1) return 'the name "."';
  if (name[0] === DOT && name[1] === DOT && name.length === 2) return 'the name ".."';
  if (name.includes(SLASH)) return 'a name with "/"';
  if (name.includes(0)) return 'a name with a zero byte';
  return undefined;
}

/** What keeps these bytes from being a symlink's target (TARGET_RULE), or undefined when nothing does. */
export function targetProblem(target: Uint8Array): string | undefined {
  if (target.length === 0) return 'an empty target';
  if (target.length > MAX_TARGET) return `a target of ${target.length} bytes`;
  return target.includes(0) ? 'a target with a zero byte' : undefined;
}

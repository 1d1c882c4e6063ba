import type { NarListing } from './listing';
import { ListingBuilder } from './listing-builder';
import { ListingVisitor } from './listing-visitor';
import { type NarParser, type NarVisitor, parseWholeNar, type RegularFile } from './parser';

/**
 * A language for the bytes of a NAR, for tests: `nar(dir({ bin: dir({ hello: exe('…') }) }))`. Every word
 * is the bytes that it stands for, so a broken archive is written by putting other bytes in a word's place.
 * The words share nothing with the code that they test.
 */

type Text = string | Uint8Array;

/** Text as UTF-8; bytes as they are. */
function bytesOf(text: Text): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

export function bytes(...values: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(values);
}

/** One after the other. */
export function join(...parts: Text[]): Uint8Array<ArrayBuffer> {
  const arrays = parts.map(bytesOf);
  const joined = new Uint8Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    joined.set(array, at);
    at += array.length;
  }
  return joined;
}

/** Unsigned, 64 bits, little endian. */
export function u64(value: number | bigint): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 8 }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
}

/** Length, text, padding; the padding may be another than zero bytes. */
export function str(text: Text, paddingByte = 0): Uint8Array<ArrayBuffer> {
  const { length } = bytesOf(text);
  return join(u64(length), text, new Uint8Array((8 - (length % 8)) % 8).fill(paddingByte));
}

/** Several strings. */
export function strs(...texts: Text[]): Uint8Array<ArrayBuffer> {
  return join(...texts.map((text) => str(text)));
}

export function nar(node: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(str('nix-archive-1'), node);
}

export function file(contents: Text = ''): Uint8Array<ArrayBuffer> {
  return strs('(', 'type', 'regular', 'contents', contents, ')');
}

/** An executable. */
export function exe(contents: Text = ''): Uint8Array<ArrayBuffer> {
  return strs('(', 'type', 'regular', 'executable', '', 'contents', contents, ')');
}

export function link(target: Text): Uint8Array<ArrayBuffer> {
  return strs('(', 'type', 'symlink', 'target', target, ')');
}

export function entry(name: Text, node: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(strs('entry', '(', 'name', name, 'node'), node, str(')'));
}

/** An object's entries are put in order; a list's stay as they are, and may have any names. */
export function dir(
  entries: Readonly<Record<string, Uint8Array>> | readonly (readonly [Text, Uint8Array])[] = {},
): Uint8Array<ArrayBuffer> {
  const listed = Array.isArray(entries)
    ? entries
    : Object.entries(entries).sort(([a], [b]) => (a < b ? -1 : 1));
  return join(strs('(', 'type', 'directory'), ...listed.map(([name, node]) => entry(name, node)), str(')'));
}

/** A node inside of this many directories, each named "d". */
export function nested(depth: number, node: Uint8Array): Uint8Array {
  return depth === 0 ? node : nested(depth - 1, dir({ d: node }));
}

/**
 * Writes down what it is told, a line for each entry, with contents joined. It copies nothing it must not
 * keep.
 */
export class Notes implements NarVisitor {
  readonly lines: string[] = [];
  private readonly decoder = new TextDecoder('latin1');

  enterDirectory(name: Uint8Array): void {
    this.lines.push(`directory ${this.text(name)}`);
  }

  leaveDirectory(): void {
    this.lines.push('leave');
  }

  beginRegular(name: Uint8Array, { executable, size, narOffset }: RegularFile): void {
    this.lines.push(`${executable ? 'executable' : 'regular'} ${this.text(name)} ${size} @${narOffset}`, '');
  }

  contents(chunk: Uint8Array): void {
    this.lines.push(this.lines.pop() + this.text(chunk));
  }

  endRegular(): void {
    this.lines.push('end');
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    this.lines.push(`symlink ${this.text(name)} -> ${this.text(target)}`);
  }

  private text(borrowed: Uint8Array): string {
    return this.decoder.decode(borrowed);
  }
}

/**
 * Pushes the bytes in chunks of these sizes (the last one to the end), all in one buffer that is
 * overwritten with 0xff after each push: whoever keeps borrowed bytes gets caught.
 */
export function pushPoisoned(parser: NarParser, whole: Uint8Array, chunkSizes: readonly number[]): void {
  const buffer = new Uint8Array(whole.length);
  let at = 0;
  for (const size of [...chunkSizes, whole.length]) {
    const chunk = buffer.subarray(0, Math.min(size, whole.length - at));
    chunk.set(whole.subarray(at, at + chunk.length));
    at += chunk.length;
    parser.pushWhole(chunk);
    buffer.fill(0xff);
  }
}

/** The listing of a NAR, as the parser reads it. */
export function listingOf(whole: Uint8Array): NarListing {
  const builder = new ListingBuilder();
  parseWholeNar(whole, new ListingVisitor(builder));
  return builder.snapshot();
}

/** What is thrown, when it is of this class; anything else fails the test. */
export function thrownBy<E extends Error>(kind: new (...args: never[]) => E, work: () => unknown): E {
  try {
    work();
  } catch (error) {
    if (error instanceof kind) return error;
    throw error;
  }
  throw new Error(`nothing was thrown, expected ${kind.name}`);
}

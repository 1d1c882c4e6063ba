import { compareBytes } from './listing';
import type { NarVisitor } from './parser';
import {
  AFTER_NAME,
  BEFORE_NAME,
  CLOSE,
  CONTENTS,
  concatBytes,
  DIRECTORY,
  EXECUTABLE,
  MAGIC,
  MAX_DEPTH,
  NAME_RULE,
  nameProblem,
  paddedSize,
  REGULAR,
  SYMLINK,
  TARGET_RULE,
  targetProblem,
  writeString,
  writeU64,
} from './wire';

/**
 * Writes the NAR of what it is told. It is a NarVisitor, so a parser that tells it writes the archive
 * again; the root's name is ignored, so it may be a subtree. Chunks go out in order: contents as they came
 * in (borrowed), the rest in arrays of their own. What no NAR may hold (see wire.ts), names that do not
 * increase, contents of another size than stated and calls out of order are bugs of the caller, and throw
 * an Error.
 */
export class NarWriter implements NarVisitor {
  private readonly write: (chunk: Uint8Array) => void;
  /** By depth of the open directories: the name written last in each. */
  private readonly lastNames: Uint8Array[] = [];
  private begun = false;
  private fileSize = 0;
  private fileLeft: number | undefined;

  constructor(write: (chunk: Uint8Array) => void) {
    this.write = write;
  }

  /** The archive is complete. */
  get done(): boolean {
    return this.begun && this.lastNames.length === 0 && this.fileLeft === undefined;
  }

  enterDirectory(name: Uint8Array): void {
    this.beginNode(name, DIRECTORY);
    this.lastNames.push(new Uint8Array(0));
  }

  leaveDirectory(): void {
    if (this.fileLeft !== undefined) throw new Error('NarWriter: a regular file is open');
    if (!this.lastNames.pop()) throw new Error('NarWriter: no directory is open');
    this.endNode();
  }

  beginRegular(name: Uint8Array, file: { readonly executable: boolean; readonly size: number }): void {
    const executable = file.executable ? [EXECUTABLE] : [];
    this.beginNode(name, REGULAR, ...executable, CONTENTS, writeU64(file.size));
    this.fileSize = file.size;
    this.fileLeft = file.size;
  }

  contents(chunk: Uint8Array): void {
    if (this.fileLeft === undefined || chunk.length > this.fileLeft) {
      throw new Error(`NarWriter: ${chunk.length} bytes of contents where ${this.fileLeft ?? 0} may follow`);
    }
    this.fileLeft -= chunk.length;
    this.write(chunk);
  }

  endRegular(): void {
    if (this.fileLeft !== 0)
      throw new Error(`NarWriter: ${this.fileLeft ?? 'no'} bytes of contents left to write`);
    this.fileLeft = undefined;
    this.endNode(new Uint8Array(paddedSize(this.fileSize) - this.fileSize));
  }

  symlink(name: Uint8Array, target: Uint8Array): void {
    const problem = targetProblem(target);
    if (problem) throw new Error(`NarWriter: expected ${TARGET_RULE}, found ${problem}`);
    this.beginNode(name, SYMLINK, writeString(target));
    this.endNode();
  }

  private beginNode(name: Uint8Array, ...parts: Uint8Array[]): void {
    if (this.fileLeft !== undefined) throw new Error('NarWriter: a regular file is open');
    const depth = this.lastNames.length;
    if (depth >= MAX_DEPTH) throw new Error(`NarWriter: ${depth} directories around a node`);
    if (depth === 0) {
      if (this.begun) throw new Error('NarWriter: the archive is complete');
      this.begun = true;
      this.write(concatBytes([MAGIC, ...parts]));
      return;
    }
    this.checkName(name);
    this.lastNames[depth - 1] = name.slice();
    this.write(concatBytes([BEFORE_NAME, writeString(name), AFTER_NAME, ...parts]));
  }

  private checkName(name: Uint8Array): void {
    const problem = nameProblem(name);
    if (problem) throw new Error(`NarWriter: expected ${NAME_RULE}, found ${problem}`);
    const last = this.lastNames.at(-1);
    if (last && compareBytes(last, name) >= 0) throw new Error('NarWriter: the names do not increase');
  }

  private endNode(...parts: Uint8Array[]): void {
    this.write(concatBytes(this.lastNames.length > 0 ? [...parts, CLOSE, CLOSE] : [...parts, CLOSE]));
  }
}

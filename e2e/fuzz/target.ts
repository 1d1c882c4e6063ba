import { isDeepStrictEqual } from 'node:util';
import { SourceError } from '../../src/bytes/errors';
import { CodecError } from '../../src/codecs/errors';
import { LimitError, MetadataFormatError, NarFormatError } from '../../src/nix/errors';
import type { Random } from './random';

/** One parser, or several that read the same kind of text. */
export interface Target {
  readonly name: string;
  /** Reads what it mutates and loads what it tries, once in a thread. */
  readonly open: () => OpenTarget | Promise<OpenTarget>;
}

export interface OpenTarget {
  /** An input that follows from the numbers alone. */
  readonly generate: (random: Random) => Input;
  /**
   * Has it read. An error of ours means that it was refused. What must not be, such as a text that does not come
   * out as it went in, is a Violation. Answers a word for what was read, to be counted.
   */
  readonly run: (input: Input, random: Random) => string | undefined | Promise<string | undefined>;
}

export interface Input {
  readonly bytes: Uint8Array;
  /** Of a compressed file: what the undamaged file holds; undefined where nobody knows. */
  readonly original?: Uint8Array | undefined;
  /** It was not damaged: it has to be read. */
  readonly isIntact?: boolean;
}

/** Something that was read, and is not right. */
export class Violation extends Error {}

export function mustBeSame(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Violation(`${what}: expected ${inShort(expected)}, found ${inShort(actual)}`);
}

function inShort(value: unknown): string {
  const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : JSON.stringify(value);
  return text === undefined ? 'undefined' : text.slice(0, 400);
}

/** Why it was refused, when the error is one that a parser may throw. */
export function refusalOf(error: unknown): string | undefined {
  const isFormat = error instanceof NarFormatError || error instanceof MetadataFormatError;
  if (isFormat || error instanceof CodecError || error instanceof SourceError) return error.reason;
  return error instanceof LimitError ? 'limit' : undefined;
}

/** Two readings of the same have to end the same: the word for what was read, or the refusal. */
export function outcomeOf(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (refusalOf(error) === undefined) throw error;
    return String(error);
  }
}

/** Mutated files, some of them as they are; the rest made by the grammar. */
export function mixed(ways: {
  readonly files: readonly Uint8Array[];
  readonly mutated: (random: Random) => Uint8Array;
  readonly made: (random: Random) => Uint8Array;
}): OpenTarget['generate'] {
  return (random) => {
    if (random.once(64)) return { bytes: random.pick(ways.files), isIntact: true };
    return { bytes: random.once(2) ? ways.made(random) : ways.mutated(random) };
  };
}

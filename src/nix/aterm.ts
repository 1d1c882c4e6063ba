import { LIMITS } from '../limits';
import { LimitError, MetadataFormatError, type MetadataFormatReason } from './errors';
import { decodeLossless, decodeUtf8, encodeLossless } from './lossless-utf8';
import { compareBytes } from './nar/listing';
import { quote } from './text';

/**
 * The part of the ATerm language that derivations are written in, as `parseString`, `endOfList` and
 * `printString` in Nix's derivations.cc read and write it:
 *
 *   string = '"' { any byte but " \ and line feed, carriage return, tab | \" | \\ | \n | \r | \t } '"'
 *   list   = '[' [ item { ',' item } ] ']'
 *
 * Nothing stands between the parts. Nix reads any other character behind a backslash as itself, and control
 * characters as they are; it writes neither, and here they are refused.
 */

/** Items of one list. Nix has no limit; a package of everything there is has some 100 000 inputs. */
export const MAX_ITEMS = LIMITS.derivationItems.most;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** By the character behind the backslash. */
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

/** Reads a text from its beginning to its end, piece by piece, once. */
export class ATermReader {
  private readonly text: string;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.text = decodeUtf8(bytes) ?? decodeLossless(bytes);
  }

  /** Whether these characters come next. */
  comes(characters: string): boolean {
    return this.text.startsWith(characters, this.at);
  }

  expect(characters: string): void {
    if (!this.comes(characters)) throw this.failure(`expected ${characters}, found ${this.next()}`);
    this.at += characters.length;
  }

  end(): void {
    if (this.at < this.text.length) throw this.failure(`expected the end, found ${this.next()}`);
  }

  /** A string without its quotes and escapes; bytes that are not UTF-8 as in lossless-utf8.ts. */
  string(): string {
    this.expect('"');
    const { text } = this;
    let unescaped = '';
    let start = this.at;
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at);
      if (code > BACKSLASH) continue;
      if (code === QUOTE) {
        const last = text.slice(start, this.at++);
        return unescaped + last;
      }
      if (code === BACKSLASH) {
        unescaped += text.slice(start, this.at) + this.escaped();
        start = this.at + 1;
      } else if (code === 0x0a || code === 0x0d || code === 0x09) {
        throw this.failure('expected an escape for a line break or a tab, found the character itself');
      }
    }
    throw this.failure('expected the end of a string, found the end');
  }

  /** A list, each item by `item`. */
  list<T>(item: () => T): T[] {
    const items: T[] = [];
    this.expect('[');
    while (!this.comes(']')) {
      if (items.length === MAX_ITEMS) throw new LimitError('items in a list of a derivation', MAX_ITEMS);
      if (items.length > 0) this.expect(',');
      items.push(item());
    }
    this.expect(']');
    return items;
  }

  /** A list of what Nix keeps sorted, without doubles, by the bytes of these keys. */
  sorted<T>(item: () => T, keyOf: (item: T) => string): T[] {
    let before: string | undefined;
    return this.list(() => {
      const next = item();
      const key = keyOf(next);
      if (before !== undefined) this.checkOrder(before, key);
      before = key;
      return next;
    });
  }

  /** A failure at this place, which is told in bytes. */
  failure(
    detail: string,
    facts: { reason?: MetadataFormatReason; field?: string } = {},
  ): MetadataFormatError {
    const place = encodeLossless(this.text.slice(0, this.at))?.length ?? this.at;
    return derivationError(`at byte ${place}: ${detail}`, facts);
  }

  /** The character behind a backslash, which becomes the current one. */
  private escaped(): string {
    this.at++;
    const character = ESCAPES.get(this.text.charAt(this.at));
    if (character === undefined) throw this.failure(`expected one of " \\ n r t, found ${this.next()}`);
    return character;
  }

  private checkOrder(before: string, key: string): void {
    const order = compareTexts(before, key);
    if (order === 0) throw this.failure(`${quote(key)} is there twice`, { reason: 'duplicate' });
    if (order > 0) throw this.failure(`expected something after ${quote(before)}, found ${quote(key)}`);
  }

  private next(): string {
    return this.at < this.text.length ? quote(this.text.slice(this.at, this.at + 20)) : 'the end';
  }
}

export function derivationError(
  detail: string,
  facts: { reason?: MetadataFormatReason; field?: string } = {},
): MetadataFormatError {
  return new MetadataFormatError({ format: 'derivation', reason: 'malformed', detail, ...facts });
}

/** In the order of their bytes, which beyond U+FFFF is not that of JavaScript. */
export function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return compareBytes(bytesOf(a), bytesOf(b));
}

/** The bytes of a text; half a surrogate pair that stands for no byte has none. */
export function bytesOf(text: string): Uint8Array {
  const bytes = encodeLossless(text);
  if (bytes === undefined) throw derivationError('expected characters, found half of a surrogate pair');
  return bytes;
}

const WRITTEN: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

export function formatString(text: string): string {
  return `"${text.replace(/["\\\n\r\t]/g, (character) => WRITTEN[character] ?? character)}"`;
}

export function formatList(items: readonly string[]): string {
  return `[${items.join(',')}]`;
}

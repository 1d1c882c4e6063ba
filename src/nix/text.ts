import { LIMITS } from '../limits';
import { byteOf, decodeLossless } from './lossless-utf8';

/**
 * Names and targets inside a NAR are byte strings; texts of a cache are strangers' words. Here they become
 * something to show, to put into an address, and to save under. All three treat bytes that are UTF-8 as the
 * characters they mean and keep the rest visible.
 */

/**
 * Characters that show nothing, or move or change what stands around them: controls (line breaks, DEL and C1
 * too), formatting (bidi overrides, isolates and marks, zero width, tags), surrogates, private use,
 * unassigned, line and paragraph separators, everything that a font may leave out, and the blank Braille
 * pattern.
 */
const UNSEEN = '\\p{C}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800';

/**
 * To be escaped when shown. Besides the unseen: the backslash, because it begins an escape; blanks other than
 * the space; a space that trimming or collapsing white space would lose; and a combining mark that has no
 * character of its own to stand on.
 */
const ESCAPED = new RegExp(`[${UNSEEN}\\\\]|(?! )\\p{Zs}|^ | (?=[ ]|$)|(?<=^|[/ ${UNSEEN}\\\\])\\p{M}`, 'gu');

const NAMED_ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

const NAME_LIMIT = LIMITS.savedName.most;

/**
 * What is shown for a name, a target or a path: UTF-8 decoded, and whatever could deceive as an escape: `\\`,
 * `\n`, `\r`, `\t`, `\x1b` for a byte, `\u202e` and `\u{e0041}` for a character. Two different byte strings
 * never give the same text, though letters of different scripts, or é written in two ways, may still look
 * alike. Right-to-left letters stay as they are, so whoever puts the text beside others isolates it
 * (`<bdi>`).
 */
export function displayBytes(bytes: Uint8Array): string {
  return displayText(decodeLossless(bytes));
}

/** The same for a text that was decoded before, such as a field of a narinfo. */
export function displayText(text: string): string {
  return text.replace(ESCAPED, escapeCharacter);
}

/** A stranger's text for an error's detail: shown safely, shortened, in quotes. */
export function quote(text: string): string {
  const limit = 100;
  return `"${displayText(text.slice(0, limit))}${text.length > limit ? '…' : ''}"`;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const byte = byteOf(code);
  if (byte !== undefined) return `\\x${hex(byte, 2)}`;
  if (code < 0x80) return NAMED_ESCAPES[character] ?? `\\x${hex(code, 2)}`;
  return code > 0xffff ? `\\u{${hex(code, 4)}}` : `\\u${hex(code, 4)}`;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/**
 * The path segments of an address for a path inside a NAR: everything but letters, digits, `-._~`, `+=@:,`
 * and the slash between names is percent-encoded, byte by byte. The other characters that a URL's path may
 * hold are encoded as well, because shells, Markdown and mail cut or change links at them. A browser resolves
 * segments `.` and `..` however they are encoded; no name in a NAR is either of them.
 */
export function formatNarPathForAddress(narPath: Uint8Array): string {
  let text = '';
  for (const byte of narPath) {
    const character = String.fromCharCode(byte);
    text += /[A-Za-z0-9\-._~+=@:,/]/.test(character) ? character : `%${hex(byte, 2).toUpperCase()}`;
  }
  return text;
}

/**
 * The bytes that an address's path means. Never throws: a `%` without two digits is itself, other characters
 * are their UTF-8.
 */
export function parseNarPathFromAddress(text: string): Uint8Array<ArrayBuffer> {
  const encoded = new TextEncoder().encode(text);
  const bytes = new Uint8Array(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    const high = encoded[at] === PERCENT ? hexValue(encoded[at + 1]) : undefined;
    const low = high === undefined ? undefined : hexValue(encoded[at + 2]);
    if (high === undefined || low === undefined) {
      bytes[length++] = encoded[at] ?? 0;
    } else {
      bytes[length++] = high * 16 + low;
      at += 2;
    }
  }
  return bytes.slice(0, length);
}

const PERCENT = 0x25;

function hexValue(code: number | undefined): number | undefined {
  if (code === undefined) return undefined;
  const value = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return value < 0 ? undefined : value;
}

/** To be replaced in a file's name: the unseen, and what Windows keeps for itself. */
const REPLACED = new RegExp(`[${UNSEEN}<>:"/\\\\|?*]`, 'gu');

/** Names that Windows gives to devices, whatever extension follows. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)/i;

/**
 * A name that Windows, macOS and Linux all take, and that shows what it is: what those refuse or what would
 * deceive is `_` (`_xE9` for a byte that is not UTF-8), a device's name gets a `_` in front, and at most 255
 * bytes of UTF-8 stay, the extension among them. `changed` says that the name is not the one in the archive.
 * A leading dot is kept: browsers drop it from a download, pickers do not.
 */
export function safeFileName(name: Uint8Array): { readonly name: string; readonly changed: boolean } {
  const original = decodeLossless(name);
  const replaced = original
    .replace(REPLACED, replacementFor)
    .replace(/^\p{Zs}+|[\p{Zs}.]+$/gu, (blanks) => '_'.repeat(blanks.length));
  const named = replaced === '' ? 'unnamed' : DEVICE.test(replaced) ? `_${replaced}` : replaced;
  const safe = shorten(named);
  return { name: safe, changed: safe !== original };
}

function replacementFor(character: string): string {
  const byte = byteOf(character.codePointAt(0) ?? 0);
  return byte === undefined ? '_' : `_x${hex(byte, 2).toUpperCase()}`;
}

/** Cuts before the extension, if that is short, and never inside a character. */
function shorten(name: string): string {
  const encoder = new TextEncoder();
  if (encoder.encode(name).length <= NAME_LIMIT) return name;
  const extension = /[^.]((?:\.tar)?\.[^.]{1,20})$/u.exec(name)?.[1] ?? '';
  let room = NAME_LIMIT - encoder.encode(extension).length;
  let stem = '';
  for (const character of name) {
    room -= encoder.encode(character).length;
    if (room < 0) break;
    stem += character;
  }
  return (stem + extension).replace(/[\p{Zs}.]+$/u, (blanks) => '_'.repeat(blanks.length));
}

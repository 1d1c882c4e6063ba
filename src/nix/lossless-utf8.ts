const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Every byte string as a text of its own: well-formed UTF-8 as its characters, any other byte as the lone
 * surrogate U+DC00 + byte, which UTF-8 cannot hold (Python's "surrogateescape").
 */
export function decodeLossless(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length === 0) {
      if (at > start) text += decoder.decode(bytes.subarray(start, at));
      text += String.fromCharCode(LONE_SURROGATE + (bytes[at] ?? 0));
      start = at + 1;
    }
    at += length || 1;
  }
  return text + decoder.decode(bytes.subarray(start));
}

const LONE_SURROGATE = 0xdc00;

/** The byte that such a lone surrogate stands for. */
export function byteOf(code: number): number | undefined {
  return code >= LONE_SURROGATE + 0x80 && code <= LONE_SURROGATE + 0xff ? code - LONE_SURROGATE : undefined;
}

/** Bytes of the well-formed UTF-8 character at a place (Unicode 3.9, table 3-7); 0 when there is none. */
function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  if (second < (SECOND_FROM.get(first) ?? 0x80) || second > (SECOND_TO.get(first) ?? 0xbf)) return 0;
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/**
 * Where the second byte is held tighter than 80 to BF: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 */
const SECOND_FROM: ReadonlyMap<number, number> = new Map([
  [0xe0, 0xa0],
  [0xf0, 0x90],
]);
const SECOND_TO: ReadonlyMap<number, number> = new Map([
  [0xed, 0x9f],
  [0xf4, 0x8f],
]);

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Undefined for what is not UTF-8. Most texts are, and the engine decodes and checks them fastest. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

const encoder = new TextEncoder();

/**
 * The bytes that `decodeLossless` makes such a text of; undefined for a surrogate that stands for no byte.
 */
export function encodeLossless(text: string): Uint8Array | undefined {
  const ascii = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return encodeBeyondAscii(text);
    ascii[i] = code;
  }
  return ascii;
}

function encodeBeyondAscii(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (!isSurrogate(text.charCodeAt(at))) continue;
    if (text.codePointAt(at) !== text.charCodeAt(at)) {
      at++;
      continue;
    }
    const byte = byteOf(text.charCodeAt(at));
    if (byte === undefined) return undefined;
    length += encoder.encodeInto(text.slice(start, at), bytes.subarray(length)).written;
    bytes[length++] = byte;
    start = at + 1;
  }
  length += encoder.encodeInto(text.slice(start), bytes.subarray(length)).written;
  return bytes.slice(0, length);
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff;
}

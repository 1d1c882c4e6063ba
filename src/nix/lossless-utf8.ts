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
      text +=
        decoder.decode(bytes.subarray(start, at)) + String.fromCharCode(LONE_SURROGATE + (bytes[at] ?? 0));
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

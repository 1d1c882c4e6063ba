import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  displayBytes,
  displayText,
  formatNarPathForAddress,
  parseNarPathFromAddress,
  safeFileName,
} from './text';

const utf8 = (text: string) => new TextEncoder().encode(text);
/** One byte for each character below U+0100. */
const raw = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Bytes that are UTF-8, bytes that are not, and mixtures with much of what is escaped. */
const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map(utf8),
  fc
    .array(
      fc.oneof(
        fc
          .constantFrom(
            '\\',
            'x',
            'u',
            '{',
            '}',
            '/',
            ' ',
            '.',
            '\u0301',
            '\u200b',
            '\u202e',
            '\ufeff',
            'é',
            '😀',
          )
          .map(utf8),
        fc.uint8Array({ maxLength: 3 }),
        fc.constantFrom('\xc3', '\xe2\x80', '\xed\xa0\x80', '\xf0\x9f\x98', '\xff').map(raw),
      ),
      { maxLength: 12 },
    )
    .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part]))),
);

describe('shown', () => {
  test.each([
    ['plain names stay', 'bin/nix-2.31.2 (1)~', 'bin/nix-2.31.2 (1)~'],
    ['letters of all scripts stay', 'naïve Übung 日本語 שלום é', 'naïve Übung 日本語 שלום é'],
    ['emoji stay', '😀', '😀'],
    ['markup is only text', '<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
    ['line breaks and tabs', 'a\nb\rc\td', String.raw`a\nb\rc\td`],
    ['other controls', '\0\x1b[31m\x7f', String.raw`\x00\x1b[31m\x7f`],
    ['C1 controls', 'a\u0085\u009bb', String.raw`a\u0085\u009bb`],
    ['backslashes', String.raw`a\nb`, String.raw`a\\nb`],
    ['bidi overrides', 'gpj\u202etxt.exe', String.raw`gpj\u202etxt.exe`],
    ['bidi isolates', 'a\u2066b\u2069', String.raw`a\u2066b\u2069`],
    ['bidi marks', 'a\u200eb\u200fc\u061cd', String.raw`a\u200eb\u200fc\u061cd`],
    ['zero-width characters', 'a\u200bb\u200cc\u200dd\u2060e', String.raw`a\u200bb\u200cc\u200dd\u2060e`],
    ['byte order marks', '\ufeffa\ufeff', String.raw`\ufeffa\ufeff`],
    ['line and paragraph separators', 'a\u2028b\u2029', String.raw`a\u2028b\u2029`],
    ['soft hyphens and joiners', 'a\u00ad\u034fb', String.raw`a\u00ad\u034fb`],
    ['Hangul fillers', 'a\u3164\uffa0b', String.raw`a\u3164\uffa0b`],
    ['variation selectors', 'a\ufe0fb', String.raw`a\ufe0fb`],
    ['tags above U+FFFF', 'a\u{e0041}', String.raw`a\u{e0041}`],
    ['private use and unassigned', '\ue000\u0378', String.raw`\ue000\u0378`],
    ['blanks that are no space', 'a\u00a0b\u2003c\u3000d\u2800e', String.raw`a\u00a0b\u2003c\u3000d\u2800e`],
    ['spaces at the ends and in runs', '  a  b ', String.raw`\x20 a\x20 b\x20`],
    ['a space alone', ' ', String.raw`\x20`],
    ['a combining mark with nothing before it', '\u0301a/\u0301', String.raw`\u0301a/\u0301`],
    ['a combining mark after an escape', 'a\\\u0338', String.raw`a\\\u0338`],
  ])('%s', (_, name, shown) => {
    expect(displayBytes(utf8(name))).toBe(shown);
    expect(displayText(name)).toBe(shown);
  });

  test.each([
    ['Latin-1', 'caf\xe9.txt', String.raw`caf\xe9.txt`],
    ['a lone continuation', 'a\x80b', String.raw`a\x80b`],
    ['a cut character', '\xe2\x82', String.raw`\xe2\x82`],
    ['a cut character before a letter', '\xf0\x9f\x98a', String.raw`\xf0\x9f\x98a`],
    ['an overlong slash', '\xc0\xaf', String.raw`\xc0\xaf`],
    ['an overlong character', '\xe0\x80\x80', String.raw`\xe0\x80\x80`],
    ['a surrogate', '\xed\xa0\x80', String.raw`\xed\xa0\x80`],
    ['something above U+10FFFF', '\xf4\x90\x80\x80', String.raw`\xf4\x90\x80\x80`],
    ['0xff among UTF-8', 'é\xffé'.replaceAll('é', '\xc3\xa9'), String.raw`é\xffé`],
  ])('bytes that are not UTF-8: %s', (_, bytes, shown) => {
    expect(displayBytes(raw(bytes))).toBe(shown);
  });

  test('a text never throws, whatever it holds', () => {
    expect(displayText('\ud800')).toBe(String.raw`\ud800`);
    expect(displayText('')).toBe('');
  });

  /** The inverse: that there is one proves that no two byte strings look the same. */
  const escapes = /\\(?:\\|n|r|t|x([0-9a-f]{2})|u([0-9a-f]{4})|u\{([0-9a-f]{5,6})\})/g;
  function bytesShownAs(text: string): Uint8Array {
    const parts: number[] = [];
    let at = 0;
    for (const match of text.matchAll(escapes)) {
      const [whole, byte, short, long] = match;
      parts.push(...utf8(text.slice(at, match.index)));
      if (byte !== undefined) parts.push(Number.parseInt(byte, 16));
      else if (short ?? long)
        parts.push(...utf8(String.fromCodePoint(Number.parseInt(short ?? long ?? '', 16))));
      else parts.push(...utf8({ '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\t': '\t' }[whole] ?? ''));
      at = match.index + whole.length;
    }
    parts.push(...utf8(text.slice(at)));
    return Uint8Array.from(parts);
  }

  test('every byte string can be told from what is shown, so no two are shown the same', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        expect(bytesShownAs(displayBytes(bytes))).toEqual(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('what is shown holds nothing unseen, and white space cannot hide in it', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const shown = displayBytes(bytes);
        expect(shown).not.toMatch(/\p{C}|(?! )\p{Z}|\p{Default_Ignorable_Code_Point}|^ | $| {2}/u);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('in an address', () => {
  test.each([
    ['bin/nix', 'bin/nix'],
    ['share/a b', 'share/a%20b'],
    ['a?b#c', 'a%3Fb%23c'],
    ['100%', '100%25'],
    ['%41', '%2541'],
    ['c++/a=b,c@d:e~f', 'c++/a=b,c@d:e~f'],
    ["it's (a) $HOME & more!*;", 'it%27s%20%28a%29%20%24HOME%20%26%20more%21%2A%3B'],
    ['a\\b|c[d]{e}^f`g"<h>', 'a%5Cb%7Cc%5Bd%5D%7Be%7D%5Ef%60g%22%3Ch%3E'],
    ['é\n', '%C3%A9%0A'],
    ['', ''],
  ])('%j is %s', (narPath, address) => {
    expect(formatNarPathForAddress(utf8(narPath))).toBe(address);
    expect(parseNarPathFromAddress(address)).toEqual(utf8(narPath));
  });

  test('names that are not UTF-8', () => {
    expect(formatNarPathForAddress(raw('caf\xe9'))).toBe('caf%E9');
    expect(parseNarPathFromAddress('caf%e9')).toEqual(raw('caf\xe9'));
  });

  test.each([
    ['%', '%'],
    ['%4', '%4'],
    ['%zz', '%zz'],
    ['%%41', '%A'],
    ['a%2', 'a%2'],
    ['%4é1', '%4é1'],
    ['日本', '日本'],
    ['a+b', 'a+b'],
    ['a%2Fb', 'a/b'],
    ['\ud800', '\ufffd'],
  ])('someone typed %j: %j', (typed, narPath) => {
    expect(parseNarPathFromAddress(typed)).toEqual(utf8(narPath));
  });

  test('all bytes come back, and the address is plain ASCII', () => {
    fc.assert(
      fc.property(anyBytes, (narPath) => {
        const address = formatNarPathForAddress(narPath);
        expect(address).toMatch(/^[A-Za-z0-9\-._~+=@:,/%]*$/);
        expect(parseNarPathFromAddress(address)).toEqual(narPath);
      }),
      { numRuns: 1000 },
    );
  });

  test('a browser keeps the address of every path that a NAR can hold', () => {
    const name = anyBytes
      .map((bytes) => bytes.filter((byte) => byte !== 0 && byte !== 0x2f))
      .filter((bytes) => bytes.length > 0 && !['.', '..'].includes(String.fromCharCode(...bytes)));
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), (names) => {
        const path = `/nix/store/x/${names.map(formatNarPathForAddress).join('/')}`;
        expect(new URL(path, 'https://example.org').pathname).toBe(path);
        expect(new URL(`https://example.org${path}?view=hex#L1`).pathname).toBe(path);
      }),
    );
  });

  test('typing never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (typed) => void parseNarPathFromAddress(typed)));
  });
});

describe('saved', () => {
  test.each([
    'nix',
    'lib.so.1',
    'README.md',
    '.hidden',
    '..hidden',
    'we ird;name',
    'it’s (a) 日本語 é 😀.txt',
    'console.log',
    'COM10',
    'nul-device',
    "a'b&c$d%41",
    'n'.repeat(255),
  ])('as it is: %s', (name) => {
    expect(safeFileName(utf8(name))).toEqual({ name, changed: false });
  });

  test.each([
    ['what Windows refuses', 'a<b>c:d"e/f\\g|h?i*j', 'a_b_c_d_e_f_g_h_i_j'],
    ['controls', 'a\nb\x00c\x7fd\u0085e', 'a_b_c_d_e'],
    ['bidi overrides', 'gpj\u202etxt.exe', 'gpj_txt.exe'],
    ['zero-width characters', 'a\u200bb\ufeffc', 'a_b_c'],
    ['a trailing dot', 'a.', 'a_'],
    ['trailing dots and spaces', 'a. . ', 'a____'],
    ['leading spaces', '  a', '__a'],
    ['.', '.', '_'],
    ['..', '..', '__'],
    ['a space', ' ', '_'],
    ['nothing', '', 'unnamed'],
    ['a device', 'CON', '_CON'],
    ['a device with an extension', 'nul.tar.gz', '_nul.tar.gz'],
    ['a device with a blank', 'aux .txt', '_aux .txt'],
    ['a numbered device', 'Com1.txt', '_Com1.txt'],
    ['a device with a superscript', 'lpt²', '_lpt²'],
    ['a console device', 'conin$', '_conin$'],
    ['a device whose dot is replaced', 'prn.', 'prn_'],
  ])('%s', (_, name, saved) => {
    expect(safeFileName(utf8(name))).toEqual({ name: saved, changed: true });
  });

  test('bytes that are not UTF-8 stay readable', () => {
    expect(safeFileName(raw('caf\xe9.txt'))).toEqual({ name: 'caf_xE9.txt', changed: true });
  });

  test.each([
    ['the extension stays', raw(`${'\xff'.repeat(80)}.desktop`), /^(_xFF){61}_xF\.desktop$/],
    ['both of two extensions', raw(`${'\xff'.repeat(80)}.tar.gz`), /^(_xFF){62}\.tar\.gz$/],
    ['something too long for an extension does not', raw(`\xff.${'x'.repeat(253)}`), /^_xFF\.x{250}$/],
    ['no character is cut', utf8(`:${'é'.repeat(127)}é`), /^_é{127}$/],
    ['no dot is left at the end', raw(`${'\xff'.repeat(63)}a..bbbbbbbbbbbbbbbbbbbbbbb`), /^(_xFF){63}a__$/],
  ])('at most 255 bytes: %s', (_, name, saved) => {
    const safe = safeFileName(name);
    expect(safe.name).toMatch(saved);
    expect(utf8(safe.name).length).toBeLessThanOrEqual(255);
    expect(safe.changed).toBe(true);
  });

  test('what comes out is safe, stays as it is when it goes in again, and says whether it changed', () => {
    const name = fc.oneof(anyBytes, fc.uint8Array({ minLength: 200, maxLength: 255 }));
    fc.assert(
      fc.property(name, (bytes) => {
        const safe = safeFileName(bytes);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
        expect(safe.name).not.toMatch(/[<>:"/\\|?*\x00-\x1f\x7f\u202a-\u202e]|^ |[ .]$|^$/);
        expect(safe.name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\s*(\.|$)/i);
        expect(utf8(safe.name).length).toBeLessThanOrEqual(255);
        expect(safe.changed).toBe(String(utf8(safe.name)) !== String(bytes));
        expect(safeFileName(utf8(safe.name))).toEqual({ name: safe.name, changed: false });
      }),
      { numRuns: 1000 },
    );
  });
});

import { joinNarPath, splitNarPath } from './nar/listing';
import { NIXBASE32_SET } from './nixbase32';
import { formatBaseName, parseBaseName, STORE_DIR, type StorePath } from './store-path';
import { parseNarPathFromAddress } from './text';

/** A store path that stands in a text, perhaps with a path inside it. */
export interface FoundStorePath {
  readonly storePath: StorePath;
  /** Empty for the store path itself. */
  readonly narPath: Uint8Array<ArrayBuffer>;
}

/**
 * A hash part and what may be a name, behind the store directory or alone. Alone means: nothing that could
 * belong to it in front (a blank, a quote, a bracket, `=` or other punctuation may stand there). A store
 * directory may stand behind anything (`-I/nix/store/…`).
 */
const BASE_NAME = new RegExp(
  `(?:(${STORE_DIR}/)|(?<![\\p{L}\\p{N}\\p{M}/._+?~@%$&#-]))(${NIXBASE32_SET}{32}-[0-9a-zA-Z+._?=-]+)`,
  'gu',
);

/**
 * What ends a path inside a store path: blanks, controls and format characters, quotes, brackets, backticks,
 * colon, comma, semicolon, backslash, pipe.
 */
const NAR_PATH = /(?:\/[^\s\p{Cc}\p{Cf}"'‘’‚“”„«»‹›()[\]{}<>`:,;\\|]*)?/uy;

/**
 * Every store path in a text someone pasted, in order and each once: `/nix/store/<hash>-<name>[/path inside]`
 * anywhere, and `<hash>-<name>[/path inside]` where it stands alone. Inside a URL the path inside is
 * percent-encoded and ends at `?` or `#`; elsewhere its characters mean themselves. What looks like a store
 * path and is none is passed over. Takes time in proportion to the text.
 */
export function findStorePaths(text: string): FoundStorePath[] {
  const found = new Map<string, FoundStorePath>();
  let end = 0;
  for (const match of text.matchAll(BASE_NAME)) {
    if (match.index < end) continue;
    const [whole, , baseName = ''] = match;
    const isUrl = standsInUrl(text, end, match.index);
    end = match.index + whole.length;
    const query = isUrl ? baseName.indexOf('?') : -1;
    let rest = '';
    if (query < 0) {
      NAR_PATH.lastIndex = end;
      rest = NAR_PATH.exec(text)?.[0] ?? '';
      end += rest.length;
    }
    const one = toFound(
      query < 0 ? baseName : baseName.slice(0, query),
      isUrl ? rest.replace(/[?#].*$/s, '') : rest,
      isUrl,
    );
    if (one) found.set(`${formatBaseName(one.storePath)}/${one.narPath.join()}`, one);
  }
  return [...found.values()];
}

function toFound(baseName: string, rest: string, isUrl: boolean): FoundStorePath | undefined {
  const storePath = storePathOf(rest === '' ? withoutFullStops(baseName) : baseName);
  if (storePath === undefined) return undefined;
  const inside = rest.endsWith('/..') ? rest : withoutFullStops(rest);
  const bytes = isUrl ? parseNarPathFromAddress(inside) : new TextEncoder().encode(inside);
  return { storePath, narPath: joinNarPath(withoutDots(splitNarPath(bytes))) };
}

function storePathOf(baseName: string): StorePath | undefined {
  try {
    return parseBaseName(baseName);
  } catch {
    return undefined;
  }
}

/** What ends a sentence rather than a name. */
function withoutFullStops(text: string): string {
  let end = text.length;
  while (end > 0 && '.?!…'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * Compilers write paths such as `lib/gcc/../../include`, but no entry of a NAR is named `.` or `..`. What
 * leaves the store path is not inside it.
 */
function withoutDots(names: readonly Uint8Array[]): Uint8Array[] {
  const kept: Uint8Array[] = [];
  for (const name of names) {
    const text = String.fromCharCode(...name.subarray(0, 3));
    if (text === '..' && kept.pop() === undefined) return [];
    if (text !== '.' && text !== '..') kept.push(name);
  }
  return kept;
}

/** Whether the word that reaches up to a place began as a URL. Nothing before `from` is looked at. */
function standsInUrl(text: string, from: number, at: number): boolean {
  let start = at;
  while (start > from && !/[\s"'`<>]/.test(text.charAt(start - 1))) start--;
  return text.slice(start, at).includes('://');
}

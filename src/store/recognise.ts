import { NIXBASE32_SET } from '../nix/nixbase32';
import { isHashPart } from '../nix/store-path';
import { findStorePaths } from '../nix/store-path-search';
import { type Address, formatAddress, LANDING } from './address';
import { recognisePage, recogniseUrl } from './recognise-url';

/**
 * Everything that a pasted text names, each once, in the order of the text: URLs, hash parts, store paths. One whose place
 * is `unknown` is an address of this page that cannot be read.
 */
export function recognise(text: string): Address[] {
  const whole = recogniseWhole(text.trim());
  if (whole) return [whole];
  const found: Address[] = [];
  let end = 0;
  for (const { start, length, address } of islands(text)) {
    found.push(...storePaths(text.slice(end, start)), address);
    end = start + length;
  }
  return distinct([...found, ...storePaths(text.slice(end))]);
}

/** What means something only when nothing else stands beside it: a hash part, an address of this page without its host. */
function recogniseWhole(text: string): Address | undefined {
  const hashPart = /^[^\p{L}\p{N}/]*([0-9a-z]{32})[^\p{L}\p{N}/]*$/u.exec(text)?.[1];
  if (hashPart !== undefined && isHashPart(hashPart)) return storePath({ hashPart });
  // Behind the store directory characters mean themselves: it is a path as Nix writes it.
  if (!/^\/(?!nix\/store\/)\S*$/.test(text)) return undefined;
  const { pathname, search, hash } = new URL(`https://page.example${text}`);
  return recognisePage({ pathname, search, hash }, isRecognised);
}

interface Island {
  readonly start: number;
  readonly length: number;
  readonly address: Address;
}

/** Ends a URL, or a path inside a store path, in a text. */
const AROUND = '\\s\\p{Cc}\\p{Cf}"\'‘’‚“”„«»‹›<>{}`|\\\\';

const URL_IN_TEXT = `[hH][tT]{2}[pP][sS]?://(?:\\[[0-9a-fA-F:.]+\\])?[^${AROUND}[\\]^]*`;

/**
 * A hash part without a name, behind a slash or the store directory or alone; then it needs something behind it, for
 * otherwise it may be any hash.
 */
const HASH_IN_TEXT =
  `(?<![\\p{L}\\p{N}\\p{M}/._+?~@%$&#-])(?<store>/(?:nix/store/)?)?(?<hashPart>${NIXBASE32_SET}{32})` +
  `(?:\\.(?:narinfo|ls)(?![\\p{L}\\p{N}/])|(?<inside>/[^${AROUND}()[\\]:,;]*)|(?<alone>(?![\\p{L}\\p{N}+_?=-])))`;

const ISLAND = new RegExp(`(?<url>${URL_IN_TEXT})|${HASH_IN_TEXT}`, 'gu');

/** What stands in a text besides store paths with their names. */
function* islands(text: string): Generator<Island> {
  for (const { index: start, groups = {}, 0: whole } of text.matchAll(ISLAND)) {
    const { url, store, hashPart = '', inside = '', alone } = groups;
    if (url !== undefined) {
      const word = withoutTail(url);
      const address = URL.canParse(word) ? recogniseUrl(new URL(word), isRecognised) : undefined;
      if (address) yield { start, length: word.length, address };
    } else if (isHashPart(hashPart) && (alone === undefined || store !== undefined)) {
      yield { start, length: whole.length, address: storePath({ hashPart, inside }) };
    }
  }
}

/** Without what belongs to the text around it: a bracket that was opened before it, the end of a sentence. */
function withoutTail(word: string): string {
  let end = 0;
  for (let depth = 0; end < word.length; end++) {
    if (word[end] === '(') depth++;
    if (word[end] === ')' && depth-- === 0) break;
  }
  while (end > 0 && '.,;:!?…*'.includes(word.charAt(end - 1))) end--;
  return word.slice(0, end);
}

function storePaths(text: string): Address[] {
  return findStorePaths(text).map(({ storePath: { hashPart, name }, narPath }) => ({
    ...LANDING,
    place: { kind: 'store-path', hashPart, name, narPath },
  }));
}

function storePath({ hashPart, inside = '' }: { hashPart: string; inside?: string }): Address {
  // A path inside is read as that of any store path; the name is a stand-in.
  const [found] = storePaths(`/nix/store/${hashPart}-x${inside}`);
  const narPath = found?.place.kind === 'store-path' ? found.place.narPath : new Uint8Array(0);
  return { ...LANDING, place: { kind: 'store-path', hashPart, name: undefined, narPath } };
}

/** What `/?q=` would show. A query in a query is none of ours: there would be no end to it. */
function isRecognised(text: string): boolean {
  return !/[?&]q=/.test(text) && recognise(text).length > 0;
}

/** The same view told twice is one; whichever knows the name, or names the cache, says so for both. */
function distinct(addresses: readonly Address[]): Address[] {
  const seen = new Map<string, Address>();
  for (const address of addresses) {
    const key = keyOf(address);
    const before = seen.get(key);
    seen.set(key, before ? both(before, address) : address);
  }
  return [...seen.values()];
}

function both(first: Address, second: Address): Address {
  if (first.place.kind !== 'store-path' || second.place.kind !== 'store-path') return first;
  const name = first.place.name ?? second.place.name;
  return { ...first, place: { ...first.place, name }, cacheUrl: first.cacheUrl ?? second.cacheUrl };
}

function keyOf(address: Address): string {
  const { place } = address;
  const nameless =
    place.kind === 'store-path' ? { ...address, place: { ...place, name: undefined } } : address;
  const { pathname, search, hash } = formatAddress(nameless);
  return pathname + search + hash;
}

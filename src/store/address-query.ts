/**
 * What a browser encodes in one part of a URL and leaves as it is in another, so that a query is the same in both forms
 * of an address; and what would end it: behind `#` a query may hold another `#`.
 */
const ENCODED_SOMEWHERE = /["#'<>`]/g;

/** The pairs of an address's query. What is taken is ours; what is left is not, and kept as it is written. */
export class AddressQuery {
  private pairs: readonly string[];

  /** With `?`, or empty. */
  constructor(search: string) {
    this.pairs = search
      .replace(/^\?/, '')
      .replace(ENCODED_SOMEWHERE, encodeAscii)
      .split('&')
      .filter((pair) => pair !== '');
  }

  /** The first value of a key, decoded; empty for a key alone, undefined where the key is not. */
  value(key: string): string | undefined {
    const pair = this.pairs.find((candidate) => keyOf(candidate) === key);
    return pair === undefined ? undefined : decode(pair.slice(key.length + 1));
  }

  take(key: string): string | undefined {
    const value = this.value(key);
    this.pairs = this.pairs.filter((pair) => keyOf(pair) !== key);
    return value;
  }

  /**
   * The value of a key that forms and a browser's keyword search write: there a plus is a space. Anywhere else it is a
   * plus, which names and URLs have more often than spaces.
   */
  takeFromForm(key: string): string | undefined {
    this.pairs = this.pairs.map((pair) => (keyOf(pair) === key ? pair.replaceAll('+', '%20') : pair));
    return this.take(key);
  }

  /** What nobody took, in order. */
  get rest(): readonly string[] {
    return this.pairs;
  }

  takeRest(): readonly string[] {
    const { pairs } = this;
    this.pairs = [];
    return pairs;
  }
}

export function keyOf(pair: string): string {
  return pair.split('=', 1)[0] ?? '';
}

/** As encodeURIComponent, but leaves what people want to read in a query, and encodes what texts end a URL at. */
export function encodeQueryValue(text: string): string {
  const encoded = encodeURIComponent(text).replace(/[!'()*]/g, encodeAscii);
  return encodeLastStop(encoded.replaceAll('%3A', ':').replaceAll('%2F', '/'));
}

/** Encodes a punctuation mark at the end: whoever finds the address in a text takes it for the end of a sentence. */
export function encodeLastStop(text: string): string {
  return text.replace(/[.,:]$/, encodeAscii);
}

function encodeAscii(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Base 64 with `+`, `/` and padding (RFC 4648 §4), for digests, keys and signatures: all of them short. */
export function formatBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

/**
 * Undefined when the text is not base 64. As in Nix, padding may be missing and spare bits of the last digit
 * are ignored.
 */
export function parseBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = /^([A-Za-z0-9+/]*)={0,2}$/.exec(text)?.[1];
  if (digits === undefined || digits.length % 4 === 1) return undefined;
  return Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
}

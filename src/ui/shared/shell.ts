/** Quoting for POSIX shells; bytes that cannot be typed need the `$'…'` of bash, zsh, ksh and POSIX 2024. */

/** Means itself everywhere. A leading `=` is a command's path in zsh. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;
/** What would not survive copying, or would deceive: controls, formatting (bidi), separators, and what is not UTF-8. */
const UNTYPABLE = /[\p{C}\p{Zl}\p{Zp}]/u;

/** One word of a command line that is exactly these bytes. */
export function quoteForShell(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return quoteBytes(bytes);
  }
  if (PLAIN.test(text)) return text;
  return UNTYPABLE.test(text) ? quoteBytes(bytes) : `'${text.replaceAll("'", "'\\''")}'`;
}

export function quoteText(text: string): string {
  return quoteForShell(new TextEncoder().encode(text));
}

/** The name of a file in the working directory: a dash in front would make it an option. */
export function quoteName(fileName: string): string {
  return quoteText(fileName.startsWith('-') ? `./${fileName}` : fileName);
}

function quoteBytes(bytes: Uint8Array): string {
  const escaped = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    return /[A-Za-z0-9_@%+=:,./ -]/.test(character) ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
  });
  return `$'${escaped.join('')}'`;
}

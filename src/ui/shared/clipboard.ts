/** Puts a text on the clipboard. False when the browser does not let a page do so (no HTTPS, or forbidden). */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

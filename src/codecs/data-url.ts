/** The bytes of a `data:` URL in base64, as `?url&inline` gives a module of WebAssembly: the page's policy lets nobody fetch one. */
export function bytesOfDataUrl(url: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (character) => character.charCodeAt(0));
}

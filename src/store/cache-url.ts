/** The cache that addresses leave out, and that is asked before anything was chosen. */
export const DEFAULT_CACHE_URL = 'https://cache.nixos.org';

/**
 * A cache as people and addresses write it: a bare host means https; a URL stands for itself, without slashes at its
 * end. Undefined for what is neither, and for what holds a user name: a page cannot ask with one.
 */
export function cacheUrlFrom(text: string): string | undefined {
  const written = text.trim();
  // Browsers differ in whether a blank may be part of a host, and take slashes too many for nothing.
  if (/\s|^$|^[/?#]/.test(written)) return undefined;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(written) ? written : `https://${written}`;
  if (!isFetchableUrl(withScheme)) return undefined;
  const url = new URL(withScheme);
  return url.origin + url.pathname.replace(/\/+$/, '') + url.search;
}

/** The short form of a cache for addresses and texts: the bare host where that says all. */
export function shortCacheUrl(cacheUrl: string): string {
  return cacheUrl.startsWith('https://') ? cacheUrl.slice('https://'.length) : cacheUrl;
}

/** Whether a page can fetch it: a URL with http or https, and nobody's name in it. */
export function isFetchableUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && hostname !== '' && username === '' && password === '';
}

/** A URL that cannot be used, to be named in a failure: without user name, password, query and fragment. */
export function withoutSecrets(text: string): string {
  return text.replace(/[?#].*$/s, '').replace(/^([a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i, '$1');
}

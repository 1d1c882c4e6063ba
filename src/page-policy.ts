/**
 * What the page may do at all, said to the browser: the built page carries it as a `<meta>`, hosts may send it as a header
 * (README, "Host"). A worker has the policy of its own response, so only the header reaches it.
 */

type Directives = Readonly<Record<string, readonly string[]>>;

/**
 * Where anything may be fetched from: a person may add any cache. `http:` is for those on loopback and in one's own network;
 * on a page that came by https, browsers refuse all of it but loopback.
 */
const ANY_CACHE = ["'self'", 'https:', 'http:'];

const DIRECTIVES: Directives = {
  'default-src': ["'none'"],
  // Decoders are WebAssembly, which counts as eval otherwise.
  'script-src': ["'self'", "'wasm-unsafe-eval'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'worker-src': ["'self'"],
  'connect-src': ANY_CACHE,
  'frame-src': ["'none'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'none'"],
  'require-trusted-types-for': ["'script'"],
  // Made in archive/start-thread.ts: it lets through the URLs of the page's threads.
  'trusted-types': ['archive-worker'],
};

export const PAGE_POLICY = formatPolicy(DIRECTIVES);

/** The page with only these caches, each an origin: for a host that wants no others. */
export function policyForCaches(origins: readonly string[]): string {
  return formatPolicy({ ...DIRECTIVES, 'connect-src': ["'self'", ...origins] });
}

/** What a host can send with everything: the policy, and what no `<meta>` can say. */
export const HOST_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * As near as the dev server comes to it: it writes scripts and styles into the page, speaks over a WebSocket, and writes its
 * errors as markup.
 */
export const DEV_POLICY = formatPolicy({
  ...withoutTrustedTypes(DIRECTIVES),
  'script-src': ["'self'", "'wasm-unsafe-eval'", "'unsafe-inline'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'connect-src': [...ANY_CACHE, 'ws:'],
});

/** As it stands in the page. No source in a policy holds a double quote. */
export function policyMeta(policy: string): string {
  return `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
}

function withoutTrustedTypes(directives: Directives): Directives {
  return Object.fromEntries(Object.entries(directives).filter(([name]) => !name.includes('trusted-types')));
}

function formatPolicy(directives: Directives): string {
  return Object.entries(directives)
    .map(([name, values]) => `${name} ${values.join(' ')}`)
    .join('; ');
}

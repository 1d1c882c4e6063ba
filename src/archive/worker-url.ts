/** Trusted Types, as far as they are needed here. Not every engine has them. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): UrlPolicy;
}
interface UrlPolicy {
  createScriptURL(url: string): object;
}

let urlPolicy: UrlPolicy | undefined;

/**
 * The URL of a worker's script, as the page's policy (page-policy.ts) lets it through: the one policy of this page or thread
 * knows one worker. Where Trusted Types are enforced the URL is an object, which TypeScript's libraries do not know.
 */
export function trustedWorkerUrl(url: string): string {
  // TypeScript's libraries do not have them.
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  urlPolicy ??= trustedTypes?.createPolicy('archive-worker', {
    createScriptURL: (asked) => {
      if (asked !== url) throw new TypeError(`${asked} is not the worker`);
      return asked;
    },
  });
  // The constructor of a worker takes it as well as a string.
  return urlPolicy ? (urlPolicy.createScriptURL(url) as unknown as string) : url;
}

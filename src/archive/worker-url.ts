/** Trusted Types, as far as they are needed here. Not every engine has them. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): UrlPolicy;
}
interface UrlPolicy {
  createScriptURL(url: string): object;
}

/**
 * The URLs of workers' scripts, as the page's policy (page-policy.ts) lets them through: the one policy of this page or thread
 * knows these, and is made when the first is asked for. Where Trusted Types are enforced a URL is an object, which TypeScript's
 * libraries do not know.
 */
export function trustedWorkerUrls(known: readonly string[]): (url: string) => string {
  let policy: UrlPolicy | undefined;
  return (url) => {
    // TypeScript's libraries do not have them.
    const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
    policy ??= trustedTypes?.createPolicy('archive-worker', {
      createScriptURL: (asked) => {
        if (!known.includes(asked)) throw new TypeError(`${asked} is no worker of this page`);
        return asked;
      },
    });
    // The constructor of a worker takes it as well as a string.
    return policy ? (policy.createScriptURL(url) as unknown as string) : url;
  };
}

import archiveUrl from '../../workers/archive.worker.ts?worker&url';
import decodeUrl from '../../workers/decode.worker.ts?worker&url';
import hashUrl from '../../workers/hash.worker.ts?worker&url';
import type { ThreadName } from './thread';

/** Trusted Types, as far as they are needed here. Not every engine has them. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): UrlPolicy;
}
interface UrlPolicy {
  createScriptURL(url: string): object;
}

const SCRIPTS: Readonly<Record<ThreadName, string>> = {
  archive: archiveUrl,
  decode: decodeUrl,
  hash: hashUrl,
};

export function startThread(name: ThreadName): Worker {
  return new Worker(trusted(SCRIPTS[name]), { type: 'module', name });
}

let policy: UrlPolicy | undefined;

/**
 * The URL of a thread's script, as the page's policy (page-policy.ts) lets it through, and no other. Where Trusted Types are
 * enforced it is an object, which TypeScript's libraries do not know.
 */
function trusted(url: string): string {
  // TypeScript's libraries do not have them.
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  policy ??= trustedTypes?.createPolicy('archive-worker', {
    createScriptURL: (asked) => {
      if (!Object.values(SCRIPTS).includes(asked)) throw new TypeError(`${asked} is no worker of this page`);
      return asked;
    },
  });
  // The constructor of a worker takes it as well as a string.
  return policy ? (policy.createScriptURL(url) as unknown as string) : url;
}

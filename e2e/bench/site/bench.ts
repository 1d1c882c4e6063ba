import { wrap } from 'comlink';
import { connectArchiveService } from '../../../src/archive/client';
import type { Outcome } from '../../../src/archive/outcome';
import type { CodecName } from '../../../src/codecs/codec';
import type { Decoding } from './decoding.worker';

const decoding = wrap<Decoding>(
  new Worker(new URL('./decoding.worker.ts', import.meta.url), { type: 'module', name: 'decode' }),
);
const service = connectArchiveService();
const never = new AbortController().signal;

interface Verified {
  readonly milliseconds: number;
  /** Names of the checks that did not end as `verified`. */
  readonly unverified: readonly string[];
  readonly keptIn: string;
}

/** What the bench asks of its page, from outside. */
const benchSite = {
  load: (url: string) => decoding.load(url),
  decode: (codec: CodecName, decodedSize: number) => decoding.decode(codec, decodedSize),
  digest: (codec: CodecName, decodedSize: number) => decoding.digest(codec, decodedSize),

  /**
   * Opens a store path by its listing, then reads its NAR whole with the service that the page has: fetched, hashed, decoded,
   * hashed, parsed, held against the listing and kept. The clock runs from the call to its answer.
   */
  async verify(cacheUrl: string, hashPart: string, publicKey: string): Promise<Verified> {
    const trustedKeys = [{ key: publicKey }];
    const input = { kind: 'store-path', hashPart, cacheUrls: [cacheUrl], trustedKeys } as const;
    const opened = answerOf(await service.open(input, () => {}, never));
    if (opened.kind !== 'archive') throw new Error(`${hashPart} is no archive`);
    const { id, keptIn } = opened.archive;
    const start = performance.now();
    const { verdicts } = answerOf(await service.verify(id, () => {}, never));
    const milliseconds = performance.now() - start;
    await service.close(id);
    const unverified = CHECKED.filter((name) => verdicts[name].state !== 'verified');
    return { milliseconds, unverified, keptIn };
  },
};

const CHECKED = ['signature', 'nar-hash', 'nar-size', 'file-hash', 'file-size', 'listing'] as const;

export type BenchSite = typeof benchSite;

function answerOf<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(JSON.stringify(outcome.failure));
}

Object.assign(globalThis, { benchSite });

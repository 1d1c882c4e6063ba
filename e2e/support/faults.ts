import type { Corpus } from '../fixtures/corpus';
import type { CacheServer } from './cache-server';
import type { ExplorerPage } from './explorer-page';
import { recordFact } from './facts';
import type { Misbehaviour } from './misbehaviour';
import { samplePath } from './sample';
import { expectSaved } from './saved';

export const hello = samplePath('hello-1.2');
export const NUMBERS = `${hello.storePath}/share/hello/numbers.txt`;
export const NARINFO = `/${hello.hashPart}.narinfo`;
export const LISTING = `/${hello.hashPart}.ls`;
export const NAR = `/${hello.narUrl}`;

/** Seconds: a cache that is silent for longer is asked again. */
export const IMPATIENT = { settings: { stalledDownloadTimeout: 1 } };

interface Passing {
  readonly fault: string;
  readonly where: string;
  readonly how: Misbehaviour;
}

/** What goes over by itself, or is got around. */
export const PASSING: readonly Passing[] = [
  {
    fault: 'a narinfo with status 503, once',
    where: NARINFO,
    how: { kind: 'status', status: 503, times: 1 },
  },
  {
    fault: 'a narinfo with status 429, twice',
    where: NARINFO,
    how: { kind: 'status', status: 429, times: 2 },
  },
  {
    fault: 'a narinfo that is cut at byte 100, once',
    where: NARINFO,
    how: { kind: 'cut', atByte: 100, times: 1 },
  },
  {
    fault: 'a narinfo that does not come, once',
    where: NARINFO,
    how: { kind: 'stall', afterBytes: 0, times: 1 },
  },
  {
    fault: 'a listing with status 500, once',
    where: LISTING,
    how: { kind: 'status', status: 500, times: 1 },
  },
  {
    fault: 'a listing that is cut at byte 20, once',
    where: LISTING,
    how: { kind: 'cut', atByte: 20, times: 1 },
  },
  { fault: 'a NAR with status 503, once', where: NAR, how: { kind: 'status', status: 503, times: 1 } },
  { fault: 'a NAR that is cut at byte 600, once', where: NAR, how: { kind: 'cut', atByte: 600, times: 1 } },
  {
    fault: 'a NAR that is cut before its first byte, once',
    where: NAR,
    how: { kind: 'cut', atByte: 0, times: 1 },
  },
  {
    fault: 'a NAR that falls silent at byte 500, once',
    where: NAR,
    how: { kind: 'stall', afterBytes: 500, times: 1 },
  },
  { fault: 'a NAR that drips', where: NAR, how: { kind: 'drip', chunkBytes: 200, pauseMs: 20 } },
  {
    fault: 'a NAR with a Content-Length that is 10 too large',
    where: NAR,
    how: { kind: 'wrong-length', by: 10 },
  },
];

interface Journey {
  readonly explorer: ExplorerPage;
  readonly cache: CacheServer;
  readonly corpus: Corpus;
}

/** A path is opened, and a file of it saved, while the cache does not do as it should. */
export async function saveInSpite(
  { where, how }: Pick<Passing, 'where' | 'how'>,
  { explorer, cache, corpus }: Journey,
): Promise<void> {
  cache.misbehave(where, how);
  await explorer.visit(hello.storePath, IMPATIENT);
  await explorer.treeStands();
  await explorer.select('share/hello/numbers.txt');
  await explorer.fileIs('numbers.txt');
  await expectSaved(await explorer.download(), corpus, NUMBERS);
  cache.release();
}

export function networkFact(fault: string, outcome: string, where: string): void {
  recordFact({
    kind: 'fault',
    area: 'network',
    fault,
    outcome,
    where,
    command: 'npm run test:page -- faults',
  });
}

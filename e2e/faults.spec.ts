import { type CacheServer, startCacheServer } from './support/cache-server';
import { expect, test } from './support/explorer';
import type { ExplorerPage } from './support/explorer-page';
import { hello, IMPATIENT, NAR, NARINFO, NUMBERS, networkFact, PASSING, saveInSpite } from './support/faults';
import type { Misbehaviour } from './support/misbehaviour';
import { sampleFile, samplePath } from './support/sample';
import { expectSaved } from './support/saved';

for (const passing of PASSING) {
  test(`${passing.fault}: the tree and the saved file are right`, async ({
    explorer,
    cache,
    corpus,
    engineName,
  }) => {
    await saveInSpite(passing, { explorer, cache, corpus });
    networkFact(passing.fault, 'the tree stands and the saved file is right', engineName);
  });
}

test('a cut goes on where it was: nobody asks for the beginning again', async ({
  explorer,
  corpus,
  engineName,
}) => {
  const server = await startCacheServer({ folder: corpus.caches.xz });
  explorer.mayFail.push(server.url);
  const perl = corpus.paths.find(({ name }) => name === 'perl-base');
  if (!perl) throw new Error('perl-base is not in the corpus');
  server.misbehave(/\.ls$/, { kind: 'status', status: 404 });
  server.misbehave('/nar/', { kind: 'cut', atByte: 1_000_000, times: 1 });
  await explorer.visit(`${perl.storePath}?cache=${server.url}`);
  await explorer.treeStands();
  await explorer.progressIsGone();
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  const [first, ...more] = server.requests.filter(({ path }) => path.startsWith('/nar/'));
  expect([first?.range, first?.writtenBytes, first?.end]).toEqual([undefined, 1_000_000, 'cut']);
  // The last bytes before a cut may not have reached the page; a browser that kept them asks only for what it lacks.
  for (const { range } of more) expect(Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1])).toBeGreaterThan(0);
  await server.close();
  networkFact(
    'a NAR that is cut at byte 1 000 000, once',
    'only the rest is asked for, and the decoder goes on',
    engineName,
  );
});

test('while it waits it says for what, and can be cancelled', async ({ explorer, cache, engineName }) => {
  const { engine } = explorer;
  cache.misbehave(NARINFO, { kind: 'status', status: 429, retryAfter: 30 });
  await explorer.visit(hello.storePath);
  const line = () => engine.evaluate<string>(`document.querySelector('footer')?.textContent ?? ''`);
  await expect
    .poll(line)
    .toMatch(/answered with status 429 · asking again in (30|29|28) s \(attempt 1 of 4\)/);
  await explorer.cancel();
  await explorer.progressIsGone();
  expect(await explorer.failure()).toBe('cancelled cancelled');
  expect(cache.requests.filter(({ path }) => path === NARINFO)).toHaveLength(1);
  networkFact(
    'status 429 with Retry-After: 30, and Cancel while it waits',
    'the wait is shown, nobody is asked again',
    engineName,
  );
});

interface Lasting {
  readonly fault: string;
  readonly where: string;
  readonly how: Misbehaviour;
  readonly failure: RegExp;
}

/** What does not go over: a failure in words, and the way back when the cache is well again. */
const LASTING: readonly Lasting[] = [
  {
    fault: 'a narinfo with status 500, always',
    where: NARINFO,
    how: { kind: 'status', status: 500 },
    failure: /^source http-status$/,
  },
  {
    fault: 'a narinfo that never comes',
    where: NARINFO,
    how: { kind: 'stall', afterBytes: 0 },
    failure: /^source stalled$/,
  },
  {
    fault: 'a captive portal’s page for every file',
    where: '/',
    how: { kind: 'html' },
    failure: /^source html$/,
  },
  {
    fault: 'a captive portal’s page for the NAR',
    where: NAR,
    how: { kind: 'html' },
    failure: /^source html$/,
  },
  {
    fault: 'a cache that does not allow browsers',
    where: '/',
    how: { kind: 'no-cors' },
    failure: /^source unreachable-or-cors$/,
  },
  {
    fault: 'a NAR that is cut at byte 100, always',
    where: NAR,
    how: { kind: 'cut', atByte: 100 },
    failure: /^source short-read$/,
  },
  {
    fault: 'a NAR with status 403',
    where: NAR,
    how: { kind: 'status', status: 403 },
    failure: /^source forbidden$/,
  },
  {
    fault: 'a NAR with a Content-Length that is 10 too small',
    where: NAR,
    how: { kind: 'wrong-length', by: -10 },
    failure: /^(source|codec) /,
  },
  {
    fault: 'a NAR with a flipped byte',
    where: NAR,
    how: { kind: 'flipped', atByte: 600 },
    failure: /^(codec|nar-format) /,
  },
];

for (const { fault, where, how, failure } of LASTING) {
  test(`${fault}: a failure in words, and Try again when it is over`, async ({
    explorer,
    cache,
    engineName,
  }) => {
    cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
    cache.misbehave(where, how);
    await explorer.visit(hello.storePath, IMPATIENT);
    expect(await explorer.failure()).toMatch(failure);
    cache.behave();
    cache.release();
    await explorer.engine.click({ role: 'button', name: 'Try again' });
    await explorer.treeStands();
    networkFact(fault, 'a failure in words; Try again opens the path when it is over', engineName);
  });
}

test('a file that changes between two requests is not read on', async ({ explorer, cache, engineName }) => {
  const odd = samplePath('odd-names-2.0');
  const other = Buffer.alloc(4000, 'another file');
  cache.misbehave(`/${odd.narUrl}`, { kind: 'replaced', body: other });
  await explorer.visit(odd.storePath);
  await explorer.treeStands();
  await explorer.select('.hidden');
  await explorer.fileIs('.hidden');
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  expect(await explorer.failure()).toBe('source changed');
  cache.behave();
  await explorer.engine.click({ role: 'button', name: 'Open it again' });
  await explorer.engine.click({ role: 'button', name: /^Verify/ });
  await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
  networkFact(
    'another file in the NAR’s place, between two requests',
    'named as changed; Open it again reads what is there now',
    engineName,
  );
});

test('an answer with other bytes than asked for never becomes a file', async ({
  explorer,
  cache,
  engineName,
}) => {
  const odd = samplePath('odd-names-2.0');
  cache.misbehave('/nar/', { kind: 'wrong-range', by: 8 });
  await explorer.visit(`${odd.storePath}/.hidden`);
  // The preview says so first, then the download.
  expect(await explorer.failure()).toBe('source wrong-range');
  await explorer.startDownload();
  const failures = { css: '[role=alert][data-failure=source][data-reason=wrong-range]' };
  await expect.poll(() => explorer.engine.count(failures)).toBe(2);
  networkFact('206 with other bytes than asked for', 'a failure in words, no file', engineName);
});

test('a host that ignores Range gives the right file all the same', async ({
  explorer,
  cache,
  corpus,
  engineName,
}) => {
  const odd = samplePath('odd-names-2.0');
  cache.misbehave('/nar/', { kind: 'range-ignored' });
  await explorer.visit(`${odd.storePath}/.hidden`);
  await explorer.fileIs('.hidden');
  const saved = await explorer.download();
  // Browsers drop a dot that comes first.
  await expectSaved({ ...saved, name: '.hidden' }, corpus, `${odd.storePath}/.hidden`);
  networkFact('200 and the whole file where a range was asked for', 'the saved file is right', engineName);
});

test('a NAR on another host is followed there', async ({ explorer, cache, corpus, engineName }) => {
  const elsewhere = await otherCache(explorer);
  cache.misbehave('/nar/', { kind: 'redirect', to: elsewhere.url });
  await explorer.visit(NUMBERS);
  await explorer.fileIs('numbers.txt');
  await expectSaved(await explorer.download(), corpus, NUMBERS);
  await elsewhere.close();
  networkFact('a redirect to another host', 'followed; the saved file is right', engineName);
});

async function otherCache(explorer: ExplorerPage): Promise<CacheServer> {
  const server = await startCacheServer({ folder: sampleFile('') });
  explorer.mayFail.push(server.url);
  return server;
}

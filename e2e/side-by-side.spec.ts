import { testWithCache } from './support/compressed-cache';
import { expect } from './support/explorer';
import { recordFact } from './support/facts';
import { startFaultySite } from './support/faulty-site';
import { expectSaved } from './support/saved';
import { wholeNarIsRead } from './support/soak';

/** NARs of several parts that decode by themselves, in threads of their own. */
const test = testWithCache('zstd-frames', 'without .ls');

const FILE = 'usr/lib/x86_64-linux-gnu/libicui18n.so.72.1';
/** 35 MiB: three frames. */
const NAME = 'libicu72';

test('frames of zstd are decoded side by side: the tree stands and the saved file is right', async ({
  explorer,
  cache,
  corpus,
}) => {
  const path = corpus.paths.find(({ name }) => name === NAME);
  if (!path) throw new Error(`${NAME} is not in the corpus`);
  await explorer.visit(path.storePath);
  await wholeNarIsRead(explorer);
  expect(await explorer.verdict('nar-hash')).toBe('verified');
  expect(cache.requests.filter((one) => one.path.startsWith('/nar/'))).toHaveLength(1);
  await explorer.open(`${path.storePath}/${FILE}`);
  await wholeNarIsRead(explorer);
  await explorer.fileIs('libicui18n.so.72.1');
  await expectSaved(await explorer.download(), corpus, `${path.storePath}/${FILE}`);
});

test('the script of the threads that decode cannot be fetched: said in words, and trying again works', async ({
  explorer,
  corpus,
  sites,
}) => {
  const path = corpus.paths.find(({ name }) => name === NAME);
  const site = await startFaultySite(sites.root.url);
  explorer.mayFail.push(site.url);
  site.refuse(/\/decode\.worker/);
  await explorer.visit(path?.storePath, { site: site.url });
  expect(await explorer.failure()).toBe('internal worker-not-loaded');
  site.allow();
  await explorer.engine.click({ role: 'button', name: 'Try again' });
  await wholeNarIsRead(explorer);
  await site.close();
  recordFact({
    kind: 'fault',
    area: 'threads',
    fault: 'the script of the threads that decode is answered with 500',
    outcome: 'the page says what is missing; when it can be had, trying again works',
    where: explorer.engine.name,
    command: `npm run test:page -- --project=${explorer.engine.name} side-by-side`,
  });
});

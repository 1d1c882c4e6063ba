import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const hello = samplePath('hello-1.2');
const narOf = (path: { narUrl: string }) => `/${path.narUrl}`;

test('a download that stands still can be cancelled, and started again', async ({
  explorer,
  cache,
  corpus,
}) => {
  await explorer.visit(hello.storePath);
  await explorer.treeStands();
  cache.misbehave(narOf(hello), { kind: 'stall', afterBytes: 500 });
  await explorer.select('share/hello/numbers.txt');
  await explorer.fileIs('numbers.txt');
  await explorer.startDownload();
  await explorer.progressIsShown();
  await explorer.cancel();
  await explorer.progressIsGone();
  cache.behave();
  // What the preview still waits for.
  cache.release();
  await expectSaved(await explorer.download(), corpus, `${hello.storePath}/share/hello/numbers.txt`);
});

test('opening can be cancelled, and the transfer ends', async ({ explorer, cache }) => {
  cache.misbehave(/\.ls$/, { kind: 'status', status: 404 });
  cache.misbehave(narOf(hello), { kind: 'stall', afterBytes: 500 });
  const transfer = () => cache.requests.find(({ path }) => path === narOf(hello));
  await explorer.visit(hello.storePath);
  await explorer.progressIsShown();
  // The progress stands before the NAR is asked for.
  await expect.poll(() => transfer()?.writtenBytes).toBe(500);
  await explorer.cancel();
  await explorer.progressIsGone();
  await expect.poll(() => transfer()?.end).toBe('cut');
});

test('another address while one is opening: only the last one stands', async ({ explorer, cache }) => {
  const helloStatic = samplePath('hello-static-1.2');
  cache.misbehave(`/${hello.hashPart}`, { kind: 'stall', afterBytes: 0 });
  await explorer.visit(hello.storePath);
  await explorer.open(helloStatic.storePath);
  await explorer.treeStands();
  cache.release();
  await explorer.addressIs(helloStatic.storePath);
  await expect.poll(() => explorer.engine.title()).toMatch(/^hello-static-1.2/);
});

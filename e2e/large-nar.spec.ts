import { sha256 } from './fixtures/expected';
import { recordFact } from './support/facts';
import { expect, fileOf, test, wholeNarIsRead } from './support/soak';

test('a NAR larger than the memory of the spool, in a browser with private files or without', async ({
  explorer,
  cache,
  soak,
}) => {
  const path = soak.huge.unlisted;
  await explorer.visit(path.storePath);
  await wholeNarIsRead(explorer);
  await explorer.select('share/long.txt');
  await explorer.fileIs('long.txt');
  cache.forget();
  const saved = await explorer.download();
  expect(sha256(saved.bytes)).toBe(fileOf(path, 'share/long.txt').sha256);
  expect(cache.requests, 'what was decoded once is kept').toEqual([]);
  const hasPrivateFiles = await explorer.engine.evaluate(
    'navigator.storage?.getDirectory ? navigator.storage.getDirectory().then(() => true, () => false) : false',
  );
  if (hasPrivateFiles) return;
  recordFact({
    kind: 'fault',
    area: 'storage',
    fault: 'a browser without private files opens a NAR of 160 MiB',
    outcome: 'all of it is kept in memory; the saved file is right and asks the cache for nothing more',
    where: explorer.engine.name,
    command: `npm run test:page -- --project=${explorer.engine.name} large-nar`,
  });
});

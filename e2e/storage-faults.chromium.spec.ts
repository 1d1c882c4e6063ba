import { sha256 } from './fixtures/expected';
import { recordFact } from './support/facts';
import { playwrightPage } from './support/playwright-engine';
import { expect, fileOf, test, wholeNarIsRead } from './support/soak';
import { spoolFiles } from './support/spool-folder';

const MIB = 2 ** 20;
const COMMAND = 'npm run test:page -- --project=chromium storage-faults';

test('the quota ends in the middle of a NAR of 160 MiB: it goes on in memory', async ({
  explorer,
  soak,
  sites,
}) => {
  const path = soak.huge.unlisted;
  const page = playwrightPage(explorer.engine);
  const devtools = await page.context().newCDPSession(page);
  const { origin } = new URL(sites.root.url);
  await explorer.visit();
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 20 * MIB });
  await explorer.open(path.storePath);
  await wholeNarIsRead(explorer);
  await explorer.select('share/long.txt');
  await explorer.fileIs('long.txt');
  const stored = async () => (await devtools.send('Storage.getUsageAndQuota', { origin })).usage;
  // Some of it went to disk before there was no more room.
  expect(await spoolFiles(page)).toHaveLength(1);
  expect(await stored()).toBeGreaterThan(MIB);
  expect(await stored()).toBeLessThan(21 * MIB);
  const saved = await explorer.download();
  expect(sha256(saved.bytes)).toBe(fileOf(path, 'share/long.txt').sha256);
  expect(await explorer.verdict('nar-hash')).toBe('verified');
  recordFact({
    kind: 'fault',
    area: 'storage',
    fault: 'the quota of the browser ends while a NAR of 160 MiB is kept',
    outcome: 'the rest is kept in memory; the saved file is right and its NarHash verified',
    where: 'chromium',
    command: COMMAND,
  });
});

test('the private files are cleared away under an open archive: no wrong bytes, and a way to go on', async ({
  explorer,
  soak,
  sites,
}) => {
  const path = soak.huge.unlisted;
  const page = playwrightPage(explorer.engine);
  const devtools = await page.context().newCDPSession(page);
  await explorer.visit(path.storePath);
  await wholeNarIsRead(explorer);
  await explorer.select('share/long.txt');
  await explorer.fileIs('long.txt');
  expect(await spoolFiles(page)).toHaveLength(1);
  await devtools.send('Storage.clearDataForOrigin', {
    origin: new URL(sites.root.url).origin,
    storageTypes: 'file_systems,indexeddb,service_workers,cache_storage,websql',
  });
  await explorer.startDownload();
  expect(await explorer.failure()).toBe('source kept-bytes-lost');
  await explorer.engine.click({ role: 'button', name: 'Open it again' });
  await explorer.progressIsGone();
  await explorer.fileIs('long.txt');
  const saved = await explorer.download();
  expect(sha256(saved.bytes)).toBe(fileOf(path, 'share/long.txt').sha256);
  expect(await spoolFiles(page), 'what is decoded goes to disk again').toHaveLength(1);
  recordFact({
    kind: 'fault',
    area: 'storage',
    fault: 'the data of the site are cleared while an archive stands open whose bytes are kept there',
    outcome: 'a download fails in words and nothing is saved; opened again, the saved file is right',
    where: 'chromium',
    command: COMMAND,
  });
});

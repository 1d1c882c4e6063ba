import type { Page } from '@playwright/test';
import { sha256 } from './fixtures/expected';
import { recordFact } from './support/facts';
import { playwrightPage } from './support/playwright-engine';
import { expect, fileOf, test } from './support/soak';
import { SPOOL_FOLDER, spoolFiles } from './support/spool-folder';

/** A file of a session that is long gone. */
const LEFT_BEHIND = 'gone.1';

test('tabs of one origin keep their private files apart, and clear away what dead ones left', async ({
  explorer,
  soak,
}) => {
  const large = soak.huge.unlisted;
  const first = playwrightPage(explorer.engine);
  // What is kept would be opened instead of being spooled again.
  await explorer.visit('/', { settings: { keptQuota: 0 } });
  await first.evaluate(LEAVE_BEHIND);
  const address = new URL(large.storePath, await explorer.engine.address()).href;

  await first.goto(address);
  await isOpen(first);
  // The first private file of this tab was preceded by clearing away.
  const [ofFirst, ...more] = await spoolFiles(first);
  expect(more).toEqual([]);
  expect(ofFirst).not.toBe(LEFT_BEHIND);

  const second = await first.context().newPage();
  await second.goto(address);
  await isOpen(second);
  const both = await spoolFiles(second);
  expect(both).toHaveLength(2);
  expect(both).toContain(ofFirst);

  await second.close();
  // Nobody is there who could have removed it.
  const third = await first.context().newPage();
  await third.goto(address);
  await isOpen(third);
  const [one, other, ...none] = await spoolFiles(first);
  expect(none).toEqual([]);
  expect([one, other]).toContain(ofFirst);
  expect([one, other].filter((name) => both.includes(name ?? ''))).toEqual([ofFirst]);

  await third.close();
  await explorer.select('share/long.txt');
  await explorer.fileIs('long.txt');
  const saved = await explorer.download();
  expect(sha256(saved.bytes)).toBe(fileOf(large, 'share/long.txt').sha256);
  recordFact({
    kind: 'fault',
    area: 'storage',
    fault: 'two tabs keep decoded bytes at once, one is closed, and a third begins',
    outcome:
      'the third removes what the closed tab left, and only that; the file saved in the first is right',
    where: explorer.engine.name,
    command: `npm run test:page -- --project=${explorer.engine.name} tabs.opfs`,
  });
});

const LEAVE_BEHIND = `navigator.storage.getDirectory()
  .then((root) => root.getDirectoryHandle('${SPOOL_FOLDER}', { create: true }))
  .then((folder) => folder.getFileHandle('${LEFT_BEHIND}', { create: true })).then(() => undefined)`;

/** All of the NAR has been read and kept. */
async function isOpen(page: Page): Promise<void> {
  await page.locator('footer', { hasText: 'Tree from NAR' }).waitFor({ timeout: 30_000 });
}

import { recordFact } from './support/facts';
import { startFaultySite } from './support/faulty-site';
import { expect, test } from './support/soak';

const PARTS = [
  { part: 'the script of the worker', path: /\/archive\.worker/, failure: 'internal worker-not-loaded' },
  { part: 'the decoder for zstd', path: /\/zstd-/, failure: 'codec not-loaded' },
];

for (const { part, path, failure } of PARTS) {
  test(`${part} cannot be fetched: said in words, and trying again works`, async ({
    explorer,
    soak,
    sites,
  }) => {
    const site = await startFaultySite(sites.root.url);
    explorer.mayFail.push(site.url);
    site.refuse(path);
    await explorer.visit(soak.huge.unlisted.storePath, { site: site.url });
    expect(await explorer.failure()).toBe(failure);
    site.allow();
    await explorer.engine.click({ role: 'button', name: 'Try again' });
    await explorer.treeStands();
    await explorer.select('bin/first');
    await explorer.fileIs('first');
    await site.close();
    recordFact({
      kind: 'fault',
      area: 'threads',
      fault: `${part} is answered with 500`,
      outcome: 'the page says what is missing; when it can be had, trying again works',
      where: explorer.engine.name,
      command: `npm run test:page -- --project=${explorer.engine.name} parts-of-the-page`,
    });
  });
}

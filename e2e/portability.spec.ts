import { expect, test } from './support/explorer';
import type { ExplorerPage } from './support/explorer-page';
import { samplePath } from './support/sample';

const portability = (explorer: ExplorerPage) =>
  explorer.engine.attribute({ css: '[data-portability]' }, 'data-portability');

for (const [path, kind] of [
  [`${samplePath('hello-static-1.2').storePath}/bin/hello-static`, 'static'],
  [`${samplePath('hello-1.2').storePath}/bin/hello`, 'dynamic'],
  [`${samplePath('hello-1.2').storePath}/share/hello/numbers.txt`, 'not-a-program'],
] as const) {
  test(`${path.slice(44)} is ${kind}`, async ({ explorer }) => {
    await explorer.visit(path);
    await explorer.engine.waitFor({ css: '[data-portability]' });
    expect(await portability(explorer)).toBe(kind);
  });
}

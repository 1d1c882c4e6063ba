import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const hello = samplePath('hello-1.2');
const helloStatic = samplePath('hello-static-1.2');

test('a permalink with its cache leads to the file', async ({ explorer, cache }) => {
  await explorer.visit(`${hello.storePath}/bin/hello?cache=${cache.url}`, { cache: 'default' });
  await explorer.treeStands();
  await explorer.fileIs('hello');
  expect(await explorer.engine.attribute(explorer.entry('hello', 2), 'aria-selected')).toBe('true');
  await explorer.engine.reload();
  await explorer.fileIs('hello');
});

test('a permalink leads to a line', async ({ explorer }) => {
  await explorer.visit(`${hello.storePath}/share/hello/numbers.txt#L1234`);
  await explorer.fileIs('numbers.txt');
  await explorer.engine.waitFor({ css: '#L1234, [data-line="1234"]' });
});

test.describe('hosted below a path, and as one file', () => {
  test('below a path', async ({ explorer, sites, corpus }) => {
    explorer.mayFail.push(sites.subPath.url);
    await explorer.visit(`${helloStatic.storePath}/bin/hello-static`, { site: sites.subPath.url });
    await explorer.fileIs('hello-static');
    await expectSaved(await explorer.download(), corpus, `${helloStatic.storePath}/bin/hello-static`);
    expect(await explorer.address()).toContain(`/explorer${helloStatic.storePath}/bin/hello-static`);
  });

  test('as one file: the same grammar after #/', async ({ explorer, sites, corpus }) => {
    await explorer.visit(`#${helloStatic.storePath}/bin/hello-static`, { site: sites.hash.url });
    await explorer.fileIs('hello-static');
    await expectSaved(await explorer.download(), corpus, `${helloStatic.storePath}/bin/hello-static`);
    expect(await explorer.address()).toContain(`/#${helloStatic.storePath}/bin/hello-static`);
  });
});

test('other spellings are read and rewritten', async ({ explorer }) => {
  const baseName = helloStatic.storePath.slice('/nix/store/'.length);
  for (const spelling of [`/${baseName}/bin/hello-static`, `/${helloStatic.hashPart}/bin/hello-static`]) {
    await explorer.visit(spelling);
    await explorer.fileIs('hello-static');
    await explorer.addressIs(`${helloStatic.storePath}/bin/hello-static`);
  }
  for (const spelling of [
    `/${helloStatic.hashPart}.narinfo`,
    `/?q=${encodeURIComponent(helloStatic.storePath)}`,
  ]) {
    await explorer.visit(spelling);
    await explorer.treeStands();
    await explorer.addressIs(helloStatic.storePath);
  }
});

test('any NAR by its URL', async ({ explorer, cache }) => {
  await explorer.visit(`/?nar=${encodeURIComponent(`${cache.url}/${helloStatic.narUrl}`)}`);
  await explorer.treeStands();
  await explorer.select('bin/hello-static');
  await explorer.fileIs('hello-static');
});

test('?dl opens the dialog, which saves', async ({ explorer, corpus }) => {
  await explorer.visit(`${helloStatic.storePath}/bin/hello-static?dl`);
  const dialog = { role: 'dialog' };
  await explorer.engine.waitFor(dialog);
  expect(await explorer.engine.text(dialog)).toContain('hello-static');
  const saved = await explorer.engine.download(() =>
    explorer.engine.click({ role: 'button', name: /^(Download|Save)/, within: dialog }),
  );
  await expectSaved(saved, corpus, `${helloStatic.storePath}/bin/hello-static`);
});

test('Back and Forward do what they should', async ({ explorer }) => {
  const { engine } = explorer;
  await explorer.visit();
  await explorer.open(hello.storePath);
  await explorer.treeStands();
  await explorer.select('bin/hello');
  await explorer.fileIs('hello');
  await explorer.open(helloStatic.storePath);
  await explorer.addressIs(helloStatic.storePath);
  await explorer.engine.waitFor(explorer.entry('bin', 1));

  await engine.back();
  await explorer.addressIs(`${hello.storePath}/bin/hello`);
  await explorer.fileIs('hello');
  await engine.back();
  await explorer.addressIs(new RegExp(`^${hello.storePath}(/bin)?$`));
  await engine.forward();
  await explorer.addressIs(`${hello.storePath}/bin/hello`);
  await engine.forward();
  await explorer.addressIs(helloStatic.storePath);
  await expect.poll(() => engine.title()).toMatch(/^hello-static-1.2/);
});

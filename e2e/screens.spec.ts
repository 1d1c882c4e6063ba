import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';

const hello = samplePath('hello-1.2');

// axe looks at each of these when its test ends.

test('the landing page', async ({ explorer }) => {
  await explorer.visit();
  await explorer.engine.waitFor({ role: 'link', name: /hello-static-1\.2/ });
});

test('a store path, nothing selected', async ({ explorer }) => {
  await explorer.visit(hello.storePath);
  await explorer.treeStands();
});

test('a narinfo', async ({ explorer }) => {
  await explorer.visit(`${hello.storePath}?view=info`);
  await explorer.engine.waitFor({ role: 'region', name: 'narinfo' });
  expect(await explorer.engine.text({ role: 'region', name: 'narinfo' })).toContain('nar-explorer-sample-1');
});

test('text and hex', async ({ explorer }) => {
  await explorer.visit(`${hello.storePath}/share/hello/numbers.txt`);
  await explorer.fileIs('numbers.txt');
  await expect.poll(() => explorer.engine.text({ css: 'main' })).toContain('17');
  await explorer.visit(`${hello.storePath}/bin/hello?view=hex`);
  await expect.poll(() => explorer.engine.text({ css: 'main' })).toContain('7f 45 4c 46');
});

test('the settings: one list of trusted keys, and a key that is none', async ({ explorer }) => {
  const { engine } = explorer;
  const dialog = { role: 'dialog', name: 'Settings' };
  const keys = { role: 'textbox', name: 'Trusted public keys', within: dialog };
  await explorer.visit('/', { cache: 'default' });
  await engine.click({ role: 'button', name: 'Settings' });
  await engine.type(keys, 'x:y');
  await engine.click({ role: 'button', name: 'Save', within: dialog });
  await expect.poll(() => engine.text({ role: 'alert', within: dialog })).toContain('“x:y” is no public key');
  expect(await engine.attribute(keys, 'aria-invalid')).toBe('true');
});

test('the settings: what is kept on this computer, or that nothing can be', async ({ explorer }) => {
  const { engine } = explorer;
  const dialog = { role: 'dialog', name: 'Settings' };
  await explorer.visit();
  await engine.click({ role: 'button', name: 'Settings' });
  // WebKitGTK has no private files.
  const expected =
    engine.name === 'webkit' ? 'no place where it could keep anything' : 'None of 1.0 GiB used';
  await expect.poll(() => engine.text(dialog)).toContain(expected);
});

test('on a phone: the tree, then the file, and the way back', async ({ explorer }) => {
  const { engine } = explorer;
  await engine.resize(460, 800);
  await explorer.visit(hello.storePath);
  await explorer.treeStands();
  await explorer.select('bin/hello');
  await explorer.fileIs('hello');
  expect(await engine.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await engine.click({ role: 'button', name: /^Files/ });
  await explorer.treeStands();
});

test.describe('in the dark', () => {
  test.use({ openOptions: { colorScheme: 'dark' } });

  test('a file', async ({ explorer }) => {
    await explorer.visit(`${hello.storePath}/share/hello/numbers.txt`);
    await explorer.fileIs('numbers.txt');
  });
});

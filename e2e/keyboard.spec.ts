import { expect, test } from './support/explorer';
import { samplePath } from './support/sample';
import { expectSaved } from './support/saved';

const helloStatic = samplePath('hello-static-1.2');

test('from the input to the saved file without a mouse', async ({ explorer, corpus }) => {
  const { engine } = explorer;
  await explorer.visit();
  await expect.poll(() => explorer.focused()).toContain('input');
  // A window may take a moment longer to have the keyboard.
  await expect.poll(() => engine.evaluate('document.hasFocus()')).toBe(true);
  await explorer.keys(helloStatic.hashPart);
  await engine.press('Enter');
  await explorer.treeStands();

  await explorer.pressUntil('Tab', /^treeitem /);
  await engine.press('Home');
  expect(await explorer.focused()).toMatch(/^treeitem bin/);
  await engine.press('ArrowRight');
  await expect.poll(() => engine.attribute(explorer.entry('bin', 1), 'aria-expanded')).toBe('true');
  await engine.press('ArrowRight');
  expect(await explorer.focused()).toMatch(/^treeitem hello-static/);
  await engine.press('Enter');
  await explorer.fileIs('hello-static');

  await explorer.pressUntil('Tab', /^button Download/);
  await expectSaved(
    await engine.download(() => engine.press('Enter')),
    corpus,
    `${helloStatic.storePath}/bin/hello-static`,
  );
});

test('the keys of a tree: arrows, Home, End, type-ahead, one row with the focus', async ({ explorer }) => {
  const { engine } = explorer;
  await explorer.visit(samplePath('hello-1.2').storePath);
  await explorer.treeStands();
  await explorer.pressUntil('Tab', /^treeitem /);
  await engine.press('End');
  expect(await explorer.focused()).toMatch(/^treeitem share/);
  await engine.press('ArrowUp');
  await engine.press('Home');
  expect(await explorer.focused()).toMatch(/^treeitem bin/);
  await engine.press('s');
  expect(await explorer.focused()).toMatch(/^treeitem share/);
  await engine.press('ArrowRight');
  await engine.press('ArrowRight');
  await engine.press('ArrowLeft');
  expect(await explorer.focused()).toMatch(/^treeitem share/);
  await engine.press('ArrowLeft');
  await expect.poll(() => engine.attribute(explorer.entry('share', 1), 'aria-expanded')).toBe('false');
  expect(await engine.count({ css: '[role=treeitem][tabindex="0"]' })).toBe(1);
});

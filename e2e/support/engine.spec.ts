import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine';
import { expect, test as explorerTest } from './explorer';
import { axeViolations } from './page-scripts';
import { startPageServer } from './page-server';
import { strayRequests } from './strays';

/** The adapter itself, on a page of its own: what the journeys rest on is the same in every engine. */
const test = explorerTest.extend<{ engine: Engine; url: string }>({
  engine: async ({ engineProcess, engineName }, use, testInfo) => {
    if (!engineProcess) {
      if (process.env.CI !== 'true') testInfo.skip(true, `${engineName} is missing`);
      throw new Error(`${engineName} is missing`);
    }
    const engine = await engineProcess.open();
    await use(engine);
    await engine.close();
  },
  url: async ({ folder }, use) => {
    writeFileSync(join(folder, 'index.html'), PAGE);
    const server = await startPageServer({ folder });
    await use(server.url);
    await server.close();
  },
});

const PAGE = `<!doctype html>
<html lang="en"><head><title>A page</title></head><body><main>
  <h1>A page</h1>
  <input aria-label="Store path">
  <label>Open a local file <input type="file"></label>
  <section aria-label="File"><button data-mark="inner">Save it</button></section>
  <section aria-label="Other"><button>Save it</button></section>
  <div role="tree" aria-label="Files" tabindex="0">
    <div role="treeitem" aria-level="1">bin</div>
    <div role="treeitem" aria-level="2">a?b#c "quoted"</div>
    <div role="treeitem" aria-level="2">bin</div>
    <div role="treeitem" aria-level="1" hidden>unseen</div>
  </div>
  <p role="status">ready</p>
</main><script>
  const status = document.querySelector('[role=status]');
  const say = (text) => { status.textContent = text; };
  const sayFile = async (file) => say(file.name + ' ' + new TextDecoder().decode(await file.arrayBuffer()));
  document.querySelector('[type=file]').onchange = (event) => sayFile(event.target.files[0]);
  document.ondragover = (event) => event.preventDefault();
  document.ondrop = (event) => { event.preventDefault(); sayFile(event.dataTransfer.files[0]); };
  document.onkeydown = (event) => { if (event.target.localName !== 'input') say([event.ctrlKey && 'ctrl', event.key].filter(Boolean).join(' ')); };
  document.querySelector('input').onkeydown = (event) => { if (event.key === 'Enter') say('entered ' + event.target.value); };
  document.querySelector('button').onclick = () => {
    const link = document.createElement('a');
    link.download = 'nix';
    link.href = URL.createObjectURL(new Blob([Uint8Array.of(0, 10, 13, 255)], { type: 'application/octet-stream' }));
    link.click();
    history.pushState(null, '', '/saved/nix-2.31.2');
  };
</script></body></html>`;

const STATUS = { role: 'status' };
const FILE = { role: 'region', name: 'File' };
const SAVE = { role: 'button', name: /^Save/, within: FILE };

test('finds by role and name, types, clicks, presses keys', async ({ engine, url }) => {
  await engine.goto(url);
  expect(await engine.title()).toBe('A page');
  await engine.type({ role: 'textbox', name: 'Store path' }, '/nix/store/a-b?c=%20"d"');
  await engine.press('Enter');
  expect(await engine.text(STATUS)).toBe('entered /nix/store/a-b?c=%20"d"');
  const tree = { role: 'tree', name: 'Files' };
  expect(await engine.count({ role: 'treeitem', within: tree })).toBe(3);
  expect(await engine.count({ role: 'treeitem', name: 'bin' })).toBe(2);
  expect(await engine.text({ role: 'treeitem', name: 'bin', level: 2 })).toBe('bin');
  expect(await engine.attribute({ role: 'treeitem', name: 'a?b#c "quoted"' }, 'aria-level')).toBe('2');
  expect(await engine.attribute(SAVE, 'data-mark')).toBe('inner');

  await engine.click({ role: 'treeitem', name: 'bin', level: 1 });
  for (const [chord, said] of [
    ['ArrowDown', 'ArrowDown'],
    ['PageUp', 'PageUp'],
    ['?', '?'],
    ['Y', 'Y'],
    ['+', '+'],
    ['Escape', 'Escape'],
    ['Control+k', 'ctrl k'],
  ] as const) {
    await engine.press(chord);
    expect(await engine.text(STATUS)).toBe(said);
  }
});

test('hands files in: picked, and dropped', async ({ engine, url, folder }) => {
  await engine.goto(url);
  writeFileSync(join(folder, 'a.nar'), 'picked');
  await engine.setFile({ fileInput: 'Open a local file' }, join(folder, 'a.nar'));
  await expect.poll(() => engine.text(STATUS)).toBe('a.nar picked');
  writeFileSync(join(folder, 'b.nar'), 'dropped');
  await engine.dropFile(join(folder, 'b.nar'));
  await expect.poll(() => engine.text(STATUS)).toBe('b.nar dropped');
});

test('takes saved files out, twice, and goes back and forward', async ({ engine, url }) => {
  await engine.goto(url);
  for (let time = 0; time < 2; time++) {
    const saved = await engine.download(() => engine.click(SAVE));
    expect([saved.name, [...saved.bytes]]).toEqual(['nix', [0, 10, 13, 255]]);
  }
  expect(await engine.address()).toBe(`${url}saved/nix-2.31.2`);
  await engine.back();
  await engine.back();
  await expect.poll(() => engine.address()).toBe(url);
  await engine.forward();
  await expect.poll(() => engine.address()).toBe(`${url}saved/nix-2.31.2`);
});

test('runs axe, measures the page, takes pictures', async ({ engine, url }, testInfo) => {
  await engine.goto(url);
  await engine.resize(500, 700);
  expect(await engine.evaluate('Promise.resolve([innerWidth, innerHeight])')).toEqual([500, 700]);
  expect(await axeViolations(engine)).toEqual([]);
  await engine.evaluate(
    `document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="data:,">')`,
  );
  expect((await axeViolations(engine)).join()).toContain('image-alt');
  await engine.screenshot(testInfo.outputPath('page.png'));
});

test('hears the console, of the page and of workers, and what nobody caught', async ({
  engine,
  sites,
  folder,
}) => {
  const worker = `console.warn('from a worker'); setTimeout(() => { throw new Error('thrown in a worker'); })`;
  writeFileSync(join(folder, 'some-worker.js'), worker);
  const script = `console.log('from the page'); Promise.reject(new Error('rejected')); setTimeout(() => { throw new Error('thrown'); });`;
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><html lang="en"><head><title>x</title></head><script>${script} new Worker('some-worker.js');</script></html>`,
  );
  const server = await startPageServer({
    folder,
    ...(engine.name === 'webkit' ? { onConsole: (text: string) => void sites.messages.push(text) } : {}),
  });
  await engine.goto(server.url);
  for (const said of ['from the page', 'from a worker', 'rejected', 'thrown', 'thrown in a worker']) {
    await expect.poll(() => engine.messages().some(({ text }) => text.includes(said)), said).toBe(true);
  }
  await server.close();
});

test('hears what a policy forbade the page', async ({ engine, sites, folder }) => {
  writeFileSync(join(folder, 'page.js'), `fetch('http://forbidden.invalid/').catch(() => {});`);
  const html =
    '<!doctype html><html lang="en"><head><title>x</title></head><script src="page.js"></script></html>';
  writeFileSync(join(folder, 'index.html'), html);
  const server = await startPageServer({
    folder,
    headers: { 'Content-Security-Policy': `default-src 'self'` },
    ...(engine.name === 'webkit' ? { onConsole: (text: string) => void sites.messages.push(text) } : {}),
  });
  await engine.goto(server.url);
  const isHeard = () => engine.messages().some(({ text }) => text.includes('http://forbidden.invalid/'));
  await expect.poll(isHeard).toBe(true);
  expect(engine.refusedUrls()).toEqual([]);
  await server.close();
});

/** Nobody's names (RFC 6761): only a proxy can be asked for them. */
const PROVOKED = `
  fetch('http://FROM.invalid/fetch').catch(() => {});
  fetch('https://FROM-tls.invalid/fetch').catch(() => {});
  try { new WebSocket('ws://FROM-socket.invalid/').onerror = () => {}; } catch {}
`;

test('sees every request to a stranger, of the page and of workers', async ({ engine, folder }) => {
  writeFileSync(join(folder, 'classic.js'), PROVOKED.replaceAll('FROM', 'worker'));
  writeFileSync(join(folder, 'module.js'), `${PROVOKED.replaceAll('FROM', 'module')} export {};`);
  const script = `${PROVOKED.replaceAll('FROM', 'page')}
    navigator.sendBeacon('http://beacon.invalid/', 'x');
    new Worker('classic.js'); new Worker('module.js', { type: 'module' });`;
  const html = `<!doctype html><html lang="en"><title>x</title><script>${script}</script><img alt="" src="http://image.invalid/a.png"></html>`;
  writeFileSync(join(folder, 'index.html'), html);
  const server = await startPageServer({ folder });
  await engine.goto(server.url);
  const strangers = ['page', 'worker', 'module'].flatMap((from) => [from, `${from}-tls`, `${from}-socket`]);
  for (const stranger of [...strangers, 'beacon', 'image']) {
    const isSeen = () => strayRequests(engine).some((url) => new URL(url).hostname === `${stranger}.invalid`);
    await expect.poll(isSeen, stranger).toBe(true);
  }
  expect(strayRequests(engine).filter((url) => url.startsWith(server.url))).toEqual([]);
  await server.close();
});

test('sees requests to a server on loopback that no test has started, but in WebKit', async ({
  engine,
  folder,
}) => {
  const ask = (path: string) => `fetch('http://127.0.0.1:${STRANGE_PORT}/${path}').catch(() => {})`;
  writeFileSync(join(folder, 'worker.js'), `${ask('worker')}.then(() => postMessage('asked'))`);
  const script = `${ask('page')}.then(() => { new Worker('worker.js').onmessage = () => { document.title = 'asked'; }; });`;
  const html = `<!doctype html><html lang="en"><title>x</title><script>${script}</script></html>`;
  writeFileSync(join(folder, 'index.html'), html);
  const server = await startPageServer({ folder });
  await engine.goto(server.url);
  await expect.poll(() => engine.title()).toBe('asked');
  const expected = ['page', 'worker'].map((path) => `http://127.0.0.1:${STRANGE_PORT}/${path}`);
  expect(strayRequests(engine).toSorted()).toEqual(engine.name === 'webkit' ? [] : expected);
  await server.close();
});

/** Nothing listens there, and no browser refuses to try. */
const STRANGE_PORT = 59_999;

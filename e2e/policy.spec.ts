import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HOST_HEADERS, policyForCaches } from '../src/page-policy';
import { startCacheServer } from './support/cache-server';
import type { Engine } from './support/engine';
import { expect, test as explorerTest } from './support/explorer';
import { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';
import { startPageServer } from './support/page-server';
import { sampleFile, samplePath } from './support/sample';
import { expectSaved } from './support/saved';

/** A browser whose console may speak: it says what was forbidden. */
const test = explorerTest.extend<{ engine: Engine }>({
  engine: async ({ engineProcess, engineName }, use, testInfo) => {
    if (!engineProcess) {
      if (process.env.CI !== 'true') testInfo.skip(true, `${engineName} is missing`);
      throw new Error(`${engineName} is missing`);
    }
    const engine = await engineProcess.open();
    await use(engine);
    await engine.close();
  },
});

const DIST = fileURLToPath(new URL('../dist', import.meta.url));

const JOURNEYS = {
  none: [samplePath('odd-names-2.0'), 'a?b#c%d&e=f'],
  xz: [samplePath('hello-1.2'), 'share/hello/numbers.txt'],
  zstd: [samplePath('hello-static-1.2'), 'bin/hello-static'],
} as const;

for (const [compression, [path, file]] of Object.entries(JOURNEYS)) {
  test(`under a host's headers: a listing in brotli, ${compression} opened, verified, saved`, async ({
    explorer,
    sites,
    cache,
    corpus,
  }) => {
    cache.misbehave(/\.ls$/, { kind: 'encoded', as: 'br', header: false });
    const { headers } = await fetch(sites.withHeaders.url);
    for (const [name, value] of Object.entries(HOST_HEADERS)) expect(headers.get(name)).toBe(value);

    await explorer.visit(path.storePath, { site: sites.withHeaders.url });
    await explorer.treeStands();
    await explorer.engine.click({ role: 'button', name: /^Verify/ });
    await expect.poll(() => explorer.verdict('nar-hash')).toBe('verified');
    expect(await explorer.verdict('listing')).toBe('verified');
    await explorer.select(file);
    const saved = await explorer.download();
    const name = file.replace(/^.*\//, '');
    // A question mark is made safe, and the bytes must be the same.
    await expectSaved({ ...saved, name }, corpus, `${path.storePath}/${file}`);
  });
}

/** Tries, on the page, what markup and scripts of a stranger would; what the policy forbade is told by events. */
const ATTEMPTS = `(async () => {
  globalThis.__forbidden = [];
  addEventListener('securitypolicyviolation', ({ effectiveDirective }) => globalThis.__forbidden.push(effectiveDirective));
  const attempt = (work) => new Promise((done) => setTimeout(() => {
    try { done(work() ?? 'done'); } catch (error) { done('refused'); }
  }));
  const add = (name, properties) => attempt(() => { document.body.append(Object.assign(document.createElement(name), properties)); });
  await add('img', { src: 'http://image.invalid/' });
  await add('iframe', { src: '/' });
  await add('base', { href: 'http://base.invalid/' });
  await add('style', { textContent: 'body { color: red }' });
  await add('link', { rel: 'stylesheet', href: 'http://style.invalid/' });
  await add('script', { src: 'http://script.invalid/' });
  await add('script', { textContent: 'globalThis.__pwned = 1' });
  await attempt(() => { const form = document.createElement('form'); form.action = '/form'; document.body.append(form); form.submit(); });
  await attempt(() => { document.body.setAttribute('onclick', 'globalThis.__pwned = 2'); document.body.click(); });
  return {
    eval: await attempt(() => { (0, eval)('globalThis.__pwned = 3'); }),
    wasm: await attempt(() => { new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)); }),
    data: await fetch('data:,x').then(() => 'done', () => 'refused'),
    html: await attempt(() => { const place = document.createElement('p'); place.innerHTML = '<i>x</i>'; }),
    worker: await attempt(() => { new Worker('/icon.svg'); }),
    policy: await attempt(() => { globalThis.trustedTypes?.createPolicy('another', {}); }),
    pwned: String(globalThis.__pwned),
    hasTrustedTypes: 'trustedTypes' in globalThis,
  };
})()`;

/** Told by every engine; what Trusted Types refuse before is no violation of `script-src` any more. */
const FORBIDDEN = ['img-src', 'frame-src', 'base-uri', 'style-src-elem', 'form-action', 'connect-src'];

test('the page as it is built keeps strangers’ markup and scripts from doing anything', async ({
  engine,
  sites,
}) => {
  for (const site of [sites.root, sites.subPath, sites.hash]) {
    await engine.goto(site.url);
    await engine.waitFor({ role: 'textbox' });
    const { hasTrustedTypes, ...others } = await engine.evaluate<Record<string, unknown>>(ATTEMPTS);
    const withoutTypes = hasTrustedTypes ? 'refused' : 'done';
    expect(others).toEqual({
      eval: 'refused',
      wasm: 'done',
      data: 'refused',
      html: withoutTypes,
      worker: withoutTypes,
      policy: withoutTypes,
      pwned: 'undefined',
    });
    await expect
      .poll(() => engine.evaluate('globalThis.__forbidden'))
      .toEqual(expect.arrayContaining([...FORBIDDEN]));
  }
  expect(engine.refusedUrls()).toEqual([]);
  recordFact({
    kind: 'fault',
    area: 'hostile input',
    fault: 'markup or a script of a stranger gets into the page',
    outcome:
      'the policy lets no script, style, frame, form, remote image or `eval` of it through, and nobody is asked',
    where: engine.name,
    command: `npm run test:page -- --project=${engine.name} policy`,
  });
});

test('a worker under the headers may compile WebAssembly and ask caches, and nothing else', async ({
  engine,
  folder,
  cache,
}) => {
  const worker = `
    const attempt = (work) => { try { work(); return 'done'; } catch { return 'refused'; } };
    const ask = (url) => fetch(url).then(() => 'done', () => 'refused');
    (async () => postMessage(JSON.stringify({
      wasm: attempt(() => new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))),
      eval: attempt(() => (0, eval)('1')),
      function: attempt(() => new Function('return 1')()),
      cache: await ask('${cache.url}/nix-cache-info'),
      data: await ask('data:,x'),
      script: await import('data:text/javascript,').then(() => 'done', () => 'refused'),
    })))();`;
  writeFileSync(join(folder, 'worker.js'), worker);
  writeFileSync(
    join(folder, 'page.js'),
    `const rules = { createScriptURL: (url) => url };
     const policy = globalThis.trustedTypes?.createPolicy('archive-worker', rules) ?? rules;
     const worker = new Worker(policy.createScriptURL('/worker.js'), { type: 'module' });
     worker.onmessage = ({ data }) => { document.title = data; };`,
  );
  const page = '<!doctype html><html lang="en"><title>x</title><script src="/page.js"></script></html>';
  writeFileSync(join(folder, 'index.html'), page);
  const server = await startPageServer({ folder, headers: HOST_HEADERS });
  await engine.goto(server.url);
  await expect.poll(() => engine.title()).toMatch(/^\{/);
  expect(JSON.parse(await engine.title())).toEqual({
    wasm: 'done',
    eval: 'refused',
    function: 'refused',
    cache: 'done',
    data: 'refused',
    script: 'refused',
  });
  await server.close();
});

test('a host that names its caches: that one is opened, another is refused by the browser', async ({
  engine,
  cache,
}) => {
  const other = await startCacheServer({ folder: sampleFile('') });
  const headers = { ...HOST_HEADERS, 'Content-Security-Policy': policyForCaches([cache.url]) };
  const server = await startPageServer({ folder: DIST, headers });
  const explorer = new ExplorerPage(engine, server.url, cache.url);
  const [path, file] = JOURNEYS.xz;
  await explorer.visit(`${path.storePath}/${file}`);
  await explorer.fileIs('numbers.txt');
  const elsewhere = new ExplorerPage(engine, server.url, other.url);
  await elsewhere.visit(`${path.storePath}/${file}`);
  expect(await elsewhere.failure()).toBe('source unreachable-or-cors');
  expect(other.requests).toEqual([]);
  await Promise.all([server.close(), other.close()]);
  recordFact({
    kind: 'fault',
    area: 'hostile input',
    fault: 'a page whose host allows certain caches only is led to another one',
    outcome: 'the browser refuses, that cache is not asked, and the page says that it could not be reached',
    where: engine.name,
    command: `npm run test:page -- --project=${engine.name} policy`,
  });
});

import { formatNarPathForAddress } from '../src/nix/text';
import type { Corpus } from './fixtures/corpus';
import { HOSTILE_DOCUMENTS, HOSTILE_NAMES } from './fixtures/hostile-tree';
import { type CacheServer, startCacheServer } from './support/cache-server';
import { expect, test as explorerTest } from './support/explorer';
import type { ExplorerPage } from './support/explorer-page';
import { recordFact } from './support/facts';

/** As each of `HOSTILE_NAMES` is to be shown, and saved. */
const EXPECTED: readonly (readonly [shown: string, saved: string])[] = [
  ['<script>alert(1)<', '_script_alert(1)_'],
  ['"><img src=x onerror="__pwned=1">', '___img src=x onerror=___pwned=1__'],
  ["'-alert(1)-'", "'-alert(1)-'"],
  ['javascript:alert(1)', 'javascript_alert(1)'],
  ['{{constructor.constructor(1)()}}', '{{constructor.constructor(1)()}}'],
  ['invoice-\\u202efdp.exe', 'invoice-_fdp.exe'],
  ['isolate-\\u2066\\u2069-\\u200e.sh', 'isolate-__-_.sh'],
  ['two\\nlines.txt', 'two_lines.txt'],
  ['over\\rwritten', 'over_written'],
  ['escape-\\x1b[31m\\x1b]0;title\\x07', 'escape-_[31m_]0;title_'],
  ['bell\\x07\\x7f\\x01', 'bell___'],
  ['..\\\\..\\\\evil.exe', '.._.._evil.exe'],
  ['C:\\\\Windows\\\\evil.exe', 'C__Windows_evil.exe'],
  ['CON', '_CON'],
  ['aux.txt', '_aux.txt'],
  ['trailing.', 'trailing_'],
  ['trailing\\x20', 'trailing_'],
  ['stream.txt:hidden', 'stream.txt_hidden'],
  ['not-utf8-\\xff\\xfe\\xc0\\xaf', 'not-utf8-_xFF_xFE_xC0_xAF'],
  ['over\\u2028line', 'over_line'],
  ['%2e%2e%2fescaped', '%2e%2e%2fescaped'],
];

const FILE = { role: 'region', name: 'File' };

interface Fixtures {
  storePath: string;
  hostileCache: CacheServer;
}

const test = explorerTest.extend<Fixtures>({
  storePath: async ({ corpus }, use) => use(hostilePath(corpus)),
  hostileCache: async ({ corpus }, use) => {
    const server = await startCacheServer({ folder: corpus.caches.none });
    await use(server);
    await server.close();
  },
});

function hostilePath(corpus: Corpus): string {
  const path = corpus.paths.find(({ name }) => name === 'hostile-1.0');
  if (!path) throw new Error('no hostile path in the corpus');
  return path.storePath;
}

/** Browsers drop dots that come first, and Firefox writes another character for `%`. */
function namesByBrowsers(saved: string): string[] {
  return [saved, saved.replace(/^\.+/, ''), saved.replaceAll('%', '_')];
}

/** What must not be on the page because of an archive: anything that loads, runs, frames or leads out of it. */
const FOREIGN = `[...document.querySelectorAll('body :is(script, img, iframe, object, embed, link, base, meta, image, video), [onerror], [onload], [onfocus], [href^="javascript:" i], [href*="hostile.invalid"], [srcdoc]')].map((one) => one.outerHTML)`;

async function nothingHappened({ engine }: ExplorerPage): Promise<void> {
  expect(await engine.evaluate(FOREIGN)).toEqual([]);
  expect(await engine.evaluate('String(globalThis.__pwned)')).toBe('undefined');
  // The fixture sees to it that the policy forbade nothing and nobody was asked: there was nothing to stop.
}

test('hostile names stand in the tree as visible escapes', async ({ explorer, hostileCache, storePath }) => {
  await explorer.visit(`${storePath}?cache=${hostileCache.url}`);
  await explorer.treeStands();
  const shown = await explorer.engine.evaluate<string[]>(
    `[...document.querySelectorAll('[role=treeitem]')].map((row) => row.title + '|' + row.querySelector('bdi').textContent)`,
  );
  const names = [...EXPECTED.map(([name]) => name), 'documents'];
  expect(shown.toSorted()).toEqual(names.map((name) => `${name}|${name}`).toSorted());
  for (const name of names) expect(await explorer.engine.count(explorer.entry(name))).toBe(1);
  await nothingHappened(explorer);
  recordFact({
    kind: 'fault',
    area: 'hostile input',
    fault: 'names that are markup, control characters, bidi overrides, line breaks, Windows paths, not UTF-8',
    outcome: 'each is shown as visible escapes; nothing runs, nothing is asked for',
    where: explorer.engine.name,
    command: `npm run test:page -- --project=${explorer.engine.name} hostile`,
  });
});

const FILES = EXPECTED.map(([shown, saved], index) => ({ name: HOSTILE_NAMES[index] ?? '', shown, saved }));
/** WebKitGTK's browser takes a row of its window for each file that it has saved. */
const GROUPS = [FILES.slice(0, 7), FILES.slice(7, 14), FILES.slice(14)];

for (const [number, group] of GROUPS.entries())
  test(`files with hostile names ${number + 1}: crumbs, title, dialog, status line, and a safe name on disk`, async ({
    explorer,
    hostileCache,
    storePath,
  }) => {
    const { engine } = explorer;
    for (const { name, shown, saved } of group) {
      const bytes = Buffer.from(name, 'latin1');
      const address = `${storePath}/${formatNarPathForAddress(bytes)}?cache=${hostileCache.url}`;
      await explorer.visit(`${address}&dl`, { cache: 'default' });
      const dialog = { role: 'dialog', name: `Save ${saved}?` };
      expect(await engine.text({ role: 'heading', within: dialog })).toBe(`Save ${saved}?`);
      const file = await engine.download(() =>
        engine.click({ role: 'button', name: 'Save', within: dialog }),
      );
      await expect.poll(() => engine.text({ role: 'status' })).toContain(`saved ${saved},`);

      expect(await engine.text({ role: 'heading', within: FILE, nth: 0 })).toBe(shown);
      expect(await engine.title()).toBe(`${shown} · hostile-1.0`);
      const isChanged = shown !== saved;
      expect((await engine.text(FILE)).includes('because its own name is not allowed everywhere')).toBe(
        isChanged,
      );
      expect(namesByBrowsers(saved)).toContain(file.name);
      expect(file.bytes.toString()).toBe(`${name}\n`);
      await nothingHappened(explorer);
    }
    recordFact({
      kind: 'fault',
      area: 'hostile input',
      fault: 'a file whose name is a device, a Windows path, a hidden extension, or ends in a dot or a blank',
      outcome: 'it is saved under a name that every system takes, which stands beside Download before',
      where: engine.name,
      command: `npm run test:page -- --project=${engine.name} hostile`,
    });
  });

test('documents that would run, load and lead away are text', async ({
  explorer,
  hostileCache,
  storePath,
}) => {
  const { engine } = explorer;
  for (const [name, text] of Object.entries(HOSTILE_DOCUMENTS)) {
    await explorer.visit(`${storePath}/documents/${name}?cache=${hostileCache.url}`, { cache: 'default' });
    await explorer.fileIs(name);
    for (const line of text.trimEnd().split('\n')) {
      await expect.poll(() => engine.evaluate(`document.querySelector('main').innerText`)).toContain(line);
    }
    await nothingHappened(explorer);
  }
  recordFact({
    kind: 'fault',
    area: 'hostile input',
    fault: 'HTML, SVG and Markdown with scripts, remote images, frames, forms and `javascript:` links',
    outcome: 'they are shown as text; nothing runs, nothing is asked for, and the policy has nothing to stop',
    where: engine.name,
    command: `npm run test:page -- --project=${engine.name} hostile`,
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, expect } from '@playwright/test';
import { HOST_HEADERS } from '../../src/page-policy';
import { type Corpus, corpusMissing, makeCorpus } from '../fixtures/corpus';
import { type CacheServer, startCacheServer } from './cache-server';
import type { ConsoleMessage, EngineProcess, OpenOptions } from './engine';
import { ExplorerPage } from './explorer-page';
import { forgetClosedServers } from './open-servers';
import { axeViolations } from './page-scripts';
import { type PageServer, startPageServer } from './page-server';
import { startPlaywright } from './playwright-engine';
import { type Engine as EngineName, findProgram, missingFor } from './requirements.mjs';
import { strayRequests } from './strays';
import { startWebKit } from './webkit-engine';

const root = fileURLToPath(new URL('../..', import.meta.url));
const SAMPLE_CACHE = join(root, 'public/sample-cache');

/** The built page as four kinds of host serve it. */
export interface Sites {
  /** At the root of a host. */
  readonly root: PageServer;
  /** Below /explorer/, by a host that answers 404 with the page, as GitHub Pages does. */
  readonly subPath: PageServer;
  /** One file only; addresses stand after `#/`. */
  readonly hash: PageServer;
  /** At the root of a host that sends the headers which README gives. */
  readonly withHeaders: PageServer;
  /** What the console hook of all sent, in order; empty where the driver tells. */
  readonly messages: string[];
}

interface TestFixtures {
  /**
   * A page of the explorer in a fresh browser. After the test its console must be silent, axe without a word, and nobody asked
   * but servers of the tests.
   */
  explorer: ExplorerPage;
  /** The sample cache, behind a server that counts and can misbehave. */
  cache: CacheServer;
  /** Whole Debian packages and the like, compressed in every way. */
  corpus: Corpus;
  /** How the browser is opened. */
  openOptions: OpenOptions;
  /** A folder that is gone after the test. */
  folder: string;
}

interface WorkerFixtures {
  engineName: EngineName;
  sites: Sites;
  /** Undefined when the browser is not on this machine. */
  engineProcess: EngineProcess | undefined;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  engineName: ['chromium', { option: true, scope: 'worker' }],

  sites: [
    async ({ engineName }, use) => {
      const messages: string[] = [];
      const hook = engineName === 'webkit' ? { onConsole: (text: string) => void messages.push(text) } : {};
      const servers = {
        root: await startPageServer({ folder: join(root, 'dist'), ...hook }),
        subPath: await startPageServer({
          folder: join(root, 'dist-subpath'),
          base: '/explorer/',
          fallbackStatus: 404,
          ...hook,
        }),
        hash: await startPageServer({ folder: join(root, 'dist-hash'), ...hook }),
        withHeaders: await startPageServer({ folder: join(root, 'dist'), headers: HOST_HEADERS, ...hook }),
      };
      await use({ ...servers, messages });
      await Promise.all(Object.values(servers).map((server) => server.close()));
    },
    { scope: 'worker' },
  ],

  engineProcess: [
    async ({ engineName, sites }, use) => {
      const missing = await missingFor(engineName);
      const engine = missing.length > 0 ? undefined : await startEngine(engineName, sites);
      await use(engine);
      await engine?.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  openOptions: [{}, { option: true }],

  explorer: async ({ engineName, engineProcess, sites, cache, openOptions }, use, testInfo) => {
    if (!engineProcess) return missing(`${engineName} is missing`, testInfo);
    forgetClosedServers();
    const engine = await engineProcess.open(openOptions);
    const explorer = new ExplorerPage(engine, sites.root.url, cache.url);
    await use(explorer);
    if (testInfo.status !== testInfo.expectedStatus) {
      await engine.screenshot(testInfo.outputPath('page.png'));
      await testInfo.attach('page', { path: testInfo.outputPath('page.png') });
    }
    const messages = engine.messages().filter((message) => !isExpected(message, explorer));
    const violations = explorer.isOpen ? await axeViolations(engine) : [];
    const strays = strayRequests(engine);
    await engine.close();
    expect.soft(strays, 'nobody is asked but the page’s own server and the caches of the test').toEqual([]);
    expect.soft(messages, 'the console is silent').toEqual([]);
    expect.soft(violations, 'axe has nothing to say').toEqual([]);
  },

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from this pattern.
  cache: async ({}, use) => {
    const cache = await startCacheServer({ folder: SAMPLE_CACHE });
    await use(cache);
    await cache.close();
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above.
  corpus: async ({}, use, testInfo) => {
    const why = await corpusMissing();
    if (why) return missing(why, testInfo);
    await use(await makeCorpus());
  },

  // biome-ignore lint/correctness/noEmptyPattern: as above.
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'explorer-'));
    await use(folder);
    rmSync(folder, { recursive: true });
  },
});

export { expect };

async function startEngine(name: EngineName, sites: Sites): Promise<EngineProcess> {
  if (name !== 'webkit' || !findProgram('WebKitWebDriver')) return startPlaywright(name);
  return startWebKit(sites.messages);
}

/** On CI nothing may be missing; elsewhere a test that cannot run is skipped, with its reason. */
function missing(why: string, testInfo: { skip(condition: boolean, reason: string): void }): never {
  if (process.env.CI !== 'true') testInfo.skip(true, why);
  throw new Error(why);
}

/** Browsers write failed requests to the console by themselves. Where a test made the cache fail, that is no fault. */
function isExpected({ text, url }: ConsoleMessage, explorer: ExplorerPage): boolean {
  const isOfBrowser = /Failed to load resource|Cross-Origin Request Blocked|CORS policy|NetworkError/.test(
    text,
  );
  return isOfBrowser && explorer.mayFail.some((server) => url.startsWith(server) || text.includes(server));
}

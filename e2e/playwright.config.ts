import { defineConfig } from '@playwright/test';
import type { Engine } from './support/requirements.mjs';

const ENGINES: readonly Engine[] = ['chromium', 'firefox', 'webkit'];

/** What a browser does not have. WebKitGTK has no private files, and its driver opens one page at a time. */
const IGNORED: Readonly<Record<Engine, string[]>> = {
  chromium: [],
  firefox: ['**/*.chromium.spec.ts'],
  webkit: ['**/*.chromium.spec.ts', '**/*.opfs.spec.ts'],
};

/** Journeys through the built page (`npm run build` first), in three engines. */
export default defineConfig<object, { engineName: Engine }>({
  testDir: '.',
  outputDir: '../test-results',
  globalSetup: './fixtures/global-setup.ts',
  timeout: 60_000,
  expect: { timeout: 25_000 },
  forbidOnly: process.env.CI === 'true',
  workers: 2,
  reporter: 'list',
  projects: [
    ...ENGINES.map((engineName) => ({
      name: engineName,
      testMatch: '**/*.spec.ts',
      testIgnore: IGNORED[engineName],
      use: { engineName },
    })),
    // What needs no browser: how servers answer the page's addresses.
    { name: 'hosts', testMatch: '**/*.host.ts' },
  ],
});

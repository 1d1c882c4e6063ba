import { defineConfig } from '@playwright/test';
import type { Engine } from './support/requirements.mjs';

const ENGINES: readonly Engine[] = ['chromium', 'firefox', 'webkit'];

/** Journeys through the built page (`npm run build` first), in three engines. */
export default defineConfig<object, { engineName: Engine }>({
  testDir: '.',
  outputDir: '../test-results',
  globalSetup: './fixtures/global-setup.ts',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  forbidOnly: process.env.CI === 'true',
  workers: 2,
  reporter: 'list',
  projects: [
    ...ENGINES.map((engineName) => ({
      name: engineName,
      testMatch: '**/*.spec.ts',
      // What only Chromium has.
      testIgnore: engineName === 'chromium' ? [] : ['**/*.chromium.spec.ts'],
      use: { engineName },
    })),
    // What needs no browser: how servers answer the page's addresses.
    { name: 'hosts', testMatch: '**/*.host.ts' },
  ],
});

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Rings of `npm test`: units beside their code, agreement with real Nix, fuzzing, and the documents that tests write. */
export default defineConfig({
  test: {
    // Many tests wait, for tools or for a cache to be asked again: no core is kept free.
    maxWorkers: '100%',
    projects: [
      {
        // What the page is built with stands there: constants, plugins.
        extends: './vite.config.ts',
        root,
        test: {
          name: 'units',
          include: ['src/**/*.test.{ts,tsx}', 'workers/**/*.test.ts', 'e2e/{support,bench}/**/*.test.ts'],
        },
      },
      {
        root,
        test: {
          name: 'agreement',
          include: ['e2e/agreement/**/*.test.ts'],
          globalSetup: ['e2e/fixtures/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 300_000,
        },
      },
      { root, test: { name: 'docs', include: ['e2e/docs/**/*.test.ts'] } },
      {
        root,
        // The tests wait side by side for a few threads; the limit is a guard against hangs of the whole ring.
        test: {
          name: 'fuzz',
          include: ['e2e/fuzz/**/*.test.ts'],
          maxConcurrency: 100,
          testTimeout: 3_600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

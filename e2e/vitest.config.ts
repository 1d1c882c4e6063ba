import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Rings of `npm test`: units beside their code, agreement with real Nix, and the documents that tests write. */
export default defineConfig({
  test: {
    projects: [
      {
        // What the page is built with stands there: constants, plugins.
        extends: './vite.config.ts',
        root,
        test: {
          name: 'units',
          include: ['src/**/*.test.{ts,tsx}', 'workers/**/*.test.ts', 'e2e/support/**/*.test.ts'],
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
    ],
  },
});

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { BLANK_PATH } from '../support/page-server';
import { findProgram } from '../support/requirements.mjs';
import type { Means } from './means';
import { until } from './page-clock';
import type { BenchSite } from './site/bench';

/**
 * Chromium with a profile of its own on disk, as a person has it: in a context that keeps nothing, private files take another way
 * through the browser, and are slower.
 */
export interface BenchBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What its processes can be known by, from outside. */
  readonly profile: string;
}

export interface BrowserOptions {
  /** JavaScript that runs before that of any page. */
  readonly initScript?: string;
  /** More arguments of the program. */
  readonly args?: readonly string[];
}

/** Playwright's file picker cannot be answered in Chromium, so the page is to think there is none. */
const NO_SAVE_PICKER = 'delete globalThis.showSaveFilePicker;';

export async function withBrowser<T>(
  { scratch }: Means,
  use: (browser: BenchBrowser) => Promise<T>,
  { initScript = '', args = [] }: BrowserOptions = {},
): Promise<T> {
  const profile = mkdtempSync(join(scratch, 'profile-'));
  const executablePath = findProgram('chromium');
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath ? { executablePath } : {}),
    args: [...asRoot, ...args, '--disable-features=SpareRendererForSitePerProcess'],
    viewport: { width: 1280, height: 800 },
    downloadsPath: profile,
  });
  context.setDefaultTimeout(PATIENCE);
  try {
    await context.addInitScript(NO_SAVE_PICKER + initScript);
    const [page = await context.newPage()] = context.pages();
    return await use({ context, page, profile });
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Some rows read gigabytes. */
const PATIENCE = 600_000;

/** The bench's own page, with the functions that it has. */
export async function openSite({ page }: BenchBrowser, { site }: Means): Promise<RemoteSite> {
  await page.goto(site.url);
  await until(page, 'globalThis.benchSite !== undefined');
  return {
    call: (name, ...args) =>
      page.evaluate(`benchSite.${name}(${args.map((one) => JSON.stringify(one)).join(',')})`),
  };
}

export interface RemoteSite {
  call<Name extends keyof BenchSite>(
    name: Name,
    ...args: Parameters<BenchSite[Name]>
  ): Promise<Awaited<ReturnType<BenchSite[Name]>>>;
}

/** An empty page of the built page's origin, where the one cache and its key are set up as a person does it in the settings. */
export async function setUp({ page }: BenchBrowser, means: Means, cacheName: string): Promise<void> {
  await page.goto(new URL(BLANK_PATH, means.page.url).href);
  const state = {
    substituters: [{ url: cacheUrl(means, cacheName) }],
    trustedKeys: [means.inputs.publicKey],
  };
  await page.evaluate(
    (saved) => localStorage.setItem('nar-explorer-settings', saved),
    JSON.stringify({ state, version: 2 }),
  );
}

export function cacheUrl({ caches }: Means, cacheName: string): string {
  return `${caches.url}/${cacheName}`;
}

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  chromium,
  firefox,
  type LaunchOptions,
  type Locator,
  type Page,
  webkit,
} from '@playwright/test';
import { DownloadFolder } from './downloads';
import {
  type ConsoleMessage,
  type Engine,
  type EngineProcess,
  type OpenOptions,
  PATIENCE,
  type Saved,
  type Target,
} from './engine';
import { ADD_DROP_INPUT, DROP_INPUT_ID, DROP_ITS_FILE } from './page-scripts';
import { type RefusingProxy, startRefusingProxy } from './refusing-proxy';
import { type Engine as EngineName, findProgram } from './requirements.mjs';

/** Playwright's file picker cannot be answered in Chromium, so the page is to think there is none. */
const NO_SAVE_PICKER = 'delete globalThis.showSaveFilePicker;';

/** Chromium, Firefox, or (where Playwright's own is installed) WebKit. */
export async function startPlaywright(name: EngineName): Promise<EngineProcess> {
  const downloads = new DownloadFolder(mkdtempSync(join(tmpdir(), 'explorer-downloads-')));
  const proxy = await startRefusingProxy();
  const browser = await { chromium, firefox, webkit }[name].launch({
    ...launchOptions(name, downloads.path),
    proxy: { server: proxy.url, bypass: '127.0.0.1,localhost' },
  });
  return {
    open: (options) => openPage({ name, browser, downloads, proxy }, options ?? {}),
    close: async () => {
      await browser.close();
      await proxy.close();
      rmSync(downloads.path, { recursive: true, force: true });
    },
  };
}

/** Debian's browser where there is one, else the one that Playwright brought. */
function launchOptions(name: EngineName, downloadsPath: string): LaunchOptions {
  if (name === 'chromium') {
    const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const executablePath = findProgram('chromium');
    return { downloadsPath, args: asRoot, ...(executablePath ? { executablePath } : {}) };
  }
  const executablePath = name === 'firefox' ? findProgram('firefox-esr') : undefined;
  // Both keys are needed to drive a Firefox that is not Playwright's own: over WebDriver BiDi.
  return executablePath ? { downloadsPath, executablePath, channel: 'moz-firefox' } : { downloadsPath };
}

interface Place {
  readonly name: EngineName;
  readonly browser: Browser;
  readonly downloads: DownloadFolder;
  readonly proxy: RefusingProxy;
}

/** What browsers ask their makers by themselves, beside every page. What a page asks there, the driver tells. */
const OWN_DOINGS: Readonly<Record<EngineName, RegExp>> = {
  chromium: /^https?:\/\/[a-z0-9.-]+\.(?:google|googleapis|gvt1)\.com(?:[:/]|$)/,
  firefox: /^https?:\/\/[a-z0-9.-]+\.(?:mozilla\.(?:org|com|net)|firefox\.com)(?:[:/]|$)/,
  webkit: /^$/,
};

async function openPage(place: Place, { colorScheme = 'light', initScript }: OpenOptions): Promise<Engine> {
  const context = await place.browser.newContext({ colorScheme, viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(PATIENCE);
  await context.addInitScript(initScript ?? NO_SAVE_PICKER);
  const page = await context.newPage();
  return new PlaywrightEngine(place, context, page);
}

/** The page itself, for tests of what only one browser can be asked: threads, storage, memory. */
export function playwrightPage(engine: Engine): Page {
  if (engine instanceof PlaywrightEngine) return engine.page;
  throw new Error(`${engine.name} is not driven by Playwright here`);
}

class PlaywrightEngine implements Engine {
  readonly name: EngineName;
  private readonly downloads: DownloadFolder;
  private readonly context: BrowserContext;
  readonly page: Page;
  private readonly proxy: RefusingProxy;
  private readonly refusedBefore: number;
  private readonly heard: ConsoleMessage[] = [];
  private readonly requested: string[] = [];

  constructor({ name, downloads, proxy }: Place, context: BrowserContext, page: Page) {
    this.name = name;
    this.downloads = downloads;
    this.context = context;
    this.page = page;
    this.proxy = proxy;
    this.refusedBefore = proxy.refused.length;
    page.on('console', (message) =>
      this.heard.push({ text: `${message.type()}: ${message.text()}`, url: message.location().url }),
    );
    page.on('pageerror', (error) => this.heard.push({ text: `uncaught: ${error.stack ?? error}`, url: '' }));
    context.on('request', (request) => this.requested.push(request.url()));
  }

  async goto(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async reload(): Promise<void> {
    await this.page.reload();
  }

  async back(): Promise<void> {
    await this.page.goBack({ waitUntil: 'commit' });
  }

  async forward(): Promise<void> {
    await this.page.goForward({ waitUntil: 'commit' });
  }

  async address(): Promise<string> {
    return this.page.url();
  }

  title(): Promise<string> {
    return this.page.title();
  }

  click(target: Target): Promise<void> {
    return this.locate(target).click();
  }

  async type(target: Target, text: string): Promise<void> {
    const field = this.locate(target);
    if (this.name !== 'firefox') return field.fill(text);
    // Over BiDi, `fill` sets the value behind React's back: it takes the event for an echo of its own.
    await field.press('ControlOrMeta+a');
    await field.press('Delete');
    await field.pressSequentially(text);
  }

  press(chord: string): Promise<void> {
    return this.page.keyboard.press(chord);
  }

  setFile(target: Target, path: string): Promise<void> {
    return this.locate(target).setInputFiles(path);
  }

  async dropFile(path: string): Promise<void> {
    await this.evaluate(ADD_DROP_INPUT);
    await this.page.locator(`#${DROP_INPUT_ID}`).setInputFiles(path);
    await this.evaluate(DROP_ITS_FILE);
  }

  waitFor(target: Target): Promise<void> {
    return this.locate(target).waitFor();
  }

  count(target: Target): Promise<number> {
    return this.locate(target).count();
  }

  text(target: Target): Promise<string> {
    // What a person sees, as WebDriver gives it.
    return this.locate(target).innerText();
  }

  attribute(target: Target, name: string): Promise<string | null> {
    return this.locate(target).getAttribute(name);
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.page.evaluate(expression);
  }

  async download(action: () => Promise<void>): Promise<Saved> {
    // Firefox raises no event for a Blob that is saved.
    if (this.name !== 'chromium') return this.downloads.during(action);
    const [download] = await Promise.all([this.page.waitForEvent('download', { timeout: 60_000 }), action()]);
    return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
  }

  async screenshot(path: string): Promise<void> {
    // A caret is hidden by a style in the page, which the page's policy forbids.
    await this.page.screenshot({ path, caret: 'initial' });
  }

  resize(width: number, height: number): Promise<void> {
    return this.page.setViewportSize({ width, height });
  }

  messages(): readonly ConsoleMessage[] {
    return this.heard;
  }

  refusedUrls(): readonly string[] {
    return this.proxy.refused.slice(this.refusedBefore).filter((url) => !OWN_DOINGS[this.name].test(url));
  }

  requestedUrls(): readonly string[] {
    return this.requested;
  }

  close(): Promise<void> {
    return this.context.close();
  }

  private locate(target: Target): Locator {
    const all = this.locateAll(target);
    return target.nth === undefined ? all : all.nth(target.nth);
  }

  private locateAll(target: Target): Locator {
    const parent = target.within ? this.locate(target.within) : this.page;
    if ('css' in target) return parent.locator(target.css);
    if ('fileInput' in target) return parent.getByLabel(target.fileInput, { exact: true });
    const { role, name, level } = target;
    // The names of roles are WAI-ARIA's; Playwright's type lists them one by one.
    return parent.getByRole(role as Parameters<Page['getByRole']>[0], {
      exact: true,
      ...(name === undefined ? {} : { name }),
      ...(level === undefined ? {} : { level }),
    });
  }
}

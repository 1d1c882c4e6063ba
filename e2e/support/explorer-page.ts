import { expect } from '@playwright/test';
import type { Engine, Saved, Target } from './engine';
import { BLANK_PATH } from './page-server';

const INPUT: Target = { role: 'textbox', name: 'Store path, URL or file' };
const TREE: Target = { role: 'tree', name: 'Files' };
const FILE: Target = { role: 'region', name: 'File' };
/** Its label may go on with the file's name. */
const DOWNLOAD: Target = { role: 'button', name: /^Download/, within: FILE };

export interface VisitOptions {
  /** Where the page lies; the root of a host when absent. */
  readonly site?: string;
  readonly cache?: 'own' | 'default';
  /** More of the settings, as a person may have set them. */
  readonly settings?: object;
}

/** The explorer as a person uses it, by the names that design promises to tests and to other people's tools. */
export class ExplorerPage {
  readonly engine: Engine;
  readonly cacheUrl: string;
  /** Servers whose failed requests are the test's own doing, although browsers write them to the console. */
  readonly mayFail: string[];
  private readonly pageUrl: string;
  private opened = false;

  constructor(engine: Engine, pageUrl: string, cacheUrl: string) {
    this.engine = engine;
    this.pageUrl = pageUrl;
    this.cacheUrl = cacheUrl;
    this.mayFail = [cacheUrl];
  }

  get isOpen(): boolean {
    return this.opened;
  }

  /**
   * Opens an address of the page, such as `/nix/store/…`. The list of caches, as a person may have set it up, has only the
   * test's own; `cache: 'default'` leaves the list as it is on a first visit.
   */
  async visit(
    address = '/',
    { site = this.pageUrl, cache = 'own', settings = {} }: VisitOptions = {},
  ): Promise<void> {
    this.opened = true;
    if (cache === 'own') {
      await this.engine.goto(new URL(BLANK_PATH, site).href);
      const state = { substituters: [{ url: this.cacheUrl }], trustedKeys: [], ...settings };
      const saved = JSON.stringify(JSON.stringify({ state, version: 2 }));
      await this.engine.evaluate(`localStorage.setItem('nar-explorer-settings', ${saved})`);
    }
    await this.engine.goto(`${site}${address.replace(/^\//, '')}`);
  }

  /** Pastes something into the input and presses Enter. */
  async open(text: string): Promise<void> {
    await this.engine.type(INPUT, text);
    await this.engine.press('Enter');
  }

  async focusInput(): Promise<void> {
    await this.engine.click(INPUT);
  }

  async treeStands(): Promise<void> {
    await this.engine.waitFor(TREE);
    await expect.poll(() => this.engine.count({ role: 'treeitem', within: TREE })).toBeGreaterThan(0);
  }

  /** A row of the tree by its name; by its level too, where a name comes again below. */
  entry(name: string, level?: number): Target {
    return { role: 'treeitem', name, within: TREE, ...(level === undefined ? {} : { level }) };
  }

  /** Opens the folders on the way and selects the entry: `share/hello/numbers.txt`. */
  async select(path: string): Promise<void> {
    const names = path.split('/');
    for (const [index, name] of names.entries()) {
      const entry = { ...this.entry(name, index + 1), nth: await this.rankOf(names.slice(0, index + 1)) };
      const isLast = index === names.length - 1;
      if (isLast || (await this.engine.attribute(entry, 'aria-expanded')) !== 'true')
        await this.engine.click(entry);
      if (!isLast) await expect.poll(() => this.engine.attribute(entry, 'aria-expanded')).toBe('true');
    }
  }

  /** How many rows of the same name and level stand before the row at this path. Waits until there is such a row. */
  private async rankOf(names: readonly string[]): Promise<number> {
    const script = `(() => {
      const names = ${JSON.stringify(names)};
      const nameOf = (row) => {
        const copy = row.cloneNode(true);
        for (const hidden of copy.querySelectorAll('[aria-hidden=true]')) hidden.remove();
        return row.getAttribute('aria-label') ?? copy.textContent;
      };
      const rows = [...document.querySelectorAll('[role=treeitem]')]
        .map((row) => ({ level: Number(row.getAttribute('aria-level')), name: nameOf(row) }));
      const path = [];
      let rank = 0;
      for (const { level, name } of rows) {
        path.length = level - 1;
        path.push(name);
        if (level !== names.length || name !== names.at(-1)) continue;
        if (names.every((one, index) => one === path[index])) return rank;
        rank++;
      }
      return -1;
    })()`;
    await expect.poll(() => this.engine.evaluate(script), `${names.join('/')} in the tree`).not.toBe(-1);
    return this.engine.evaluate(script);
  }

  /** The page of a file is there, and speaks of this one. */
  async fileIs(name: string): Promise<void> {
    await expect.poll(() => this.engine.text(FILE)).toContain(name);
    await this.engine.waitFor(DOWNLOAD);
  }

  /** Saves the selected file and answers what reached the disk. */
  download(): Promise<Saved> {
    return this.engine.download(() => this.engine.click(DOWNLOAD));
  }

  startDownload(): Promise<void> {
    return this.engine.click(DOWNLOAD);
  }

  async cancel(): Promise<void> {
    await this.engine.click({ role: 'button', name: /^Cancel/ });
  }

  async openFile(path: string): Promise<void> {
    this.opened = true;
    await this.engine.setFile({ fileInput: 'Open a local file' }, path);
  }

  /** `kind reason` of the failure on the page. */
  async failure(): Promise<string> {
    const alert: Target = { css: '[role=alert][data-failure]' };
    await this.engine.waitFor(alert);
    const facts = [this.engine.attribute(alert, 'data-failure'), this.engine.attribute(alert, 'data-reason')];
    return (await Promise.all(facts)).join(' ');
  }

  /** State of a verdict: `unchecked`, `verified` … */
  verdict(check: string): Promise<string | null> {
    return this.engine.attribute({ css: `[data-check="${check}"]` }, 'data-state');
  }

  async progressIsShown(): Promise<void> {
    await this.engine.waitFor({ role: 'progressbar' });
  }

  async progressIsGone(): Promise<void> {
    await expect.poll(() => this.engine.count({ role: 'progressbar' })).toBe(0);
  }

  /** Path and query of the page's address, decoded no further than the browser does. */
  async address(): Promise<string> {
    const { pathname, search, hash } = new URL(await this.engine.address());
    return `${pathname}${search}${hash}`;
  }

  /** The address, without the cache of the test and as soon as it is so. */
  async addressIs(expected: string | RegExp): Promise<void> {
    const address = expect.poll(async () => (await this.address()).replace(/[?&]cache=[^&#]*/, ''));
    if (typeof expected === 'string') await address.toBe(expected);
    else await address.toMatch(expected);
  }

  /** Keys, one after the other, to what has the focus. */
  async keys(text: string): Promise<void> {
    for (const key of text) await this.engine.press(key);
  }

  /** Presses a key until the focus is on what the pattern describes: `treeitem bin`, `button Download`. */
  async pressUntil(chord: string, wanted: RegExp, atMost = 40): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses <= atMost; presses++) {
      const focused = await this.focused();
      if (wanted.test(focused)) return;
      passed.push(focused);
      await this.engine.press(chord);
    }
    throw new Error(`${chord} did not lead to ${wanted}, only to:\n${passed.join('\n')}`);
  }

  /** Role and name of what has the focus, as the page marks it. */
  focused(): Promise<string> {
    return this.engine.evaluate(
      `[document.activeElement.getAttribute('role') ?? document.activeElement.localName, document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()].join(' ')`,
    );
  }
}

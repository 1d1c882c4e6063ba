import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DownloadFolder } from './downloads';
import {
  type ConsoleMessage,
  describeTarget,
  type Engine,
  type EngineProcess,
  PATIENCE,
  type Saved,
  type Target,
} from './engine';
import { ADD_DROP_INPUT, DROP_INPUT_ID, DROP_ITS_FILE } from './page-scripts';
import { type RefusingProxy, startRefusingProxy } from './refusing-proxy';
import { type ElementReference, WebDriverError, WebKitDriver } from './webdriver';
import { candidatesScript, keyValue } from './webdriver-words';

/** WebKitGTK's MiniBrowser, over the WebDriver protocol. `heard` is what the page server's console hook collects. */
export async function startWebKit(heard: readonly string[]): Promise<EngineProcess> {
  const home = mkdtempSync(join(tmpdir(), 'explorer-webkit-'));
  const proxy = await startRefusingProxy();
  // Only addresses with this host are asked directly.
  const throughProxy = [`--proxy=${proxy.url}`, '--ignore-host=127.0.0.1'];
  let driver = await WebKitDriver.start(home);
  // The driver is known to wait for ever, now and then, for a browser that it just started; another one does not.
  const newSession = () =>
    driver.newSession(throughProxy).catch(async () => {
      driver.stop();
      driver = await WebKitDriver.start(home);
      return driver.newSession(throughProxy);
    });
  return {
    open: async () => {
      const session = await newSession();
      const engine = new WebKitEngine({ driver, session, downloads: new DownloadFolder(home), heard, proxy });
      await engine.resize(1280, 800);
      return engine;
    },
    close: async () => {
      driver.stop();
      await proxy.close();
      await pause(100);
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface WebKitPlace {
  readonly driver: WebKitDriver;
  readonly session: string;
  readonly downloads: DownloadFolder;
  readonly heard: readonly string[];
  readonly proxy: RefusingProxy;
}

class WebKitEngine implements Engine {
  readonly name = 'webkit';
  private readonly driver: WebKitDriver;
  private readonly session: string;
  private readonly downloads: DownloadFolder;
  private readonly heard: readonly string[];
  private readonly heardBefore: number;
  private readonly proxy: RefusingProxy;
  private readonly refusedBefore: number;

  constructor({ driver, session, downloads, heard, proxy }: WebKitPlace) {
    this.driver = driver;
    this.session = session;
    this.downloads = downloads;
    this.heard = heard;
    this.heardBefore = heard.length;
    this.proxy = proxy;
    this.refusedBefore = proxy.refused.length;
  }

  async goto(url: string): Promise<void> {
    await this.post('/url', { url });
  }

  async reload(): Promise<void> {
    await this.post('/refresh');
  }

  async back(): Promise<void> {
    await this.post('/back');
  }

  async forward(): Promise<void> {
    await this.post('/forward');
  }

  address(): Promise<string> {
    return this.evaluate('location.href');
  }

  title(): Promise<string> {
    return this.driver.call('GET', `${this.session}/title`);
  }

  click(target: Target): Promise<void> {
    return this.withElement(target, async (element) => {
      // A click on what is disabled is taken, and does nothing.
      const isEnabled = await this.driver.call('GET', `${this.session}/element/${element}/enabled`);
      if (!isEnabled) throw new WebDriverError('element not interactable', 'it is disabled');
      await this.post(`/element/${element}/click`);
    });
  }

  type(target: Target, text: string): Promise<void> {
    return this.withElement(target, async (element) => {
      await this.post(`/element/${element}/clear`);
      await this.post(`/element/${element}/value`, { text });
    });
  }

  async press(chord: string): Promise<void> {
    const keys = (chord.length > 1 ? chord.split('+') : [chord]).map(keyValue);
    const down = keys.map((value) => ({ type: 'keyDown', value }));
    const up = keys.toReversed().map((value) => ({ type: 'keyUp', value }));
    await this.post('/actions', { actions: [{ type: 'key', id: 'keyboard', actions: [...down, ...up] }] });
  }

  setFile(target: Target, path: string): Promise<void> {
    return this.withElement(target, (element) => this.post(`/element/${element}/value`, { text: path }));
  }

  async dropFile(path: string): Promise<void> {
    await this.evaluate(ADD_DROP_INPUT);
    await this.setFile({ css: `#${DROP_INPUT_ID}` }, path);
    await this.evaluate(DROP_ITS_FILE);
  }

  waitFor(target: Target): Promise<void> {
    return this.withElement(target, async () => {});
  }

  async count(target: Target): Promise<number> {
    return (await this.find(target)).length;
  }

  text(target: Target): Promise<string> {
    return this.withElement(target, (element) =>
      this.driver.call('GET', `${this.session}/element/${element}/text`),
    );
  }

  attribute(target: Target, name: string): Promise<string | null> {
    return this.withElement(target, (element) =>
      this.execute(`return arguments[0].getAttribute(arguments[1])`, element, name),
    );
  }

  async evaluate<T>(expression: string): Promise<T> {
    const script = `const done = arguments[arguments.length - 1];
      Promise.resolve().then(() => (${expression})).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const answer = await this.post<{ value: T; error?: string }>('/execute/async', { script, args: [] });
    if (answer.error) throw new Error(answer.error);
    return answer.value;
  }

  download(action: () => Promise<void>): Promise<Saved> {
    return this.downloads.during(action);
  }

  async screenshot(path: string): Promise<void> {
    const picture = await this.driver.call<string>('GET', `${this.session}/screenshot`);
    writeFileSync(path, Buffer.from(picture, 'base64'));
  }

  /** Of the page; the window is larger by its own parts, and never narrower than 447 pixels. It takes its time. */
  async resize(width: number, height: number): Promise<void> {
    const size = () => this.evaluate<[number, number]>('[innerWidth, innerHeight]');
    for (let tries = 0; tries < 40; tries++) {
      const [innerWidth, innerHeight] = await size();
      if (innerWidth === width && innerHeight === height) return;
      const outer = await this.driver.call<{ width: number; height: number }>(
        'GET',
        `${this.session}/window/rect`,
      );
      const parts = {
        width: Math.max(0, outer.width - innerWidth),
        height: Math.max(0, outer.height - innerHeight),
      };
      await this.post('/window/rect', { width: width + parts.width, height: height + parts.height });
      await pause(50);
    }
    throw new Error(`the page is ${await size()}, not ${width},${height}`);
  }

  messages(): readonly ConsoleMessage[] {
    return this.heard.slice(this.heardBefore).map((text) => ({ text, url: '' }));
  }

  refusedUrls(): readonly string[] {
    return this.proxy.refused.slice(this.refusedBefore);
  }

  requestedUrls(): undefined {
    return undefined;
  }

  async close(): Promise<void> {
    await this.driver.call('DELETE', this.session);
    this.downloads.clear();
  }

  /** Waits for the one element and works on it; again when the page replaced it meanwhile. */
  private async withElement<T>(target: Target, work: (element: string) => Promise<T>): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    let trouble: unknown;
    for (;;) {
      try {
        const elements = await this.find(target);
        const [element] = elements;
        if (element && elements.length === 1) return await work(element);
        trouble = new Error(`${elements.length} of ${describeTarget(target)}`);
      } catch (error) {
        if (!isPassing(error)) throw error;
        trouble = error;
      }
      if (Date.now() > deadline) throw trouble;
      await pause(50);
    }
  }

  /** References of all visible elements that fit now. Names are those that WebKit itself computes for screen readers. */
  private async find(target: Target): Promise<string[]> {
    const parents = target.within ? await this.find(target.within) : [undefined];
    const found: string[] = [];
    for (const parent of parents) {
      const candidates = await this.execute<ElementReference[]>(
        candidatesScript(target),
        ...(parent ? [parent] : []),
      );
      for (const candidate of candidates) {
        const [element] = Object.values(candidate);
        if (element && (await this.fits(element, target))) found.push(element);
      }
    }
    return target.nth === undefined ? found : found.slice(target.nth, target.nth + 1);
  }

  private async fits(element: string, target: Target): Promise<boolean> {
    const name = 'role' in target ? target.name : undefined;
    if (name === undefined) return true;
    const label = await this.driver.call<string>('GET', `${this.session}/element/${element}/computedlabel`);
    return typeof name === 'string' ? label.trim() === name.trim() : name.test(label);
  }

  /** Runs a function body; arguments that are elements are passed as such. */
  private execute<T>(script: string, ...args: string[]): Promise<T> {
    const passed = args.map((one, index) => (index === 0 ? { [ELEMENT_KEY]: one } : one));
    return this.post('/execute/sync', { script, args: passed });
  }

  private post<T>(path: string, body?: object): Promise<T> {
    return this.driver.call('POST', `${this.session}${path}`, body ? { body } : {});
  }
}

/** The web element identifier of the W3C WebDriver recommendation. */
const ELEMENT_KEY = 'element-6066-11e4-a52e-4f735466cecf';

function isPassing(error: unknown): boolean {
  return (
    error instanceof WebDriverError &&
    [
      'stale element reference',
      'no such element',
      'element not interactable',
      'element click intercepted',
    ].includes(error.error)
  );
}

import type { Engine as EngineName } from './requirements.mjs';

/** Something on the page, as a person would name it; `css` only for the marks that testing.md's table promises. */
export type Target = (
  | { readonly role: string; readonly name?: string | RegExp; readonly level?: number }
  | { readonly css: string }
  /** A file input by its label: it has no role of its own. */
  | { readonly fileInput: string }
) & {
  readonly within?: Target;
  /** Which of several alike, in the order of the page, from 0. */
  readonly nth?: number;
};

export interface Saved {
  readonly name: string;
  readonly bytes: Buffer;
}

/** A console message, or an error that nobody caught. */
export interface ConsoleMessage {
  readonly text: string;
  /** The script or resource it is about; empty where the browser does not say. */
  readonly url: string;
}

/**
 * One page in a browser: as little as the journeys need, so that the same ones run in Chromium, Firefox and WebKit.
 * What acts on a target waits until there is exactly one, visible.
 */
export interface Engine {
  readonly name: EngineName;
  goto(url: string): Promise<void>;
  reload(): Promise<void>;
  back(): Promise<void>;
  forward(): Promise<void>;
  /** The whole URL. */
  address(): Promise<string>;
  title(): Promise<string>;

  click(target: Target): Promise<void>;
  /** Replaces what a text field holds. */
  type(target: Target, text: string): Promise<void>;
  /** A key or a chord, to what has the focus: `Enter`, `ArrowDown`, `a`, `?`, `Control+k`, `Shift+Tab`. */
  press(chord: string): Promise<void>;
  setFile(target: Target, path: string): Promise<void>;
  /** Drops a file in the middle of the page. */
  dropFile(path: string): Promise<void>;

  waitFor(target: Target): Promise<void>;
  /** How many there are now. */
  count(target: Target): Promise<number>;
  text(target: Target): Promise<string>;
  attribute(target: Target, name: string): Promise<string | null>;
  /** The value of a JavaScript expression, or of its promise, as JSON can carry it. */
  evaluate<T>(expression: string): Promise<T>;

  /** The file that reaches the disk because of an action. */
  download(action: () => Promise<void>): Promise<Saved>;
  screenshot(path: string): Promise<void>;
  resize(width: number, height: number): Promise<void>;
  /** All so far. */
  messages(): readonly ConsoleMessage[];
  /** URLs that somebody outside of loopback was to be asked for so far, and was not; of https only the host. */
  refusedUrls(): readonly string[];
  /** URLs of every request of page and workers so far; undefined where the browser does not tell. */
  requestedUrls(): readonly string[] | undefined;
  close(): Promise<void>;
}

/** A browser that opens pages with nothing left from the one before: no storage, no history, no downloads. */
export interface EngineProcess {
  open(options?: OpenOptions): Promise<Engine>;
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly colorScheme?: 'light' | 'dark';
  /** JavaScript that runs before the page's own, where the browser can do so (not in WebKit). */
  readonly initScript?: string;
}

/** How long an action waits for its target, in milliseconds. */
export const PATIENCE = 25_000;

export function describeTarget(target: Target): string {
  const within = target.within ? ` in ${describeTarget(target.within)}` : '';
  if ('css' in target) return `${target.css}${within}`;
  if ('fileInput' in target) return `file input "${target.fileInput}"${within}`;
  return `${target.role}${target.name === undefined ? '' : ` "${target.name}"`}${within}`;
}

import type { AddressParts } from '../address';
import type { AddressBar } from '../address-store';

interface Entry {
  readonly url: string;
  readonly file: number | undefined;
}

/** An address bar with a history, without a browser. Every change is told twice, as browsers do of fragments. */
export class FakeBar implements AddressBar {
  private entries: Entry[];
  private at = 0;
  private readonly listeners: (() => void)[] = [];

  constructor(start = '/') {
    this.entries = [{ url: start, file: undefined }];
  }

  get history(): string[] {
    return this.entries.map(({ url }) => url);
  }

  get current(): string {
    return this.history[this.at] ?? '';
  }

  read(): AddressParts {
    const { pathname, search, hash } = new URL(`https://explorer.example${this.current}`);
    return { pathname, search, hash, file: this.entries[this.at]?.file };
  }

  push(parts: AddressParts): void {
    this.entries = [...this.entries.slice(0, this.at + 1), entryOf(parts)];
    this.at++;
  }

  replace(parts: AddressParts): void {
    this.entries[this.at] = entryOf(parts);
  }

  go(steps: number): void {
    this.at += steps;
    this.tell();
  }

  /** What somebody types over the fragment, or all of it where it stands in the fragment. */
  type(url: string): void {
    this.entries = [...this.entries.slice(0, this.at + 1), { url, file: undefined }];
    this.at++;
    this.tell();
  }

  onChange(callback: () => void): void {
    this.listeners.push(callback);
  }

  href(parts: AddressParts): string {
    return `https://explorer.example${entryOf(parts).url}`;
  }

  private tell(): void {
    for (const listener of [...this.listeners, ...this.listeners]) listener();
  }
}

function entryOf({ pathname, search, hash, file }: AddressParts): Entry {
  return { url: pathname + search + hash, file };
}

/** Threads of the page. The page starts them all; what they do is in `workers/`. */
export type ThreadName = 'archive' | HelperName;

/** Those that work for the archive's thread. */
export type HelperName = 'decode' | 'hash';

/** A thread, as far as the side that asks it needs it. */
export interface Thread<Request, Answer> {
  postMessage(request: Request, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<Answer>) => void): void;
  addEventListener(type: 'error' | 'messageerror', listener: (event: Event) => void): void;
  terminate(): void;
}

/** What the archive's thread says to the page about helpers, each of which has a number. */
export type ThreadWish =
  | {
      readonly type: 'start';
      readonly thread: number;
      readonly name: HelperName;
      /** For the helper: the other end is the archive thread's. */
      readonly port: MessagePort;
    }
  | { readonly type: 'end'; readonly thread: number };

/** What the page says to the archive's thread: a helper fails, with a message where it ever ran. */
export interface ThreadTrouble {
  readonly thread: number;
  readonly type: 'error' | 'messageerror';
  readonly message: string;
}

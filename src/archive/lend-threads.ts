import type { HelperName, ThreadTrouble, ThreadWish } from './thread';

/** A helper, as far as the page needs it: the first message brings the port that it works for. */
export type LentThread = Pick<Worker, 'addEventListener' | 'postMessage' | 'terminate'>;

/**
 * The page starts the helpers that the archive's thread asks for, and takes no part in what they say to each other. Threads
 * could start threads themselves, but not in every engine, and not for certain: Firefox 153 may stop both for good where a
 * debugger watches its workers. Answers a function that ends all of them.
 */
export function lendThreads(borrower: MessagePort, start: (name: HelperName) => LentThread): () => void {
  const lent = new Map<number, LentThread>();
  const tell = (trouble: ThreadTrouble) => borrower.postMessage(trouble);

  const lend = (thread: number, name: HelperName, port: MessagePort) => {
    const helper = start(name);
    lent.set(thread, helper);
    for (const type of ['error', 'messageerror'] as const)
      helper.addEventListener(type, (event) => {
        event.preventDefault();
        tell({ thread, type, message: 'message' in event ? String(event.message) : '' });
      });
    helper.postMessage(null, [port]);
  };

  borrower.onmessage = ({ data }: MessageEvent<ThreadWish>) => {
    if (data.type === 'end') {
      lent.get(data.thread)?.terminate();
      lent.delete(data.thread);
      return;
    }
    try {
      lend(data.thread, data.name, data.port);
    } catch {
      tell({ thread: data.thread, type: 'error', message: '' });
    }
  };

  return () => {
    for (const helper of lent.values()) helper.terminate();
    lent.clear();
    borrower.close();
  };
}

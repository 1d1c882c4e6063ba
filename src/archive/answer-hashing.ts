import type { HashAnswer, HashRequest } from './hash-messages';
import { type LocalHasher, startLocalHasher } from './local-hashing';

/** The thread itself, as far as it is needed here. */
interface Thread {
  onmessage: ((event: MessageEvent<HashRequest>) => void) | null;
  postMessage(answer: HashAnswer, transfer: Transferable[]): void;
}

/** Hashes what it is sent, in the order in which it came. What fails here ends the thread's work with an error event. */
export function answerHashing(thread: Thread): void {
  const hashers = new Map<number, LocalHasher>();
  let before = Promise.resolve();
  thread.onmessage = ({ data }) => {
    before = before.then(() => answer(data));
    before.catch((error: unknown) => {
      // Out of the promise, so that the page's side hears of it.
      setTimeout(() => {
        throw error;
      });
    });
  };

  const answer = async (request: HashRequest): Promise<void> => {
    if (request.type === 'start') {
      hashers.set(request.hasher, await startLocalHasher(request.algorithm));
      return;
    }
    const hasher = hashers.get(request.hasher);
    switch (request.type) {
      case 'update':
        hasher?.update(new Uint8Array(request.buffer, 0, request.length));
        thread.postMessage({ type: 'free', buffer: request.buffer }, [request.buffer]);
        break;
      case 'digest':
        if (hasher)
          thread.postMessage({ type: 'digest', question: request.question, ...hasher.digest() }, []);
        break;
      case 'restart':
        hasher?.restart();
        break;
      case 'forget':
        hashers.delete(request.hasher);
        break;
    }
  };
}

import type { HelperName, Thread, ThreadTrouble, ThreadWish } from './thread';

/** Helpers that the page starts (lend-threads.ts). They are spoken to without it. */
export function borrowThreads(
  lender: MessagePort,
): <Request, Answer>(name: HelperName) => Thread<Request, Answer> {
  const borrowed = new Map<number, EventTarget>();
  let last = 0;
  const ask = (wish: ThreadWish, transfer: Transferable[] = []) => lender.postMessage(wish, transfer);

  lender.onmessage = ({ data }: MessageEvent<ThreadTrouble>) => {
    const { thread, type, message } = data;
    borrowed.get(thread)?.dispatchEvent(Object.assign(new Event(type), { message }));
  };

  return <Request, Answer>(name: HelperName): Thread<Request, Answer> => {
    const thread = ++last;
    const { port1, port2 } = new MessageChannel();
    const troubles = new EventTarget();
    borrowed.set(thread, troubles);
    ask({ type: 'start', thread, name, port: port2 }, [port2]);
    return {
      postMessage: (request, transfer) => port1.postMessage(request, transfer),
      addEventListener: (type, listener) => {
        // The types of all listeners meet in `Event`.
        const hear = listener as EventListener;
        (type === 'message' ? port1 : troubles).addEventListener(type, hear);
        if (type === 'message') port1.start();
        if (type === 'messageerror') port1.addEventListener(type, hear);
      },
      terminate: () => {
        port1.close();
        borrowed.delete(thread);
        ask({ type: 'end', thread });
      },
    };
  };
}

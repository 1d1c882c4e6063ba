import { expose } from 'comlink';
import { borrowThreads } from '../src/archive/borrow-threads';
import { createArchiveService } from '../src/archive/create-service';
import { decodingIn, threadsFor } from '../src/archive/decode-threads';
import { hashingIn } from '../src/archive/hash-thread';
import { registerTransferHandlers, withTransfers } from '../src/archive/transfer-handlers';

/** The first message brings the port over which the page lends threads. */
addEventListener('message', ({ ports: [lender] }) => lender && serve(lender), { once: true });

function serve(lender: MessagePort): void {
  const borrow = borrowThreads(lender);
  const service = createArchiveService({
    startHashing: hashingIn(() => borrow('hash')),
    partDecoding: decodingIn(() => borrow('decode'), threadsFor(navigator.hardwareConcurrency)),
  });
  registerTransferHandlers();
  expose(withTransfers(service));
}

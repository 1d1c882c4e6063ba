import { expose } from 'comlink';
import { createArchiveService } from '../src/archive/create-service';
import { hashingIn } from '../src/archive/hash-thread';
import { registerTransferHandlers, withTransfers } from '../src/archive/transfer-handlers';
import { trustedWorkerUrl } from '../src/archive/worker-url';
import hashWorkerUrl from './hash.worker.ts?worker&url';

/** Not every engine lets a worker start another. */
const hashing =
  typeof Worker === 'undefined'
    ? {}
    : {
        startHashing: hashingIn(
          () => new Worker(trustedWorkerUrl(hashWorkerUrl), { type: 'module', name: 'hash' }),
        ),
      };
registerTransferHandlers();
expose(withTransfers(createArchiveService(hashing)));

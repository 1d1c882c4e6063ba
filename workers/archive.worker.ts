import { expose } from 'comlink';
import { createArchiveService } from '../src/archive/create-service';
import { decodingIn, threadsFor } from '../src/archive/decode-threads';
import { hashingIn } from '../src/archive/hash-thread';
import { registerTransferHandlers, withTransfers } from '../src/archive/transfer-handlers';
import { trustedWorkerUrls } from '../src/archive/worker-url';
import decodeWorkerUrl from './decode.worker.ts?worker&url';
import hashWorkerUrl from './hash.worker.ts?worker&url';

const trusted = trustedWorkerUrls([decodeWorkerUrl, hashWorkerUrl]);
const start = (url: string, name: string) => () => new Worker(trusted(url), { type: 'module', name });

/** Not every engine lets a worker start another. */
const threads =
  typeof Worker === 'undefined'
    ? {}
    : {
        startHashing: hashingIn(start(hashWorkerUrl, 'hash')),
        partDecoding: decodingIn(start(decodeWorkerUrl, 'decode'), threadsFor(navigator.hardwareConcurrency)),
      };
registerTransferHandlers();
expose(withTransfers(createArchiveService(threads)));

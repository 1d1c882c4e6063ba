import { expose } from 'comlink';
import { createArchiveService } from '../src/archive/create-service';
import { registerTransferHandlers, withTransfers } from '../src/archive/transfer-handlers';

registerTransferHandlers();
expose(withTransfers(createArchiveService()));

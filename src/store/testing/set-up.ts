import type { Failure } from '../../archive/failure';
import type { Opened } from '../../archive/service';
import type { FileSaver } from '../file-saver';
import { createStores } from '../stores';
import { FakeBar } from './fake-bar';
import { FakeService, openedArchive } from './fake-service';

/** Lets everything that was answered arrive. */
export const turn = () => new Promise((resolve) => setImmediate(resolve));

/** All stores on a service and an address bar without a browser. */
export function setUp(start = '/', storage?: Parameters<typeof createStores>[0]['storage']) {
  const service = new FakeService();
  const bar = new FakeBar(start);
  const saved: { name: string; bytes: number[] }[] = [];
  const saver: FileSaver = {
    save: async (name, fill) => {
      const bytes: number[] = [];
      const outcome = await fill(async (chunk) => void bytes.push(...chunk));
      if (outcome !== 'discard' && outcome.ok) saved.push({ name, bytes });
      return outcome;
    },
  };
  const stores = createStores({ service, bar, saver, storage });
  const answer = async (value: Opened) => {
    service.opens.at(-1)?.answer({ ok: true, value });
    await turn();
  };
  const opened = (id: number, ...more: [cacheUrl?: string, hashPart?: string]) =>
    answer({ kind: 'archive', archive: openedArchive(id, ...more) });
  const failed = async (failure: Failure) => {
    service.opens.at(-1)?.answer({ ok: false, failure });
    await turn();
  };
  return {
    service,
    bar,
    saved,
    stores,
    answer,
    opened,
    failed,
    archive: () => stores.archiveStore.getState().state,
    input: () => stores.inputStore.getState(),
    address: () => stores.addressStore.getState(),
  };
}

import { createRoot } from 'react-dom/client';
import { connectArchiveService, startArchiveThread } from './archive/client';
import { takeEarlyThread } from './early';
import { hashAddressBar, pathAddressBar } from './store/address-bar';
import { browserFileSaver } from './store/file-saver';
import { StoresProvider } from './store/hooks';
import { warnBeforeLeaving } from './store/leaving';
import { createStores } from './store/stores';
import { App, loadExplorer } from './ui/App';
import { SAMPLE_CACHE_URL } from './ui/open/sample-cache';
import './ui/tokens.css';
import './ui/global.css';

/** Set by vite.config.ts: where in the URL an address stands. */
declare const __ADDRESS_STYLE__: 'path' | 'hash';
/** The public half of the key that the sample cache is signed with. */
declare const __SAMPLE_KEY__: string;

const early = takeEarlyThread();

const stores = createStores({
  service: connectArchiveService(startArchiveThread, early),
  bar:
    __ADDRESS_STYLE__ === 'hash' ? hashAddressBar(window) : pathAddressBar(window, import.meta.env.BASE_URL),
  saver: browserFileSaver(window),
  storage: storageOf(window),
  builtInKeys: [{ key: __SAMPLE_KEY__, cacheUrl: SAMPLE_CACHE_URL }],
});

warnBeforeLeaving(window, stores.downloadStore);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root');
const page = createRoot(root);
const draw = () =>
  page.render(
    <StoresProvider value={stores}>
      <App />
    </StoresProvider>,
  );
// What is to be opened has its place from the first frame on, if it can be had soon; what fails is told in it.
if (early) Promise.race([loadExplorer(), soon()]).then(draw, draw);
else draw();

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_000));
}

/** Undefined where the browser forbids a page to remember anything: then even asking throws. */
function storageOf(page: Window): Storage | undefined {
  try {
    return page.localStorage;
  } catch {
    return undefined;
  }
}

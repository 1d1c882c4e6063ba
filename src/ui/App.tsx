import { type ComponentType, lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useAddress, useArchive, useInput, useStores } from '../store/hooks';
import styles from './App.module.css';
import { DownloadFailure } from './explorer/entry/DownloadFailure';
import { WrongFiles } from './explorer/entry/WrongFiles';
import { StatusLine } from './explorer/StatusLine';
import { usePageTitle } from './explorer/use-page-title';
import { ErrorBoundary } from './failure/ErrorBoundary';
import { FailurePage } from './failure/FailurePage';
import { useRemedies } from './failure/use-remedies';
import { ChoiceDialog } from './open/ChoiceDialog';
import { FilePickerProvider } from './open/file-picker';
import { Header } from './open/Header';
import { Landing } from './open/Landing';
import { usePageInput } from './open/use-page-input';
import { PageProvider, usePage } from './shared/page';
import { usePageKeys } from './use-page-keys';

// Not needed to type into the input; asked for as soon as that stands, or before anything is drawn.
let loadedExplorer: ComponentType | undefined;
export async function loadExplorer(): Promise<ComponentType> {
  loadedExplorer ??= (await import('./explorer/Explorer')).Explorer;
  return loadedExplorer;
}
const LazyExplorer = lazy(async () => ({ default: await loadExplorer() }));

/** What is there is drawn at once: React lets what it has waited for appear a third of a second later. */
function Explorer() {
  const [Shown] = useState(() => loadedExplorer ?? LazyExplorer);
  return <Shown />;
}

// What few visits need is fetched when it is.
const DescribedPage = lazy(async () => ({ default: (await import('./open/DescribedPage')).DescribedPage }));
const ExportPage = lazy(async () => ({ default: (await import('./open/ExportPage')).ExportPage }));
const HelpDialog = lazy(async () => ({ default: (await import('./settings/HelpDialog')).HelpDialog }));
const SettingsDialog = lazy(async () => ({
  default: (await import('./settings/SettingsDialog')).SettingsDialog,
}));

/** The whole page. It needs a StoresProvider above. */
export function App() {
  return (
    <PageProvider>
      <FilePickerProvider>
        <Screen />
      </FilePickerProvider>
    </PageProvider>
  );
}

function Screen() {
  const input = useRef<HTMLInputElement>(null);
  const isDragged = usePageInput();
  const href = useAddress(({ address, hrefOf }) => hrefOf({ ...address, position: undefined }));
  usePageKeys(input);
  usePageTitle();
  useOutcomePutAway();
  useEffect(() => {
    // A failure is told where the explorer is wanted.
    loadExplorer().catch(() => undefined);
  }, []);
  return (
    <div className={styles.app}>
      <div>
        <Header input={input} />
        <WrongFiles />
      </div>
      <ErrorBoundary shown={href}>
        <Suspense>
          <Content />
        </Suspense>
      </ErrorBoundary>
      <DownloadFailure />
      <StatusLine />
      <Dialogs />
      {isDragged && <div className={styles.drop}>Drop to open it here. Nothing is uploaded.</div>}
    </div>
  );
}

function Content(): ReactNode {
  const { inputStore } = useStores();
  const state = useArchive((archive) => archive.state);
  const inputState = useInput((input) => input.state);
  const remedies = useRemedies();
  if (inputState.status === 'unrecognised') {
    const back = inputStore.getState().dismiss;
    return <FailurePage failure={inputState.failure} remedies={{ ...remedies, back }} />;
  }
  switch (state.status) {
    case 'idle':
      return <Landing />;
    case 'failed':
      return <FailurePage failure={state.failure} remedies={remedies} />;
    case 'choosing':
      return <ExportPage opened={state.opened} />;
    case 'described':
      return state.opened.kind === 'listing' ? <Explorer /> : <DescribedPage opened={state.opened} />;
    case 'opening':
    case 'open':
      return <Explorer />;
  }
}

function Dialogs() {
  const { dialog, openDialog } = usePage();
  const close = () => openDialog(undefined);
  return (
    <>
      <ChoiceDialog />
      <Suspense>
        {dialog === 'settings' && <SettingsDialog onClose={close} />}
        {dialog === 'help' && <HelpDialog onClose={close} />}
      </Suspense>
    </>
  );
}

/** What came of a download of another archive is old news. */
function useOutcomePutAway() {
  const { downloadStore } = useStores();
  const isOpening = useArchive(({ state }) => state.status === 'opening');
  useEffect(() => {
    if (isOpening) downloadStore.getState().dismiss();
  }, [isOpening, downloadStore]);
}

import type { ArchiveInput, ArchiveService } from '../archive/service';
import type { Place } from './address';
import type { AddressStore } from './address-store';
import type { ArchiveState, ArchiveStore } from './archive-store';
import { notExported } from './failures';

/** A stream by itself: a NAR, or the export of several store paths. */
export type StreamInput = ArchiveInput & { readonly kind: 'file' | 'nar-url' };

type Choosing = ArchiveState & { readonly status: 'choosing' };

interface Stores {
  readonly service: ArchiveService;
  readonly addressStore: AddressStore;
  readonly archiveStore: ArchiveStore;
}

interface StreamFollower {
  /** Shows the stream, or one store path of it if it is an export. */
  show(input: StreamInput, exported: string | undefined): void;
  /** Another archive is shown. */
  leave(): void;
}

/**
 * An export stream stands open for as long as the address is of it: it is read once, its store paths are opened out of it,
 * and the way back to the choice among them costs nothing. The address names a store path before the stream was read: it
 * is opened when the stream stands open.
 */
export function followStream({ service, addressStore, archiveStore }: Stores): StreamFollower {
  let open: Choosing | undefined;

  const leave = () => {
    if (open) void service.close(open.opened.exportId);
    open = undefined;
  };

  const choose = ({ opened }: Choosing, exported: string) => {
    const index = opened.storePaths.findIndex(({ hashPart }) => hashPart === exported);
    const archive = archiveStore.getState();
    if (index < 0) archive.fail(notExported(exported));
    else void archive.open({ kind: 'exported', exportId: opened.exportId, index });
  };

  const show = (input: StreamInput, exported: string | undefined) => {
    if (open && !isSameStream(open.input, input)) leave();
    if (!open) {
      void archiveStore.getState().open(input);
    } else if (exported === undefined) {
      archiveStore.getState().close();
      archiveStore.setState({ state: open });
    } else {
      choose(open, exported);
    }
  };

  archiveStore.subscribe(({ state }) => {
    const { place } = addressStore.getState().address;
    if (state.status === 'choosing' && state !== open) {
      leave();
      open = state;
      const exported = exportedOf(place);
      if (exported !== undefined) choose(state, exported);
    }
    if (open && isGone(state)) {
      // It died with the thread that held it.
      const { input } = open;
      leave();
      void archiveStore.getState().open(input);
    }
  });
  return { show, leave };
}

function exportedOf(place: Place): string | undefined {
  return 'exported' in place ? place.exported : undefined;
}

function isGone(state: ArchiveState): boolean {
  return (
    state.status === 'failed' &&
    state.input?.kind === 'exported' &&
    state.failure.kind === 'internal' &&
    state.failure.reason === 'archive-closed'
  );
}

function isSameStream(a: ArchiveInput, b: StreamInput): boolean {
  if (a.kind === 'file') return b.kind === 'file' && a.file === b.file;
  return a.kind === 'nar-url' && b.kind === 'nar-url' && a.url === b.url;
}

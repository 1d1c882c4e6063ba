import { throwIfAborted } from '../bytes/errors';
import { rechunk } from '../bytes/stream';
import { LimitError } from '../nix/errors';
import { narPathOf, nodeAt } from '../nix/nar/listing';
import { type Archive, meter, type OpenContext, withProgress } from './archive';
import { FailureError } from './failure';
import { openStorePath } from './open-store-path';
import { type OpenExport, openExported, openFile, openNarUrl, type StreamOpened } from './open-stream';
import { outcomeOf } from './outcome';
import type {
  ArchiveInput,
  ArchiveService,
  FileRange,
  Opened,
  OpenedArchive,
  Progress,
  ReadReport,
} from './service';

/** What `read` hands over in one piece at most. */
const MAX_READ = 64 * 1024 * 1024;
/** Chunks of this size cross a thread at no cost to speak of. */
const CHUNK = 1024 * 1024;

/** The service itself, without a thread. */
export function createArchiveService(): ArchiveService {
  const archives = new Map<number, Archive>();
  let exported: { readonly id: number; readonly stream: OpenExport } | undefined;
  let nextId = 1;

  const keepArchive = (archive: Archive, cost: OpenedArchive['cost']): Opened => {
    const id = nextId++;
    archives.set(id, archive);
    return { kind: 'archive', archive: openedArchive(id, archive, cost) };
  };

  /** An export stays until something else is opened: its paths are opened out of it one after the other. */
  const keepExport = async (stream: OpenExport): Promise<Opened> => {
    const id = nextId++;
    exported = { id, stream };
    const storePaths = stream.nars.map(({ path }) => path.storePath);
    return { kind: 'export', exportId: id, fileName: stream.fileName, storePaths };
  };

  const dropExport = async () => {
    const { stream } = exported ?? {};
    exported = undefined;
    await stream?.close();
  };

  const openInput = async (input: ArchiveInput, context: OpenContext): Promise<Opened> => {
    const start = performance.now();
    if (input.kind === 'exported') {
      if (exported?.id !== input.exportId) throw new Error(`the export stream ${input.exportId} is closed`);
      return keepArchive(openExported(exported.stream, input.index), costSince(start));
    }
    await dropExport();
    if (input.kind === 'store-path') {
      const archive = await openStorePath(input, context);
      return keepArchive(archive, costSince(start, archive));
    }
    const opened = await (input.kind === 'file'
      ? openFile(input.file, context)
      : openNarUrl(input.url, context));
    return keepOpened(opened, start);
  };

  const keepOpened = async (opened: StreamOpened, start: number): Promise<Opened> => {
    if (opened.kind === 'described') return opened.opened;
    if (opened.kind === 'export') return keepExport(opened.exported);
    return keepArchive(opened.archive, costSince(start, opened.archive));
  };

  const archiveOf = (id: number): Archive => {
    const archive = archives.get(id);
    if (!archive) throw new Error(`archive ${id} is closed`);
    return archive;
  };

  return {
    open: (input, onUpdate, signal) => outcomeOf(() => openInput(input, { onUpdate, signal })),

    read: (archiveId, range, onProgress, signal) =>
      outcomeOf(async () => {
        const archive = archiveOf(archiveId);
        const { length } = spanOf(archive, range);
        if (length > MAX_READ) throw new LimitError('bytes to show at once', MAX_READ, length);
        const bytes = new Uint8Array(length);
        let filled = 0;
        const write = async (chunk: Uint8Array) => {
          bytes.set(chunk, filled);
          filled += chunk.length;
        };
        const report = await streamFile(archive, range, { write, onProgress, signal });
        return { bytes, report };
      }),

    stream: (archiveId, range, write, onProgress, signal) =>
      outcomeOf(() => streamFile(archiveOf(archiveId), range, { write, onProgress, signal })),

    close: async (archiveId) => {
      const archive = archives.get(archiveId);
      archives.delete(archiveId);
      await archive?.close();
    },
  };
}

interface Sink {
  readonly write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

async function streamFile(archive: Archive, range: FileRange, sink: Sink): Promise<ReadReport> {
  const { start, length } = spanOf(archive, range);
  const { cost, progress } = meter(archive.activity);
  // A decoder has to pass what stands before the file; a range request begins at its first byte.
  const before = archive.keptIn() === 'nowhere' ? 0 : start;
  let written = 0;
  const report = () => {
    const passed = written > 0 ? before : Math.min(before, archive.activity.decodedBytes());
    sink.onProgress({ ...progress(before + length), decodedBytes: passed + written });
  };
  await withProgress(report, async () => {
    const bytes = archive.nar.read({ start, end: start + length }, sink.signal);
    for await (const chunk of rechunk(bytes, CHUNK)) {
      const { length: size } = chunk;
      await sink.write(chunk);
      written += size;
      throwIfAborted(sink.signal);
    }
  });
  report();
  return { cost: cost(), quirks: [...archive.activity.quirks] };
}

/** Where in the NAR a range of a file lies. */
function spanOf(
  { listing }: Archive,
  { row, fileOffset, length }: FileRange,
): { start: number; length: number } {
  const node = nodeAt(listing, row);
  if (node?.kind !== 'regular') {
    const narPath = node ? narPathOf(listing, row) : new Uint8Array(0);
    throw new FailureError({ kind: 'not-found', reason: node ? 'not-a-file' : 'no-such-entry', narPath });
  }
  const end = Math.min(node.size, length === undefined ? node.size : fileOffset + length);
  return { start: node.narOffset + fileOffset, length: Math.max(0, end - fileOffset) };
}

function openedArchive(id: number, archive: Archive, cost: OpenedArchive['cost']): OpenedArchive {
  const { origin, listing, listingFrom, narSize, activity } = archive;
  const { compression, quirks } = activity;
  return {
    id,
    origin,
    compression,
    quirks: [...quirks],
    listing,
    listingFrom,
    narSize,
    keptIn: archive.keptIn(),
    cost,
  };
}

function costSince(start: number, archive?: Archive): OpenedArchive['cost'] {
  const { requests, receivedBytes } = archive?.activity.counter ?? { requests: 0, receivedBytes: 0 };
  return { requests, receivedBytes, milliseconds: performance.now() - start };
}

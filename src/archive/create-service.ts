import { throwIfAborted } from '../bytes/errors';
import { createSpool, type Spool } from '../bytes/spool';
import { rechunk } from '../bytes/stream';
import { LIMITS } from '../limits';
import { LimitError } from '../nix/errors';
import { narPathOf, nodeAt } from '../nix/nar/listing';
import {
  type Activity,
  type Archive,
  knownOf,
  type Means,
  meter,
  type OpenContext,
  withProgress,
} from './archive';
import type { PartDecoding } from './decode-threads';
import { FailureError } from './failure';
import type { StartHashing } from './hashing';
import { hashingHere } from './hashing-here';
import { KeptNars } from './kept-nars';
import { OpenArchives } from './open-archives';
import { openStorePath } from './open-store-path';
import { type OpenExport, openExported, openFile, openNarUrl } from './open-stream';
import { outcomeOf } from './outcome';
import { Parking } from './parking';
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
const MAX_READ = LIMITS.readAtOnce.most;
/** Chunks of this size cross a thread at no cost to speak of. */
const CHUNK = 1024 * 1024;

interface Options {
  /** Where bytes are hashed; on this thread if not said, with code that is loaded then. */
  readonly startHashing?: StartHashing;
  /** Where decoded bytes are kept; memory and this browser's private files, if not said. */
  readonly createSpool?: () => Spool;
  /** What stays between visits; in this browser's private files, if not said. */
  readonly kept?: KeptNars;
  /** Where parts of compressed streams are decoded; on this thread, one after the other, if not said. */
  readonly partDecoding?: PartDecoding;
}

/** The service itself, without a thread. */
export function createArchiveService(options: Options = {}): ArchiveService {
  const means: Means = {
    startHashing: hashingHere,
    createSpool,
    kept: new KeptNars(),
    partDecoding: undefined,
    ...options,
  };
  const { kept } = means;
  const archives = new OpenArchives<Archive>();
  const exports = new OpenArchives<OpenExport>();
  const parking = new Parking();

  const opened = (archive: Archive, start: number): Opened => {
    const { requests, receivedBytes } = archive.activity.counter;
    const cost = { requests, receivedBytes, milliseconds: performance.now() - start };
    return { kind: 'archive', archive: openedArchive(archives.add(archive), archive, cost) };
  };

  /** A path of an export keeps the export open, for its bytes are there. */
  const openedFrom = async (exportId: number, index: number, start: number): Promise<Opened> => {
    const held = exports.hold(exportId);
    return opened({ ...(await openExported(held.value, index)), close: held.release }, start);
  };

  const open = async (input: ArchiveInput, context: OpenContext): Promise<Opened> => {
    const start = performance.now();
    switch (input.kind) {
      case 'store-path':
        return opened(await openStorePath(input, context), start);
      case 'exported':
        return openedFrom(input.exportId, input.index, start);
      default: {
        const result = await (input.kind === 'file' ? openFile(input, context) : openNarUrl(input, context));
        if (result.kind === 'archive') return opened(result.archive, start);
        if (result.kind === 'described') return result.opened;
        const { fileName, nars } = result.exported;
        const storePaths = nars.map(({ path }) => path.storePath);
        return { kind: 'export', exportId: exports.add(result.exported), fileName, storePaths };
      }
    }
  };

  const read = async (archive: Archive, range: FileRange, sink: Omit<Sink, 'write'>) => {
    const { length } = spanOf(archive, range);
    if (length > MAX_READ) throw new LimitError('bytes to show at once', MAX_READ, length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    const write = async (chunk: Uint8Array) => {
      bytes.set(chunk, filled);
      filled += chunk.length;
    };
    const report = await streamFile(archive, range, { ...sink, write });
    return { bytes, report };
  };

  return {
    open: (input, onUpdate, signal) => outcomeOf(() => open(input, { ...means, onUpdate, signal })),

    read: (archiveId, range, onProgress, signal) =>
      outcomeOf(() =>
        archives.use(archiveId, (archive) => {
          const { fileEnd } = spanOf(archive, range);
          const work = () => read(archive, range, { onProgress, signal });
          return parking.during({ archive, until: fileEnd, signal }, work);
        }),
      ),

    stream: (archiveId, range, write, onProgress, signal) =>
      outcomeOf(() =>
        archives.use(archiveId, (archive) =>
          parking.leftOnAbort(signal, () => streamFile(archive, range, { write, onProgress, signal })),
        ),
      ),

    verify: (archiveId, onProgress, signal) =>
      outcomeOf(() =>
        archives.use(archiveId, async ({ activity, narSize, readAll }) => {
          const { cost, progress } = meter(activity);
          try {
            await parking.leftOnAbort(signal, () =>
              withProgress(
                () => onProgress(progress(narSize)),
                () => readAll(signal),
              ),
            );
          } catch (error) {
            // Reading ended early because the NAR is not the one described: that is what was to be found out.
            if (signal.aborted || !isDisproved(activity)) throw error;
          }
          return { cost: cost(), ...knownOf(activity) };
        }),
      ),

    kept: () => outcomeOf(() => kept.report()),

    trimKept: (quota) =>
      outcomeOf(async () => {
        await kept.trim(quota);
        return kept.report();
      }),

    removeKept: () =>
      outcomeOf(async () => {
        await kept.removeAll();
        return kept.report();
      }),

    close: async (id) => {
      parking.leave();
      await archives.close(id);
      await exports.close(id);
    },
  };
}

/** What passed of the NAR was too much, or not what the listing has. */
function isDisproved({ verdicts }: Activity): boolean {
  return verdicts['nar-size'].state === 'mismatch' || verdicts.listing.state === 'mismatch';
}

interface Sink {
  readonly write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

async function streamFile(archive: Archive, range: FileRange, sink: Sink): Promise<ReadReport> {
  const { start, length } = spanOf(archive, range);
  const { activity } = archive;
  const { cost, progress } = meter(activity);
  let written = 0;
  const report = () => {
    // A decoder has to pass what stands before the file; a range request begins at its first byte.
    const before = start - archive.readsFrom(start);
    const decodedBytes = Math.min(before + length, activity.decodedBytes() ?? before + written);
    sink.onProgress({ ...progress(before + length), decodedBytes });
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
  const isApart = length > 0 && !archive.isKept(start + length);
  return { cost: cost(), ...knownOf(activity), ...(isApart && { isApart }) };
}

/** Where in the NAR a range of a file lies. */
function spanOf({ listing }: Archive, { row, fileOffset, length }: FileRange) {
  const node = nodeAt(listing, row);
  if (node?.kind !== 'regular') {
    const narPath = node ? narPathOf(listing, row) : new Uint8Array(0);
    throw new FailureError({ kind: 'not-found', reason: node ? 'not-a-file' : 'no-such-entry', narPath });
  }
  const end = Math.min(node.size, length === undefined ? node.size : fileOffset + length);
  return {
    start: node.narOffset + fileOffset,
    length: Math.max(0, end - fileOffset),
    fileEnd: node.narOffset + node.size,
  };
}

function openedArchive(id: number, archive: Archive, cost: OpenedArchive['cost']): OpenedArchive {
  const { origin, listing, listingFrom, narSize, activity } = archive;
  return {
    id,
    origin,
    ...knownOf(activity),
    listing,
    listingFrom,
    narSize,
    keptIn: archive.keptIn(),
    cost,
  };
}

import type { Outcome } from '../archive/outcome';
import type { ArchiveService, Progress, ReadReport } from '../archive/service';
import { mismatchesOf } from './file-check';

interface Filling {
  readonly service: ArchiveService;
  readonly archiveId: number;
  /** Row of the regular file. */
  readonly row: number;
  readonly write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
  readonly onProgress: (status: 'saving' | 'verifying', progress: Progress | undefined) => void;
  /** The person stops it. */
  readonly signal: AbortSignal;
  /** The whole NAR is read and checked before the file is kept. */
  readonly verifies: boolean;
  /** The person wants it although it is known to be wrong. */
  readonly keepsWrong: boolean;
  /** Stopped while the rest is verified, the file is kept as it is. */
  readonly keepsUnverified: boolean;
}

export interface Filled {
  readonly report: ReadReport;
  /** False: what was written is not what the narinfo describes. */
  readonly keep: boolean;
}

/**
 * Writes a file, and looks before it is kept whether it is right. Verifying begins first: the file then takes part in its
 * pass over the NAR, so nothing is fetched twice, and what is checked are the very bytes that are written.
 */
export async function fillFile(filling: Filling): Promise<Outcome<Filled>> {
  const { signal } = filling;
  const stop = new AbortController();
  const onAbort = () => stop.abort();
  if (signal.aborted) stop.abort();
  signal.addEventListener('abort', onAbort);
  try {
    const outcome = await (filling.verifies ? writeVerified(filling, stop) : writeOnly(filling, stop.signal));
    if (!outcome.ok) return outcome;
    const report = outcome.value;
    return { ok: true, value: { report, keep: filling.keepsWrong || !isWrong(report) } };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function writeOnly(
  { service, archiveId, row, write, onProgress }: Filling,
  signal: AbortSignal,
): Promise<Outcome<ReadReport>> {
  const onSaving = (progress: Progress) => onProgress('saving', progress);
  return service.stream(archiveId, { row, fileOffset: 0 }, write, onSaving, signal);
}

async function writeVerified(filling: Filling, stop: AbortController): Promise<Outcome<ReadReport>> {
  const { service, archiveId, onProgress, signal, keepsUnverified } = filling;
  let isWritten = false;
  const onVerifying = (progress: Progress) => {
    if (isWritten) onProgress('verifying', progress);
  };
  let found: Outcome<ReadReport> | undefined;
  const verifying = service.verify(archiveId, onVerifying, stop.signal).then((outcome) => {
    found = outcome;
    // A NAR that is wrong, or cannot be read, needs no more of it written.
    if (!outcome.ok || isWrong(outcome.value)) stop.abort();
    return outcome;
  });
  const written = await writeOnly(filling, stop.signal);
  if (!written.ok) {
    // What verifying found says more than that writing was stopped because of it.
    const isStopped = written.failure.kind === 'cancelled' && !signal.aborted;
    stop.abort();
    return (isStopped && found) || written;
  }
  isWritten = true;
  if (!found) onProgress('verifying', undefined);
  const outcome = await verifying;
  if (!outcome.ok) return signal.aborted && keepsUnverified ? written : outcome;
  if (!written.value.isApart) return outcome;
  // It was fetched once more to be written, so nobody knows that it was the same.
  const report = { ...outcome.value, isApart: true };
  return keepsUnverified || isWrong(report) ? { ok: true, value: report } : NO_ROOM;
}

const NO_ROOM = {
  ok: false,
  failure: {
    kind: 'limit',
    reason: 'too-large',
    what: 'bytes of a NAR, kept while it is verified,',
    limit: 512 * 1024 * 1024,
    actual: undefined,
  },
} as const;

function isWrong({ verdicts }: ReadReport): boolean {
  return mismatchesOf(verdicts).length > 0;
}

import type { Outcome } from '../archive/outcome';
import type { ArchiveService, Progress, ReadReport } from '../archive/service';
import { fileCheckOf, isWhole, isWrong } from './file-check';

/**
 * What is kept. `unless-apart`: neither what is wrong, nor what was fetched apart from a NAR that was read to verify it; but
 * who stops the verifying keeps what there is. `verified`: nothing else.
 */
export type Keeps = 'anything' | 'unless-wrong' | 'unless-apart' | 'verified';

/** Why nothing was kept. `no-room`: the NAR is right, but it is too large to be kept until the file was taken from it. */
export type Refusal = 'wrong' | 'no-room' | 'unvouched';

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
  readonly keeps: Keeps;
}

export interface Filled {
  readonly report: ReadReport;
  /** Undefined: the file is kept. */
  readonly refusal: Refusal | undefined;
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
    return { ok: true, value: { report, refusal: refusalOf(filling.keeps, report) } };
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
  const { service, archiveId, onProgress, signal, keeps } = filling;
  let isWritten = false;
  const onVerifying = (progress: Progress) => {
    if (isWritten) onProgress('verifying', progress);
  };
  let found: Outcome<ReadReport> | undefined;
  const verifying = service.verify(archiveId, onVerifying, stop.signal).then((outcome) => {
    found = outcome;
    // A NAR that is wrong, or cannot be read, needs no more of it written.
    if (!outcome.ok || isWrong(outcome.value.verdicts)) stop.abort();
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
  if (!outcome.ok) return signal.aborted && keeps !== 'verified' ? written : outcome;
  // It was fetched once more to be written, so nobody knows that it was the same.
  return written.value.isApart ? { ok: true, value: { ...outcome.value, isApart: true } } : outcome;
}

function refusalOf(keeps: Keeps, report: ReadReport): Refusal | undefined {
  const { verdicts, isApart = false } = report;
  if (keeps === 'anything') return undefined;
  if (isWrong(verdicts)) return 'wrong';
  if (keeps === 'unless-wrong') return undefined;
  if (isApart && isWhole(verdicts)) return 'no-room';
  if (keeps === 'unless-apart') return undefined;
  return fileCheckOf(verdicts) === 'verified' ? undefined : 'unvouched';
}

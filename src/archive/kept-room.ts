import type { KeptFiles } from '../bytes/kept-files';
import { LIMITS } from '../limits';
import { listingFile, narFile, ownerOf, type RecordName, readRecord, recordFile } from './kept-records';

/** A NAR that is kept, as far as room is concerned. */
interface Kept {
  readonly narHash: string;
  readonly records: readonly RecordName[];
  readonly bytes: number;
  /** Milliseconds since 1970; 0 where nobody can tell. */
  readonly usedAt: number;
}

/** The records of each NAR of which there is a file. */
export async function recordsByNar(files: KeptFiles): Promise<Map<string, RecordName[]>> {
  const found = new Map<string, RecordName[]>();
  for (const fileName of await files.names()) {
    const owner = ownerOf(fileName);
    if (!owner) continue;
    const records = found.get(owner.narHash) ?? [];
    if (owner.record) records.push(owner.record);
    found.set(owner.narHash, records);
  }
  return found;
}

/** What is kept, the least recently used first. */
export async function readKept(files: KeptFiles): Promise<Kept[]> {
  const found = [...(await recordsByNar(files))];
  const kept = await Promise.all(found.map(([narHash, records]) => keptOf(files, narHash, records)));
  return kept.sort((a, b) => a.usedAt - b.usedAt);
}

async function keptOf(files: KeptFiles, narHash: string, records: readonly RecordName[]): Promise<Kept> {
  const read = await Promise.all(records.map((name) => readRecord(files, name)));
  const usedAt = Math.max(0, ...read.map((record) => record?.usedAt ?? 0));
  const bytes = read.find(Boolean)?.bytes ?? (await sizeOf(files, narHash));
  return { narHash, records, bytes, usedAt };
}

async function sizeOf(files: KeptFiles, narHash: string): Promise<number> {
  const found = await Promise.all([files.file(narFile(narHash)), files.file(listingFile(narHash))]);
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0);
}

export function bytesOf(kept: readonly Kept[]): number {
  return kept.reduce((sum, { bytes }) => sum + bytes, 0);
}

interface Room {
  /** Bytes that are to be added. */
  readonly need: number;
  /** Bytes of all that may be kept, with them. */
  readonly quota: number;
}

/** Removes what was not used for the longest time, and is in use nowhere, until there is room; answers whether there is. */
export async function makeRoom(files: KeptFiles, { need, quota }: Room): Promise<boolean> {
  const kept = await readKept(files);
  let bytes = bytesOf(kept) + need;
  let nars = kept.length + (need > 0 ? 1 : 0);
  for (const one of kept) {
    if (bytes <= quota && nars <= LIMITS.keptNars.most) break;
    if (!(await removeUnused(files, one.narHash))) continue;
    bytes -= one.bytes;
    nars--;
  }
  return bytes <= quota && nars <= LIMITS.keptNars.most;
}

/** Answers whether it is gone: what somebody uses, in any tab, stays. */
export async function removeUnused(files: KeptFiles, narHash: string): Promise<boolean> {
  const isRemoved = await files.alone(narHash, async () => {
    await removeNar(files, narHash);
    return true;
  });
  return isRemoved === true;
}

/** Records first: what has none is nobody's, and is never opened. For who is alone with the NAR. */
export async function removeNar(files: KeptFiles, narHash: string): Promise<void> {
  await removeRecords(files, narHash);
  await files.remove(listingFile(narHash));
  await files.remove(narFile(narHash));
}

/** Nobody opens it again; the bytes go when nobody uses them any more. */
export async function removeRecords(files: KeptFiles, narHash: string): Promise<void> {
  const records = (await recordsByNar(files)).get(narHash) ?? [];
  for (const record of records) await files.remove(recordFile(record));
}

/** Removes the NAR if it has no record: it was never whole, or is not wanted any more. */
export async function removeUnrecorded(files: KeptFiles, narHash: string): Promise<void> {
  await files.alone(narHash, async () => {
    const records = (await recordsByNar(files)).get(narHash);
    if (records?.length === 0) await removeNar(files, narHash);
  });
}

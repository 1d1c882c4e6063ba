import { createHash } from 'node:crypto';
import { createArchiveService } from '../../src/archive/create-service';
import type { Outcome } from '../../src/archive/outcome';
import type { ArchiveInput, ArchiveService, OpenedArchive } from '../../src/archive/service';
import { type NarListing, narPathOf, nodeAt } from '../../src/nix/nar/listing';
import type { Row } from '../fixtures/expected';

/** The listing in the same form as Nix's answer. */
export function rowsOf(listing: NarListing): Row[] {
  return Array.from({ length: listing.length }, (_, row) => {
    const node = nodeAt(listing, row);
    const narPath = latin1(narPathOf(listing, row));
    if (node?.kind === 'symlink') return { narPath, kind: 'symlink', target: latin1(node.target) };
    if (node?.kind !== 'regular') return { narPath, kind: 'directory' };
    const { size, executable, narOffset } = node;
    return { narPath, kind: 'regular', size, executable, narOffset };
  });
}

/** Every regular file's path and row. */
export function regularRows(listing: NarListing): { narPath: string; row: number; size: number }[] {
  return rowsOf(listing).flatMap((entry, row) =>
    entry.kind === 'regular' ? [{ narPath: entry.narPath, row, size: entry.size ?? 0 }] : [],
  );
}

/** Opens an archive, hands it to the work and closes it. */
export async function withArchive(
  input: ArchiveInput,
  work: (archive: OpenedArchive, service: ArchiveService) => Promise<void>,
): Promise<void> {
  const service = createArchiveService();
  const opened = unwrap(await service.open(input, () => {}, never));
  if (opened.kind !== 'archive') throw new Error(`opened ${opened.kind}, not an archive`);
  try {
    await work(opened.archive, service);
  } finally {
    await service.close(opened.archive.id);
  }
}

/** SHA-256 in base16 of a file's contents, as the service streams them. */
export async function contentsOf(service: ArchiveService, archiveId: number, row: number): Promise<string> {
  const hash = createHash('sha256');
  const write = async (chunk: Uint8Array) => {
    hash.update(chunk);
  };
  unwrap(await service.stream(archiveId, { row, fileOffset: 0 }, write, () => {}, never));
  return hash.digest('hex');
}

export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.value;
}

export const never = new AbortController().signal;

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}

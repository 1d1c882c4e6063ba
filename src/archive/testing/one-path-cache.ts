import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { type Answer, fileServer, serve } from '../../bytes/testing';
import { locate } from '../../nix/nar/listing';
import { formatListing } from '../../nix/nar/listing-json';
import { dir, exe, file, join, link, listingOf, nar, str, u64 } from '../../nix/nar/testing';
import { formatNarInfo } from '../../nix/narinfo';
import { createArchiveService } from '../create-service';
import type { Outcome } from '../outcome';
import type { ArchiveInput, Opened, OpenedArchive, OpenUpdate } from '../service';

/** For tests: a binary cache on loopback with one store path, and what is asked of the service again and again. */

export const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';

export const utf8 = (text: string) => new TextEncoder().encode(text);
export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const signal = () => new AbortController().signal;
export const xz = (bytes: Uint8Array) =>
  new Uint8Array(execFileSync('xz', ['-c'], { input: bytes, maxBuffer: 2 ** 30 }));

export const NAR = nar(
  dir({
    bin: dir({ nix: exe('#!/bin/sh\nnix'), 'nix-store': link('nix') }),
    lib: file(new Uint8Array(500_000).map((_, i) => Math.imul(i, 2654435761) >>> 13)),
    'z-last': file('the end'),
  }),
);

export const sha256 = (bytes: Uint8Array) => ({
  algorithm: 'sha256' as const,
  digest: new Uint8Array(createHash('sha256').update(bytes).digest()),
});

export interface CacheFiles {
  compression?: string;
  nar?: Uint8Array;
  /** Undefined: the cache has none. */
  ls?: string | Uint8Array | undefined;
  narSize?: number;
  fileSize?: number | undefined;
  /** The NAR that NarHash is of. */
  claimed?: Uint8Array;
}

/** A binary cache on loopback that holds the one store path. */
export async function cacheWith(files: CacheFiles) {
  const { compression = 'none', nar: narFile = NAR, ls, narSize = NAR.length } = files;
  const fileSize = 'fileSize' in files ? files.fileSize : narFile.length;
  const narinfo = formatNarInfo({
    storePath: { hashPart: HASH, name: 'nix-2.13.5' },
    url: 'nar/x.nar',
    compression,
    fileHash: sha256(narFile),
    fileSize,
    narHash: sha256(files.claimed ?? NAR),
    narSize,
    references: [],
    deriver: undefined,
    system: undefined,
    signatures: [],
    contentAddress: undefined,
    unknownFields: [],
    quirks: [],
  });
  const served: Record<string, Answer> = {
    [`/${HASH}.narinfo`]: fileServer(utf8(narinfo)),
    '/nar/x.nar': fileServer(narFile),
  };
  if (ls !== undefined) served[`/${HASH}.ls`] = fileServer(typeof ls === 'string' ? utf8(ls) : ls);
  const server = await serve((request, response) => {
    const answer = served[request.url ?? ''];
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  return { ...server, cacheUrl: server.url.replace(/\/$/, '') };
}

export const LS = formatListing(listingOf(NAR));

/** Long enough that a preview is only a part of it, and that it does not compress away. */
export const LARGE = nar(
  dir({ large: file(new Uint8Array(5_000_000).map((_, i) => Math.imul(i + 7, 2654435761) >>> 11)) }),
);
export const LARGE_LS = formatListing(listingOf(LARGE));

export const exportOf = (name: string, bytes: Uint8Array): Uint8Array =>
  join(u64(1), bytes, u64(0x4558494e), str(`/nix/store/${HASH}-${name}`), u64(0), str(''), u64(0));

export const asking = (...cacheUrls: string[]): ArchiveInput => ({
  kind: 'store-path',
  hashPart: HASH,
  cacheUrls,
  trustedKeys: [],
});

export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.failure));
  return outcome.value;
}

export function archiveOf(outcome: Outcome<Opened>): OpenedArchive {
  const opened = unwrap(outcome);
  if (opened.kind !== 'archive') throw new Error(opened.kind);
  return opened.archive;
}

export const rowOf = (archive: Pick<OpenedArchive, 'listing'>, narPath: string) =>
  locate(archive.listing, utf8(narPath)) ?? -1;

export async function openAndRead(input: ArchiveInput) {
  const service = createArchiveService();
  const updates: OpenUpdate[] = [];
  const archive = archiveOf(await service.open(input, (update) => updates.push(update), signal()));
  const read = async (narPath: string) => {
    const range = { row: rowOf(archive, narPath), fileOffset: 0 };
    return text(unwrap(await service.read(archive.id, range, () => undefined, signal())).bytes);
  };
  return { service, updates, archive, read };
}

export const fileOf = (bytes: Uint8Array<ArrayBuffer> | string, name: string) => new File([bytes], name);

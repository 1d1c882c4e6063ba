import type { Outcome } from '../../archive/outcome';
import type {
  ArchiveInput,
  ArchiveService,
  KeptReport,
  Opened,
  OpenedArchive,
  OpenUpdate,
  Progress,
} from '../../archive/service';
import { UNCLAIMED } from '../../archive/verdict';
import type { NarListing } from '../../nix/nar/listing';
import { ListingBuilder } from '../../nix/nar/listing-builder';
import type { NarInfo } from '../../nix/narinfo';

export const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
export const OTHER_HASH = '0qm7zfi163s2ysy2wf0j0zkl4yf3x0qa';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** `bin/nix` (executable, 5 bytes), `bin/nix-store -> nix`, `share/doc/README` (3 bytes). */
export function smallListing(): NarListing {
  const builder = new ListingBuilder();
  builder.enterDirectory(utf8(''));
  builder.enterDirectory(utf8('bin'));
  builder.addRegular(utf8('nix'), { executable: true, size: 5, narOffset: 400 });
  builder.addSymlink(utf8('nix-store'), utf8('nix'));
  builder.leaveDirectory();
  builder.enterDirectory(utf8('share'));
  builder.enterDirectory(utf8('doc'));
  builder.addRegular(utf8('README'), { executable: false, size: 3, narOffset: 800 });
  builder.leaveDirectory();
  builder.leaveDirectory();
  builder.leaveDirectory();
  return builder.snapshot();
}

export function narInfo(hashPart = HASH, name = 'nix-2.13.5'): NarInfo {
  return {
    storePath: { hashPart, name },
    url: 'nar/x.nar.xz',
    compression: 'xz',
    fileHash: undefined,
    fileSize: 500,
    narHash: { algorithm: 'sha256', digest: new Uint8Array(32) },
    narSize: 1000,
    references: [],
    deriver: undefined,
    system: undefined,
    signatures: [],
    contentAddress: undefined,
    unknownFields: [],
    quirks: [],
  };
}

export function openedArchive(
  id: number,
  cacheUrl = 'https://cache.nixos.org',
  hashPart = HASH,
): OpenedArchive {
  const info = narInfo(hashPart);
  return {
    id,
    origin: { kind: 'cache', cacheUrl, narInfo: info, narInfoText: '', narUrl: `${cacheUrl}/nar/x.nar.xz` },
    compression: 'xz',
    decodeCommand: 'xz -dc',
    quirks: [],
    verdicts: UNCLAIMED,
    listing: smallListing(),
    listingFrom: 'ls',
    narSize: 1000,
    keptIn: 'memory',
    cost: { requests: 2, receivedBytes: 100, milliseconds: 1 },
  };
}

interface Call {
  readonly input: ArchiveInput;
  readonly update: (update: OpenUpdate) => void;
  readonly signal: AbortSignal;
  readonly answer: (outcome: Outcome<Opened>) => void;
}

/** A service whose answers are given by hand. */
export class FakeService implements ArchiveService {
  readonly opens: Call[] = [];
  readonly closed: number[] = [];
  readonly streams: {
    readonly write: (chunk: Uint8Array<ArrayBuffer>) => Promise<void>;
    readonly onProgress: (progress: Progress) => void;
    readonly signal: AbortSignal;
    readonly answer: (outcome: Awaited<ReturnType<ArchiveService['stream']>>) => void;
  }[] = [];
  readonly reads: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: Progress) => void;
    readonly answer: (outcome: Awaited<ReturnType<ArchiveService['read']>>) => void;
  }[] = [];

  open(
    input: ArchiveInput,
    update: (update: OpenUpdate) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Opened>> {
    return new Promise((answer) => this.opens.push({ input, update, signal, answer }));
  }

  read: ArchiveService['read'] = (_id, _range, onProgress, signal) =>
    new Promise((answer) => this.reads.push({ signal, onProgress, answer }));

  stream: ArchiveService['stream'] = (_id, _range, write, onProgress, signal) =>
    new Promise((answer) => this.streams.push({ write, onProgress, signal, answer }));

  readonly verifies: {
    readonly signal: AbortSignal;
    readonly answer: (outcome: Awaited<ReturnType<ArchiveService['verify']>>) => void;
  }[] = [];

  verify: ArchiveService['verify'] = (_id, _onProgress, signal) =>
    new Promise((answer) => this.verifies.push({ signal, answer }));

  /** What is kept, and what was asked of it. */
  keptReport: KeptReport = { isPossible: true, nars: 2, bytes: 3 * 2 ** 20 };
  readonly keptCalls: string[] = [];

  async kept() {
    return { ok: true as const, value: this.keptReport };
  }

  async trimKept(quota: number) {
    this.keptCalls.push(`trim ${quota}`);
    return this.kept();
  }

  async removeKept() {
    this.keptCalls.push('remove');
    this.keptReport = { isPossible: true, nars: 0, bytes: 0 };
    return this.kept();
  }

  async close(archiveId: number): Promise<void> {
    this.closed.push(archiveId);
  }
}

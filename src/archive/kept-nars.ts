import { blobSource } from '../bytes/blob-source';
import { isQuotaError, type KeptFiles, opfsKeptFiles } from '../bytes/kept-files';
import type { ByteSource, ByteStream } from '../bytes/source';
import type { NarListing } from '../nix/nar/listing';
import { formatListing } from '../nix/nar/listing-json';
import {
  bytesWith,
  type KeptPath,
  type KeptRecord,
  listingFile,
  narFile,
  narHashOf,
  type RecordName,
  readRecord,
  recordFile,
  writeRecord,
} from './kept-records';
import {
  bytesOf,
  makeRoom,
  readKept,
  recordsByNar,
  removeNar,
  removeRecords,
  removeUnrecorded,
  removeUnused,
} from './kept-room';
import type { KeptReport } from './service';

/** A kept NAR that stands open: nobody removes it until it is released. Its bytes are as unproved as those of any file. */
export interface KeptNar {
  readonly path: KeptPath;
  /** The decoded NAR. */
  readonly source: ByteSource;
  /** As a cache's `.ls`; undefined when there is none. */
  readonly listing: () => Promise<string | undefined>;
  /** It is used now; a cache was asked, and said this of the path. */
  readonly note: (path?: KeptPath) => Promise<void>;
  /** It is not what it should be: nobody opens it again. */
  readonly discard: () => Promise<void>;
  readonly release: () => Promise<void>;
}

/** A NAR that was read to its end and proved. */
export interface WholeNar {
  readonly listing: () => NarListing;
  readonly read: () => ByteStream;
}

/**
 * Decoded NARs that stay on this computer between visits. One is kept under its NarHash, for the path that it was proved for:
 * another path of the same NAR has to have been read itself, or a cache could find out what was looked at elsewhere. Its
 * record is written last and removed first, so that whatever ends early leaves files without a record, which the next session
 * removes. Nothing here fails: what cannot be kept, or not be read any more, is fetched.
 */
export class KeptNars {
  private readonly files: KeptFiles | undefined;
  private readonly now: () => number;
  private isTidied = false;

  constructor(files: KeptFiles | undefined = opfsKeptFiles(), now: () => number = Date.now) {
    this.files = files;
    this.now = now;
  }

  /** Whether a NAR of this path is kept, as far as names tell. */
  async has(hashPart: string): Promise<boolean> {
    return (await this.recordNames(hashPart)).length > 0;
  }

  /** The NAR of this path: the one with this hash, or the one that was used last. */
  async open(hashPart: string, narHash?: string): Promise<KeptNar | undefined> {
    const { files } = this;
    const names = await this.recordNames(hashPart);
    const wanted = names.filter((name) => narHash === undefined || name.narHash === narHash);
    if (!files || wanted.length === 0) return undefined;
    try {
      const found = await Promise.all(
        wanted.map(async (name) => ({ name, usedAt: (await readRecord(files, name))?.usedAt ?? 0 })),
      );
      for (const { name } of found.sort((a, b) => b.usedAt - a.usedAt)) {
        const kept = await this.hold(files, name);
        if (kept) return kept;
      }
    } catch {
      // It cannot be read any more.
    }
    return undefined;
  }

  /** Keeps a NAR, if there is room for it or can be made; the least recently used ones go. Not when somebody uses it already. */
  async keep(path: KeptPath, whole: WholeNar, quota: number): Promise<void> {
    const { files } = this;
    const narHash = narHashOf(path.narInfo);
    if (!files || narHash === undefined || path.narInfo.narSize > quota) return;
    const name = { hashPart: path.narInfo.storePath.hashPart, narHash };
    const work = async () => {
      try {
        await this.write(files, name, { path, whole, quota });
      } catch {
        await removeNar(files, narHash);
      }
    };
    await files.inTurn(() => files.alone(narHash, work)).catch(() => undefined);
  }

  /** What is kept by now. */
  async report(): Promise<KeptReport> {
    try {
      if (!this.files) return { isPossible: false };
      await tidy(this.files, await recordsByNar(this.files));
      const kept = await readKept(this.files);
      return { isPossible: true, nars: kept.length, bytes: bytesOf(kept) };
    } catch {
      return { isPossible: false };
    }
  }

  /** Removes the least recently used ones until no more than this is kept. What is in use stays. */
  async trim(quota: number): Promise<void> {
    const { files } = this;
    await files?.inTurn(() => makeRoom(files, { need: 0, quota })).catch(() => undefined);
  }

  /** Removes all; what is in use, as soon as it is not. */
  async removeAll(): Promise<void> {
    const { files } = this;
    const work = async (kept: KeptFiles) => {
      for (const narHash of (await recordsByNar(kept)).keys())
        if (!(await removeUnused(kept, narHash))) await removeRecords(kept, narHash);
    };
    await files?.inTurn(() => work(files)).catch(() => undefined);
  }

  private async recordNames(hashPart: string): Promise<RecordName[]> {
    const { files } = this;
    if (!files) return [];
    try {
      const found = await recordsByNar(files);
      if (!this.isTidied) void tidy(files, found);
      this.isTidied = true;
      return [...found.values()].flat().filter((name) => name.hashPart === hashPart);
    } catch {
      return [];
    }
  }

  private async hold(files: KeptFiles, name: RecordName): Promise<KeptNar | undefined> {
    const { narHash } = name;
    const unlock = await files.share(narHash);
    if (!unlock) return undefined;
    const release = async () => {
      await unlock();
      await removeUnrecorded(files, narHash).catch(() => undefined);
    };
    const [record, file] = await Promise.all([readRecord(files, name), files.file(narFile(narHash))]).catch(
      () => [],
    );
    if (!record || file?.size !== record.narInfo.narSize) {
      await removeRecords(files, narHash).catch(() => undefined);
      await release();
      return undefined;
    }
    let latest: KeptPath = record;
    const note = (path = latest) => {
      latest = path;
      return this.touch(files, name, { ...record, ...path });
    };
    return {
      path: record,
      source: blobSource(file, 'kept NAR', 'kept-bytes-lost'),
      listing: () => files.readText(listingFile(narHash)).catch(() => undefined),
      note,
      // In turn, so that it is not noted again by who noted that it is used.
      discard: () => files.inTurn(() => removeRecords(files, narHash)).catch(() => undefined),
      release: async () => {
        await note();
        await release();
      },
    };
  }

  /** It was used just now. What another tab removed meanwhile is not made anew. */
  private async touch(files: KeptFiles, name: RecordName, record: KeptRecord): Promise<void> {
    const work = async () => {
      if (await files.file(recordFile(name)))
        await writeRecord(files, name, { ...record, usedAt: this.now() });
    };
    await files.inTurn(work).catch(() => undefined);
  }

  /** What stands there already is not known to be right, as somebody had it fetched again. */
  private async write(files: KeptFiles, name: RecordName, { path, whole, quota }: Keeping): Promise<void> {
    const { narHash } = name;
    const others = await otherRecords(files, name);
    await removeNar(files, narHash);
    const tree = whole.listing();
    const listing = tree.length > MOST_ROWS ? undefined : formatListing(tree);
    const bytes = bytesWith(path, listing);
    if (!(await makeRoom(files, { need: bytes, quota }))) return;
    const writeBytes = async () => {
      await files.write(narFile(narHash), whole.read());
      if (listing !== undefined) await files.writeText(listingFile(narHash), listing);
    };
    await writeBytes().catch(async (error: unknown) => {
      if (!isQuotaError(error)) throw error;
      // The browser allows less than the person does.
      await removeNar(files, narHash);
      const most = Math.max(0, bytesOf(await readKept(files)) - bytes);
      if (!(await makeRoom(files, { need: 0, quota: most }))) throw error;
      await writeBytes();
    });
    for (const [other, record] of others) await writeRecord(files, other, record);
    await writeRecord(files, name, { ...path, usedAt: this.now(), bytes });
  }
}

interface Keeping {
  readonly path: KeptPath;
  readonly whole: WholeNar;
  readonly quota: number;
}

/** Removes what has no record: half-written by a session that is gone, or in use when all was removed, and no more. */
async function tidy(files: KeptFiles, found: ReadonlyMap<string, readonly RecordName[]>): Promise<void> {
  for (const [narHash, records] of found)
    if (records.length === 0) await removeUnrecorded(files, narHash).catch(() => undefined);
}

async function otherRecords(files: KeptFiles, own: RecordName): Promise<[RecordName, KeptRecord][]> {
  const names = (await recordsByNar(files)).get(own.narHash) ?? [];
  const read = await Promise.all(
    names
      .filter(({ hashPart }) => hashPart !== own.hashPart)
      .map(async (name) => [name, await readRecord(files, name)] as const),
  );
  return read.flatMap(([name, record]) => (record ? [[name, record] as [RecordName, KeptRecord]] : []));
}

/** Rows of a listing that is kept. Writing a larger one would hold the thread up; its NAR is read again instead. */
const MOST_ROWS = 100_000;

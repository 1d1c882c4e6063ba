import { LIMITS } from '../limits';
import { SourceError, throwIfAborted } from './errors';
import { MAX_CHUNK, resolveRange } from './range';
import type { ByteRange, ByteSource, ByteStream } from './source';
import { opfsStorage } from './spool-opfs';
import type { SpoolFile, SpoolStorage } from './spool-storage';
import { eventTurn } from './stream';

export interface SpoolOptions {
  /** Without it everything stays in memory. */
  readonly storage?: SpoolStorage | undefined;
  /** Bytes kept in memory while the storage takes the rest: 64 MiB if not said. */
  readonly memoryLimit?: number | undefined;
  /** Bytes kept in memory when there is no storage, or when it fails: 512 MiB if not said. */
  readonly hardLimit?: number | undefined;
  /** Bytes of a block, which is what is allocated and written at once: 1 MiB if not said. */
  readonly blockSize?: number | undefined;
}

/** Reads from memory let events in after this many chunks: about every 8 MiB. */
const CHUNKS_PER_TURN = 8;

/**
 * Keeps decoded bytes as they come, so that they can be read again. They stand in blocks of one size; each
 * block is in memory or in the file, at first all in memory. When memory is full, a block that is complete
 * goes to the file and its memory is used for the next one, so a failing write loses nothing: the block stays
 * where it is, and so do all after it.
 *
 * Appends are made one after the other, each awaited. Reads may go on meanwhile.
 */
export class Spool implements ByteSource {
  private readonly blockSize: number;
  private readonly memoryLimit: number;
  private readonly hardLimit: number;
  /** Undefined as soon as it failed once. */
  private storage: SpoolStorage | undefined;
  private file: SpoolFile | undefined;
  /** Undefined: the block is in the file. Those that are form one run, which begins at `firstInFile`. */
  private readonly blocks: (Uint8Array<ArrayBuffer> | undefined)[] = [];
  private firstInFile = 0;
  private blocksInFile = 0;
  private kept = 0;
  private state: 'open' | 'full' | 'closed' = 'open';

  constructor(options: SpoolOptions = {}) {
    this.storage = options.storage;
    this.memoryLimit = options.memoryLimit ?? LIMITS.spoolInMemory.most;
    this.hardLimit = options.hardLimit ?? LIMITS.spoolWithoutStorage.most;
    this.blockSize = options.blockSize ?? MAX_CHUNK;
  }

  /** Bytes kept so far. */
  get size(): number {
    return this.kept;
  }

  /** `opfs` as soon as some of the bytes are in the storage. */
  get keptIn(): 'memory' | 'opfs' {
    return this.blocks.includes(undefined) ? 'opfs' : 'memory';
  }

  /**
   * Copies the chunk to the end. Answers false when it cannot be kept: then nothing of it was taken, nothing
   * will be any more, and what was kept before can still be read.
   */
  async append(chunk: Uint8Array): Promise<boolean> {
    if (this.state !== 'open') return false;
    let end = this.kept;
    for (let at = 0; at < chunk.length; ) {
      const filled = end % this.blockSize;
      if (filled === 0) {
        const block = await this.freeBlock();
        if (!block) return this.refuse();
        this.blocks.push(block);
      }
      const taken = Math.min(this.blockSize - filled, chunk.length - at);
      this.blocks.at(-1)?.set(chunk.subarray(at, at + taken), filled);
      at += taken;
      end += taken;
    }
    this.kept = end;
    return true;
  }

  /** A range without end runs to what is kept when its first chunk is pulled. */
  async *read(range: ByteRange, signal: AbortSignal): ByteStream {
    const { start, end } = resolveRange(range, this.kept, 'spool');
    const room = new Uint8Array(Math.min(this.blockSize, end - start));
    let chunks = 0;
    for (let at = start; at < end; ) {
      if (++chunks % CHUNKS_PER_TURN === 0) await eventTurn();
      throwIfAborted(signal);
      const chunk = room.subarray(0, Math.min(this.blockSize - (at % this.blockSize), end - at));
      this.copyOut(at, chunk);
      yield chunk;
      at += chunk.length;
    }
  }

  /** Frees memory and file. What reads on after it fails. */
  async close(): Promise<void> {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.blocks.length = 0;
    await this.dropFile();
  }

  /** Room for one more block, or undefined when there is none. Every block so far is complete. */
  private async freeBlock(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const memory = (this.blocks.length - this.blocksInFile) * this.blockSize;
    if (memory + this.blockSize > this.memoryLimit && this.blocks.length > 0) {
      const freed = await this.moveLastBlock();
      if (freed) return freed;
    }
    // The spool may have been closed while a file was opened.
    if (this.state !== 'open' || memory + this.blockSize > this.hardLimit) return undefined;
    try {
      return new Uint8Array(this.blockSize);
    } catch {
      return undefined;
    }
  }

  /** Writes the last block to the file, and answers its memory; undefined when it stays where it is. */
  private async moveLastBlock(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const block = this.blocks.at(-1);
    if (!this.storage || !block) return undefined;
    const at = this.blocksInFile * this.blockSize;
    try {
      this.file ??= await this.openFile(this.storage);
      if (this.file.write(at, block) !== block.length) throw new Error('no more room');
    } catch {
      await this.stopWriting(at);
      return undefined;
    }
    if (this.blocksInFile === 0) this.firstInFile = this.blocks.length - 1;
    this.blocksInFile++;
    this.blocks[this.blocks.length - 1] = undefined;
    return block;
  }

  private async openFile(storage: SpoolStorage): Promise<SpoolFile> {
    const file = await storage.open();
    if (this.state === 'open') return file;
    await discardFile(file);
    throw new Error('closed meanwhile');
  }

  /** The storage failed: nothing more goes there; what is there stays readable. */
  private async stopWriting(written: number): Promise<void> {
    this.storage = undefined;
    if (written === 0) return this.dropFile();
    try {
      this.file?.truncate(written);
    } catch {
      // It gives back room that others could use; nothing here depends on it.
    }
  }

  private async dropFile(): Promise<void> {
    const { file } = this;
    this.file = undefined;
    if (file) await discardFile(file);
  }

  private refuse(): false {
    if (this.state === 'open') this.state = 'full';
    this.blocks.length = Math.min(this.blocks.length, Math.ceil(this.kept / this.blockSize));
    return false;
  }

  private copyOut(at: number, into: Uint8Array<ArrayBuffer>): void {
    if (this.state === 'closed') throw lostError('closed');
    const index = Math.floor(at / this.blockSize);
    const inBlock = at % this.blockSize;
    const block = this.blocks[index];
    if (block) {
      into.set(block.subarray(inBlock, inBlock + into.length));
      return;
    }
    const inFile = (index - this.firstInFile) * this.blockSize + inBlock;
    let length: number | undefined;
    try {
      length = this.file?.read(inFile, into);
    } catch (cause) {
      throw lostError('it cannot be read', cause);
    }
    if (length !== into.length) throw lostError('it is not there in full');
  }
}

let opfs: SpoolStorage | undefined;

/** A spool with this thread's own files behind it. The first one removes what dead sessions left. */
export function createSpool(): Spool {
  opfs ??= opfsStorage();
  return new Spool({ storage: opfs });
}

async function discardFile(file: SpoolFile): Promise<void> {
  try {
    file.close();
  } catch {
    // It may be gone, which is no reason to leave its name behind.
  }
  try {
    await file.remove();
  } catch {
    // A file that cannot be removed now is removed as stale by a later session.
  }
}

function lostError(detail: string, cause?: unknown): SourceError {
  return new SourceError({ reason: 'kept-bytes-lost', url: 'spool', detail, cause });
}

import { type ContentAddress, parseContentAddress } from '../nix/content-address';
import { formatHash, type NixHash } from '../nix/hash';
import { compareBytes } from '../nix/nar/listing';
import { CONTENTS, concatBytes, LENGTH_SIZE, MAGIC, REGULAR, readU64 } from '../nix/nar/wire';
import type { NarInfo } from '../nix/narinfo';
import type { Digest, Hasher, StartHashing } from './hashing';
import { compared, impossible, mismatch, type Verdict, verified } from './verdict';

/** Holds a NAR against the content address that its store path follows from, as its bytes pass. */
export interface ContentsCheck {
  update(chunk: Uint8Array): void | Promise<void>;
  /** With what the whole NAR was found to be. */
  verdict(nar: Digest): Promise<Verdict>;
}

/**
 * After `hashCAPath` in Nix's local-store.cc: Nix trusts a path that follows from its `CA` without a signature, and looks
 * whether the contents do as well when it takes them. Undefined where no `CA` can be read.
 */
export async function startContentsCheck(
  narInfo: NarInfo,
  startHashing: StartHashing,
): Promise<ContentsCheck | undefined> {
  const address = readableAddress(narInfo);
  if (!address) return undefined;
  const { method, hash } = address;
  if (method === 'git') {
    const words = 'The hash of a git tree is not computed here.';
    return { update: () => undefined, verdict: async () => impossible(words) };
  }
  const { storePath, references } = narInfo;
  const isSelf = references.some(
    ({ hashPart, name }) => `${hashPart}${name}` === storePath.hashPart + storePath.name,
  );
  // It is hashed anyway.
  if (method === 'nar' && hash.algorithm === 'sha256' && !isSelf)
    return { update: () => undefined, verdict: async (nar) => verdictOf(address, nar) };
  const hasher = await startHashing(hash.algorithm);
  const bytes =
    method !== 'nar' ? new FlatBytes(hasher) : isSelf ? new ModuloBytes(hasher, storePath.hashPart) : hasher;
  return {
    update: (chunk) => bytes.update(chunk),
    verdict: async () => verdictOf(address, await bytes.digest()),
  };
}

function readableAddress({ contentAddress }: NarInfo): ContentAddress | undefined {
  try {
    return contentAddress === undefined ? undefined : parseContentAddress(contentAddress);
  } catch {
    return undefined;
  }
}

type Found = { readonly hash: NixHash } | undefined;
type Hashed = Pick<Hasher, 'update'> & { digest(): Promise<Found> };

function verdictOf({ hash }: ContentAddress, found: Found): Verdict {
  if (!found) return mismatch('The narinfo says that it is one plain file, and the NAR is not.');
  const held = compared(formatHash(hash, 'nix32'), formatHash(found.hash, 'nix32'));
  return held.state === 'verified' ? verified(`the path follows from its contents, ${held.detail}`) : held;
}

/** How a NAR begins that is one file which is not executable; then come the length and the contents. */
const PLAIN_FILE = concatBytes([MAGIC, REGULAR, CONTENTS]);
const FILE_HEAD = PLAIN_FILE.length + LENGTH_SIZE;

/** The contents of a NAR that is one plain file. */
class FlatBytes implements Hashed {
  private readonly hasher: Hasher;
  private readonly head = new Uint8Array(FILE_HEAD);
  private at = 0;
  private size = 0;

  constructor(hasher: Hasher) {
    this.hasher = hasher;
  }

  update(chunk: Uint8Array): void {
    const start = this.at;
    this.at += chunk.length;
    if (start < FILE_HEAD) {
      this.head.set(chunk.subarray(0, FILE_HEAD - start), start);
      if (this.at < FILE_HEAD) return;
      this.size = this.isFile() ? readU64(this.head, PLAIN_FILE.length) : 0;
    }
    const from = Math.max(0, FILE_HEAD - start);
    const to = Math.min(chunk.length, FILE_HEAD + this.size - start);
    if (from < to) void this.hasher.update(chunk.subarray(from, to));
  }

  async digest() {
    return this.isFile() ? this.hasher.digest() : undefined;
  }

  /** The structure itself is what the parser looks after. */
  private isFile(): boolean {
    const head = this.head.subarray(0, PLAIN_FILE.length);
    return this.at >= FILE_HEAD && compareBytes(head, PLAIN_FILE) === 0;
  }
}

/**
 * A NAR that holds its own hash part: hashed with zeros in its place, and then the places. After `HashModuloSink` in Nix's
 * references.cc.
 */
class ModuloBytes implements Hashed {
  private readonly hasher: Hasher;
  private readonly own: Uint8Array;
  /** The last bytes, which may be the beginning of the hash part. */
  private tail = new Uint8Array(0);
  private hashed = 0;
  private readonly places: number[] = [];

  constructor(hasher: Hasher, hashPart: string) {
    this.hasher = hasher;
    this.own = new TextEncoder().encode(hashPart);
  }

  update(chunk: Uint8Array): void {
    const bytes = new Uint8Array(this.tail.length + chunk.length);
    bytes.set(this.tail);
    bytes.set(chunk, this.tail.length);
    const { own } = this;
    for (let at = bytes.indexOf(own[0] ?? 0); at >= 0; at = bytes.indexOf(own[0] ?? 0, at + 1)) {
      if (!own.every((byte, i) => bytes[at + i] === byte)) continue;
      bytes.fill(0, at, at + own.length);
      this.places.push(this.hashed + at);
    }
    const kept = Math.max(0, bytes.length - own.length + 1);
    void this.hasher.update(bytes.subarray(0, kept));
    this.hashed += kept;
    this.tail = bytes.slice(kept);
  }

  digest() {
    void this.hasher.update(this.tail);
    for (const place of this.places) void this.hasher.update(new TextEncoder().encode(`|${place}`));
    return this.hasher.digest();
  }
}

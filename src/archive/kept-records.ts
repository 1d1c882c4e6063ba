import type { KeptFiles } from '../bytes/kept-files';
import { type NarInfo, parseNarInfo } from '../nix/narinfo';
import { formatNixbase32, nixbase32Length } from '../nix/nixbase32';

/** That a NAR is kept, and of which path: the name of a record. A NAR of several paths has several. */
export interface RecordName {
  readonly hashPart: string;
  /** SHA-256 of the NAR, in nixbase32. */
  readonly narHash: string;
}

/** What was known of a path when its NAR was kept, or when it was opened since. */
export interface KeptPath {
  readonly cacheUrl: string;
  readonly narInfo: NarInfo;
  /** As the cache wrote it. */
  readonly narInfoText: string;
  /** Milliseconds since 1970: when the cache last said so. */
  readonly fetchedAt: number;
}

export interface KeptRecord extends KeptPath {
  /** Milliseconds since 1970. */
  readonly usedAt: number;
  /** Of all files of the NAR. */
  readonly bytes: number;
}

export const narFile = (narHash: string) => `${narHash}.nar`;
/** As a cache would have it, so that opening a large NAR again need not read it. */
export const listingFile = (narHash: string) => `${narHash}.ls`;
export const recordFile = ({ hashPart, narHash }: RecordName) => `${hashPart}.${narHash}.json`;

const NAME = /^(?:([0-9a-z]{32})\.)?([0-9a-z]+)\.(nar|ls|json)$/;

/** What a file of the folder belongs to; undefined for one of nobody's. */
export function ownerOf(
  fileName: string,
): { readonly narHash: string; readonly record?: RecordName } | undefined {
  const [, hashPart, narHash = '', ending] = NAME.exec(fileName) ?? [];
  if (narHash.length !== nixbase32Length(32) || (hashPart !== undefined) !== (ending === 'json'))
    return undefined;
  return hashPart === undefined ? { narHash } : { narHash, record: { hashPart, narHash } };
}

/** Undefined for a hash that nobody names NARs by any more. */
export function narHashOf({ narHash }: NarInfo): string | undefined {
  return narHash.algorithm === 'sha256' ? formatNixbase32(narHash.digest) : undefined;
}

export async function writeRecord(files: KeptFiles, name: RecordName, record: KeptRecord): Promise<void> {
  await files.writeText(recordFile(name), formatRecord(record));
}

function formatRecord({ cacheUrl, narInfoText, fetchedAt, usedAt, bytes }: KeptRecord): string {
  return JSON.stringify({ cacheUrl, narInfoText, fetchedAt, usedAt, bytes });
}

/** Bytes of a NAR with its listing and its record. As good as all of these texts is ASCII. */
export function bytesWith(path: KeptPath, listing: string | undefined): number {
  const record = formatRecord({ ...path, usedAt: path.fetchedAt, bytes: path.narInfo.narSize });
  return path.narInfo.narSize + (listing?.length ?? 0) + record.length;
}

/** Undefined when there is none, or when it is not whole: a private file may be damaged like any other. */
export async function readRecord(files: KeptFiles, name: RecordName): Promise<KeptRecord | undefined> {
  const text = await files.readText(recordFile(name));
  if (text === undefined) return undefined;
  try {
    const record = recordOf(JSON.parse(text));
    const fits =
      record?.narInfo.storePath.hashPart === name.hashPart && narHashOf(record.narInfo) === name.narHash;
    return fits ? record : undefined;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): KeptRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('cacheUrl' in value && typeof value.cacheUrl === 'string')) return undefined;
  if (!('narInfoText' in value && typeof value.narInfoText === 'string')) return undefined;
  if (!('fetchedAt' in value && isCount(value.fetchedAt))) return undefined;
  if (!('usedAt' in value && isCount(value.usedAt))) return undefined;
  if (!('bytes' in value && isCount(value.bytes))) return undefined;
  const { cacheUrl, narInfoText, fetchedAt, usedAt, bytes } = value;
  return { cacheUrl, narInfoText, narInfo: parseNarInfo(narInfoText), fetchedAt, usedAt, bytes };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

import { MAX_STORE_NAME, parseBaseName } from '../../../nix/store-path';

const ANY_HASH_PART = '0'.repeat(32);

/** Whether a store path may be called so. */
export function isStoreName(name: string): boolean {
  try {
    parseBaseName(`${ANY_HASH_PART}-${name}`);
    return true;
  } catch {
    return false;
  }
}

/** A name for what a file holds, from the file's own: without what says how it is packed, and a hash part in front. */
export function storeNameFrom(fileName: string): string {
  const bare = fileName
    .replace(/\.(xz|zst|zstd|bz2|bzip2|gz|br|lz4|lzip|lz|lzma)$/i, '')
    .replace(/\.nar$/i, '')
    .replace(/^[0-9a-z]{32}-/, '');
  const allowed = bare
    .replace(/[^0-9a-zA-Z+._?=-]+/g, '-')
    .replace(/^[.-]+/, '')
    .slice(0, MAX_STORE_NAME);
  return isStoreName(allowed) ? allowed : 'source';
}

import { MetadataFormatError, type MetadataFormatReason } from './errors';
import { STORE_DIR } from './store-path';
import { quote } from './text';

/** A binary cache's `nix-cache-info`. */
export interface CacheInfo {
  /** Absolute; `/nix/store` when the text does not say it. */
  readonly storeDir: string;
  /** Whether the cache wants to be asked about many paths at once. */
  readonly wantMassQuery: boolean;
  /** Smaller is asked earlier; undefined when the text does not say it. */
  readonly priority: number | undefined;
}

/**
 * Reads lines of `Name: value`, after `BinaryCacheStore::init` in Nix's binary-cache-store.cc: white space
 * around values, empty lines and unknown names mean nothing. Stricter than Nix: a line without a colon (what
 * a captive portal answers) and a field that stands twice are errors. Throws a MetadataFormatError.
 */
export function parseCacheInfo(text: string): CacheInfo {
  const values = new Map<string, { readonly value: string; readonly line: number }>();
  for (const [index, written] of text.split('\n').entries()) {
    if (written.trim() === '') continue;
    const line = index + 1;
    const colon = written.indexOf(':');
    if (colon < 1)
      throw faulty('malformed', `expected a name and a colon, found ${quote(written)}`, { line });
    const field = written.slice(0, colon);
    if (values.has(field)) throw faulty('duplicate', 'stands a second time', { field, line });
    values.set(field, { value: written.slice(colon + 1).trim(), line });
  }

  const storeDir = values.get('StoreDir');
  if (storeDir && !storeDir.value.startsWith('/')) {
    const detail = `expected an absolute path, found ${quote(storeDir.value)}`;
    throw faulty('malformed', detail, { field: 'StoreDir', line: storeDir.line });
  }
  const priority = values.get('Priority');
  if (priority && !/^-?[0-9]{1,10}$/.test(priority.value)) {
    const detail = `expected a whole number, found ${quote(priority.value)}`;
    throw faulty('malformed', detail, { field: 'Priority', line: priority.line });
  }
  return {
    storeDir: storeDir?.value ?? STORE_DIR,
    wantMassQuery: values.get('WantMassQuery')?.value === '1',
    // A zero with a sign is none.
    priority: priority && (Number(priority.value) || 0),
  };
}

export function formatCacheInfo(info: CacheInfo): string {
  const priority = info.priority === undefined ? '' : `Priority: ${info.priority}\n`;
  return `StoreDir: ${info.storeDir}\nWantMassQuery: ${info.wantMassQuery ? 1 : 0}\n${priority}`;
}

function faulty(
  reason: MetadataFormatReason,
  detail: string,
  at: { readonly field?: string; readonly line: number },
): MetadataFormatError {
  return new MetadataFormatError({ format: 'cache-info', reason, detail, ...at });
}

import { parseStorePath } from '../../nix/store-path';
import { type Address, LANDING } from '../../store/address';

/** A path to try, with a sentence about it. */
export interface Example {
  readonly address: Address;
  readonly storePath: string;
  readonly description: string;
}

const EMPTY = new Uint8Array(0);

/** Paths that cache.nixos.org has had for years, and that manuals name. */
export const PUBLIC_EXAMPLES: readonly Example[] = [
  example(
    '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-static-x86_64-unknown-linux-musl-2.13.5',
    'Nix itself in one static file: runs on any x86-64 Linux.',
    { narPath: new TextEncoder().encode('bin/nix') },
  ),
  example(
    '/nix/store/0i2jd68mp5g6h2sa5k9c85rb80sn8hi9-hello-2.10',
    'GNU Hello: small, and needs its libraries.',
  ),
  example(
    '/nix/store/r2jd6ygnmirm2g803mksqqjm4y39yi6i-git-2.33.1',
    'Git: a thousand entries, programs, scripts and links.',
  ),
];

function example(
  storePath: string,
  description: string,
  { narPath = EMPTY, cacheUrl }: { narPath?: Uint8Array; cacheUrl?: string } = {},
): Example {
  const place = { kind: 'store-path', ...parseStorePath(storePath), narPath } as const;
  const inside = narPath.length > 0 ? `/${new TextDecoder().decode(narPath)}` : '';
  return { address: { ...LANDING, place, cacheUrl }, storePath: storePath + inside, description };
}

/**
 * What `sample.json` of the sample cache says there is: `[{ "storePath": …, "description": … }]`. What has another shape is
 * left out: the page may be hosted without the cache, and a server may answer anything.
 */
export function sampleExamples(json: unknown, cacheUrl: string): Example[] {
  if (!Array.isArray(json)) return [];
  return json.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null) return [];
    const { storePath, description } = entry as { storePath?: unknown; description?: unknown }; // looked at below
    if (typeof storePath !== 'string' || typeof description !== 'string') return [];
    try {
      return [example(storePath, description, { cacheUrl })];
    } catch {
      return [];
    }
  });
}

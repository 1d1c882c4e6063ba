import type { CacheServer } from '../support/cache-server';
import type { PageServer } from '../support/page-server';
import type { Inputs } from './inputs/inputs';

/** What every row is given. */
export interface Means {
  readonly inputs: Inputs;
  /** Rounds that are counted. */
  readonly rounds: number;
  /** Serves the folder of all caches, and counts. */
  readonly caches: CacheServer;
  /** The built page. */
  readonly page: PageServer;
  /** Where its files lie. */
  readonly pageFolder: string;
  /** The bench's own page: the same decoders, and the same worker. */
  readonly site: PageServer;
  /** A folder for what native tools and browsers write; it is gone after the run. */
  readonly scratch: string;
  readonly say: (line: string) => void;
}

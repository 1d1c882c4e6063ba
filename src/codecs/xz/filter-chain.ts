import { NOTHING } from '../drive';
import { type Filter, type FilterFlags, startFilter, undoFilter } from './filters';

/** All filters of a block but LZMA2, the one to be undone first in front. Plain data, so that it can be copied in between. */
export type FilterChain = readonly { readonly filter: Filter; held: Uint8Array<ArrayBuffer> }[];

export function startFilterChain(filters: readonly FilterFlags[]): FilterChain {
  return filters.map((flags) => ({ filter: startFilter(flags), held: NOTHING })).reverse();
}

/** The content as far as it can be told; at the end all of it. With no filter, the bytes themselves. */
export function undoFilters(
  chain: FilterChain,
  bytes: Uint8Array<ArrayBuffer> | undefined,
  isEnd: boolean,
): Uint8Array<ArrayBuffer> {
  let passed = bytes ?? NOTHING;
  for (const link of chain) {
    const joined = new Uint8Array(link.held.length + passed.length);
    joined.set(link.held);
    joined.set(passed, link.held.length);
    const done = undoFilter(link.filter, joined);
    // At the end, what is no whole instruction was left as it was.
    passed = isEnd ? joined : joined.subarray(0, done);
    link.held = isEnd ? NOTHING : joined.slice(done);
  }
  return passed;
}

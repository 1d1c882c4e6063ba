import { Refusal } from '../drive';
import { undoArm64, undoDelta, undoX86, type X86State } from './branch-filters';

/**
 * What a block's content may have passed before LZMA2 (the .xz file format 1.2.0, §5.3). Each is undone in place, on bytes that
 * follow each other; those that a filter cannot tell yet are held back until more come.
 */

/** A filter and its properties, as the block header has them. */
export type FilterFlags =
  | { readonly name: 'Delta'; readonly distance: number }
  | { readonly name: 'x86' | 'ARM64'; readonly startOffset: number };

/** A filter under way. */
export type Filter =
  | { readonly name: 'Delta'; readonly distance: number; readonly history: Uint8Array; at: number }
  | { readonly name: 'x86'; offset: number; readonly state: X86State }
  | { readonly name: 'ARM64'; offset: number };

const DELTA = 3;
const X86 = 4;
const ARM64 = 10;

/** What else there is. Nothing in a binary cache is made with them. */
const OTHERS: Readonly<Record<number, string>> = {
  5: 'PowerPC BCJ filter',
  6: 'IA-64 BCJ filter',
  7: 'ARM BCJ filter',
  8: 'ARM-Thumb BCJ filter',
  9: 'SPARC BCJ filter',
  11: 'RISC-V BCJ filter',
  33: 'LZMA2 before another filter',
};

export function parseFilter(id: number, properties: Uint8Array): FilterFlags {
  if (id === DELTA) {
    if (properties.length !== 1) throw new Refusal('unsupported', 'properties of the Delta filter');
    return { name: 'Delta', distance: (properties[0] ?? 0) + 1 };
  }
  if (id === X86) return { name: 'x86', startOffset: parseStartOffset(properties, 1) };
  if (id === ARM64) return { name: 'ARM64', startOffset: parseStartOffset(properties, 4) };
  throw new Refusal('unsupported', OTHERS[id] ?? `filter 0x${id.toString(16)}`);
}

/** §5.3.2: none, or where the content is taken to begin, a multiple of an instruction's size. */
function parseStartOffset(properties: Uint8Array, alignment: number): number {
  if (properties.length === 0) return 0;
  const view = new DataView(properties.buffer, properties.byteOffset, properties.length);
  const offset = properties.length === 4 ? view.getUint32(0, true) : undefined;
  if (offset === undefined || offset % alignment !== 0)
    throw new Refusal('unsupported', 'properties of a BCJ filter');
  return offset;
}

export function startFilter(flags: FilterFlags): Filter {
  switch (flags.name) {
    case 'Delta':
      return { ...flags, history: new Uint8Array(256), at: 0 };
    case 'x86':
      return { name: 'x86', offset: flags.startOffset, state: { mask: 0, sinceOpcode: 5 } };
    case 'ARM64':
      return { name: 'ARM64', offset: flags.startOffset };
  }
}

/** Undoes the filter in place, as far as it can tell; answers how many bytes that are. */
export function undoFilter(filter: Filter, bytes: Uint8Array): number {
  switch (filter.name) {
    case 'Delta':
      filter.at = undoDelta(bytes, filter);
      return bytes.length;
    case 'x86': {
      const done = undoX86(bytes, filter.offset, filter.state);
      filter.offset = (filter.offset + done) >>> 0;
      return done;
    }
    case 'ARM64': {
      const done = undoArm64(bytes, filter.offset);
      filter.offset = (filter.offset + done) >>> 0;
      return done;
    }
  }
}

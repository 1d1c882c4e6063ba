import { Refusal } from '../drive';
import { emptyField, type Field, fill, type Input } from './input';
import type { Kernel } from './kernel';

/**
 * LZMA2: chunks, each with its sizes in front. The .xz file format 1.2.0 names it only (§5.3.1); after xz-utils' lzma2_decoder.c:
 *
 *   00                                           the end
 *   01, size (2), bytes                          not compressed; the dictionary is empty before
 *   02, size (2), bytes                          not compressed
 *   100uuuuu, size (2), packed (2), bytes        LZMA
 *   101uuuuu, size (2), packed (2), bytes        LZMA, its state reset
 *   110uuuuu, size (2), packed (2), lclppb, bytes   with new properties as well
 *   111uuuuu, size (2), packed (2), lclppb, bytes   with an empty dictionary as well
 *
 * Sizes are big-endian, less one; uuuuu are the high bits of an LZMA chunk's. The first chunk empties the dictionary; the first LZMA
 * chunk behind one that does has new properties. lclppb = (pb * 5 + lp) * 9 + lc, with lc + lp up to 4.
 */

export interface Lzma2 {
  at: 'control' | 'header' | 'packed' | 'content' | 'copied' | 'end';
  control: number;
  readonly header: Field;
  /** What the next chunk has to bring. */
  needs: 'dictionary' | 'properties' | 'nothing';
  /** Of the chunk: bytes that are to come out, and those of an LZMA chunk that came in, of so many. */
  left: number;
  filled: number;
  packed: number;
}

const END = 0x00;
const COPY_AFTER_RESET = 0x01;
const COPY = 0x02;
const LZMA = 0x80;
const RESET_STATE = 0xa0;
const NEW_PROPERTIES = 0xc0;
const RESET_DICTIONARY = 0xe0;

export function startLzma2(): Lzma2 {
  const header = emptyField(5);
  return { at: 'control', control: 0, header, needs: 'dictionary', left: 0, filled: 0, packed: 0 };
}

/** The next content, at most so much; undefined where it needs more input or is at its end. */
export function decodeLzma2(
  lzma2: Lzma2,
  kernel: Kernel,
  input: Input,
  most: number,
): Uint8Array<ArrayBuffer> | undefined {
  for (;;) {
    switch (lzma2.at) {
      case 'control': {
        const [control] = input.take(1);
        if (control === undefined) return undefined;
        startChunk(lzma2, control);
        break;
      }
      case 'header': {
        const header = fill(lzma2.header, headerSize(lzma2.control), input);
        if (!header) return undefined;
        readHeader(lzma2, kernel, header);
        break;
      }
      case 'packed': {
        const bytes = input.take(lzma2.packed - lzma2.filled);
        kernel.putInput(bytes, lzma2.filled);
        lzma2.filled += bytes.length;
        if (lzma2.filled < lzma2.packed) return undefined;
        kernel.startChunk(lzma2.packed);
        lzma2.at = 'content';
        break;
      }
      case 'content': {
        const output = kernel.decode(Math.min(lzma2.left, most));
        lzma2.left -= output.length;
        if (lzma2.left > 0) return output;
        if (!kernel.isChunkFinished()) throw new Refusal('corrupt', 'the end of an LZMA chunk');
        lzma2.at = 'control';
        return output;
      }
      case 'copied': {
        if (input.isEmpty) return undefined;
        const output = kernel.copy(input, Math.min(lzma2.left, most));
        lzma2.left -= output.length;
        if (lzma2.left === 0) lzma2.at = 'control';
        return output;
      }
      case 'end':
        return undefined;
    }
  }
}

function startChunk(lzma2: Lzma2, control: number): void {
  if (control === END) {
    lzma2.at = 'end';
    return;
  }
  if (control > COPY && control < LZMA) throw new Refusal('corrupt', 'the kind of an LZMA2 chunk');
  if (control === COPY_AFTER_RESET || control >= RESET_DICTIONARY) lzma2.needs = 'properties';
  else if (lzma2.needs === 'dictionary') throw new Refusal('corrupt', 'an LZMA2 chunk without a dictionary');
  if (control >= NEW_PROPERTIES) lzma2.needs = 'nothing';
  else if (control >= LZMA && lzma2.needs !== 'nothing') {
    throw new Refusal('corrupt', 'an LZMA2 chunk without properties');
  }
  lzma2.control = control;
  lzma2.at = 'header';
}

function headerSize(control: number): number {
  if (control < LZMA) return 2;
  return control < NEW_PROPERTIES ? 4 : 5;
}

function readHeader(lzma2: Lzma2, kernel: Kernel, header: Uint8Array): void {
  const { control } = lzma2;
  const [high = 0, low = 0, packedHigh = 0, packedLow = 0, properties = 0] = header;
  lzma2.left = (high << 8) + low + 1;
  if (control === COPY_AFTER_RESET || control >= RESET_DICTIONARY) kernel.resetDictionary();
  if (control < LZMA) {
    lzma2.at = 'copied';
    return;
  }
  lzma2.left += (control & 0x1f) << 16;
  lzma2.packed = (packedHigh << 8) + packedLow + 1;
  lzma2.filled = 0;
  lzma2.at = 'packed';
  if (control >= NEW_PROPERTIES) setProperties(kernel, properties);
  if (control >= RESET_STATE) kernel.resetState();
}

function setProperties(kernel: Kernel, properties: number): void {
  const lc = properties % 9;
  const lp = Math.floor(properties / 9) % 5;
  const pb = Math.floor(properties / 45);
  if (lc + lp > 4 || pb > 4) throw new Refusal('corrupt', 'properties of LZMA');
  kernel.setProperties(lc, lp, pb);
}

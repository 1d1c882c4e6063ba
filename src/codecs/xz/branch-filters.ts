/**
 * What Delta, x86 and ARM64 BCJ filters did, undone. The format names them (§5.3.2, §5.3.3) and leaves the rest to the reference,
 * xz-utils: src/liblzma/delta/delta_decoder.c, simple/x86.c and simple/arm64.c, whose results these have to be, byte for byte.
 */

export interface DeltaState {
  readonly distance: number;
  /** The last 256 bytes, backwards from `at`. */
  readonly history: Uint8Array;
  readonly at: number;
}

/** Adds to each byte the one `distance` before it; answers the next `at`. */
export function undoDelta(bytes: Uint8Array, { distance, history, at }: DeltaState): number {
  let place = at;
  for (let index = 0; index < bytes.length; index++) {
    const value = ((bytes[index] ?? 0) + (history[(place + distance) & 0xff] ?? 0)) & 0xff;
    history[place & 0xff] = value;
    bytes[index] = value;
    place = (place - 1) & 0xff;
  }
  return place;
}

/** What the bytes before leave open: an operand is not taken for one where another opcode may have been its part. */
export interface X86State {
  /** Of the four bytes before, which looked like an opcode (low half) or like the high byte of an address (high half). */
  mask: number;
  /** From the last opcode to the next byte; 5 stands for more. */
  sinceOpcode: number;
}

const CALL = 0xe8;
const JUMP = 0xe9;
const INSTRUCTION_SIZE = 5;
/** How many low bytes of the operand an earlier opcode reaches into, by the mask. */
const REACHES = [0, 1, 2, 2, 3];

/** Turns absolute targets of calls and jumps into relative ones; answers how many bytes are done. */
export function undoX86(bytes: Uint8Array, offset: number, state: X86State): number {
  let { mask, sinceOpcode } = state;
  let last = -sinceOpcode;
  let at = 0;
  while (at + INSTRUCTION_SIZE <= bytes.length) {
    const opcode = bytes[at];
    if (opcode !== CALL && opcode !== JUMP) {
      at++;
      continue;
    }
    const distance = at - last;
    last = at;
    if (distance > INSTRUCTION_SIZE) mask = 0;
    else for (let step = 0; step < distance; step++) mask = (mask & 0x77) << 1;

    const high = bytes[at + 4] ?? 0;
    const before = mask >> 1;
    if (isHighByte(high) && before <= 4 && before !== 3) {
      writeOperand(bytes, at + 1, relative(readOperand(bytes, at + 1), offset + at + INSTRUCTION_SIZE, mask));
      at += INSTRUCTION_SIZE;
      mask = 0;
    } else {
      at++;
      mask |= isHighByte(high) ? 0x11 : 0x01;
    }
  }
  sinceOpcode = Math.min(INSTRUCTION_SIZE, at - last);
  state.mask = mask;
  state.sinceOpcode = sinceOpcode;
  return at;
}

function relative(target: number, next: number, mask: number): number {
  let source = target;
  for (;;) {
    const result = (source - next) | 0;
    if (mask === 0) return result;
    const bits = (REACHES[mask >> 1] ?? 0) * 8;
    if (!isHighByte((result >>> (24 - bits)) & 0xff)) return result;
    source = result ^ (2 ** (32 - bits) - 1);
  }
}

/** Targets within 16 MiB: only their high byte is 00 or ff. */
function isHighByte(byte: number): boolean {
  return byte === 0 || byte === 0xff;
}

function readOperand(bytes: Uint8Array, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}

function writeOperand(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value >> 16;
  bytes[at + 3] = value & 0x0100_0000 ? 0xff : 0;
}

/** Turns absolute targets of BL, and absolute pages of ADRP, into relative ones; answers how many bytes are done. */
export function undoArm64(bytes: Uint8Array, offset: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const instruction = view.getUint32(at, true);
    const place = (offset + at) >>> 0;
    if (instruction >>> 26 === 0x25) {
      view.setUint32(at, 0x9400_0000 | ((instruction - (place >>> 2)) & 0x03ff_ffff), true);
    } else if ((instruction & 0x9f00_0000) >>> 0 === 0x9000_0000) {
      const page = ((instruction >>> 29) & 3) | ((instruction >>> 3) & 0x001f_fffc);
      // Only pages within 512 MiB were changed.
      if ((page + 0x0002_0000) & 0x001c_0000) continue;
      const result = page - (place >>> 12);
      const sign = result & 0x0002_0000 ? 0x00e0_0000 : 0;
      const immediate = ((result & 3) << 29) | ((result & 0x0003_fffc) << 3) | sign;
      view.setUint32(at, (instruction & 0x9000_001f) | immediate, true);
    }
  }
  return at;
}

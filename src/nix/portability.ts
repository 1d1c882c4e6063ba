/**
 * What a program needs to start, as far as its first bytes tell: the ELF header, its program headers, the interpreter and
 * the dynamic section ("System V ABI", chapters 4 and 5), or the first line of a script. Nothing is read past what is given.
 */
export type Portability =
  /** Needs nothing but the kernel. */
  | { readonly kind: 'static' | 'static-pie'; readonly machine: string; readonly isLinux: boolean }
  /** Is started by a loader. */
  | { readonly kind: 'dynamic'; readonly machine: string; readonly loader: string }
  | { readonly kind: 'script'; readonly interpreter: string }
  | { readonly kind: 'not-a-program' };

const NOT_A_PROGRAM: Portability = { kind: 'not-a-program' };

/** Undefined when the bytes given do not reach far enough to tell. `isWhole`: they are all there are. */
export function portabilityOf(head: Uint8Array, isWhole: boolean): Portability | undefined {
  if (head[0] === 0x23 && head[1] === 0x21) return scriptOf(head);
  const isElf = head[0] === 0x7f && head[1] === 0x45 && head[2] === 0x4c && head[3] === 0x46;
  if (!isElf) return head.length >= 4 || isWhole ? NOT_A_PROGRAM : undefined;
  try {
    return elfOf(new ElfHead(head));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return isWhole ? NOT_A_PROGRAM : undefined;
  }
}

/** `#!`, blanks, the interpreter, and whatever follows (execve(2)). */
function scriptOf(head: Uint8Array): Portability {
  const line = new TextDecoder().decode(head.subarray(2, 4096)).split('\n', 1)[0] ?? '';
  const interpreter = line.trim().split(/[ \t]/, 1)[0] ?? '';
  return interpreter === '' ? NOT_A_PROGRAM : { kind: 'script', interpreter };
}

const TYPE = { program: 2, shared: 3 } as const;
const SEGMENT = { dynamic: 2, interpreter: 3 } as const;
const FLAGS_1 = 0x6ffffffb;
const FLAG_PIE = 0x08000000;
/** The largest number of program headers that is believed. */
const MAX_SEGMENTS = 1024;

const MACHINES: Readonly<Record<number, string>> = {
  3: 'i386',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC 64',
  22: 's390x',
  40: 'ARM',
  62: 'x86-64',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
};

function elfOf(elf: ElfHead): Portability {
  const machine = MACHINES[elf.machine] ?? `machine ${elf.machine}`;
  const interpreter = elf.segment(SEGMENT.interpreter);
  if (elf.type !== TYPE.program && elf.type !== TYPE.shared) return NOT_A_PROGRAM;
  if (interpreter) return { kind: 'dynamic', machine, loader: elf.text(interpreter) };
  // 0 is System V, which Linux uses, 3 is Linux itself.
  const isLinux = elf.osAbi === 0 || elf.osAbi === 3;
  if (elf.type === TYPE.program) return { kind: 'static', machine, isLinux };
  const dynamic = elf.segment(SEGMENT.dynamic);
  return dynamic && elf.hasPieFlag(dynamic) ? { kind: 'static-pie', machine, isLinux } : NOT_A_PROGRAM;
}

interface Segment {
  readonly start: number;
  readonly size: number;
}

/** Reads numbers of either width and byte order. Past the end is a RangeError, as DataView throws it. */
class ElfHead {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly is64: boolean;
  private readonly isLittle: boolean;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.is64 = this.view.getUint8(4) === 2;
    this.isLittle = this.view.getUint8(5) === 1;
  }

  get osAbi(): number {
    return this.view.getUint8(7);
  }

  get type(): number {
    return this.half(16);
  }

  get machine(): number {
    return this.half(18);
  }

  /** The first segment of the type, by the program headers. */
  segment(type: number): Segment | undefined {
    const start = this.word(this.is64 ? 32 : 28);
    const entrySize = this.half(this.is64 ? 54 : 42);
    const count = this.half(this.is64 ? 56 : 44);
    for (let i = 0; i < Math.min(count, MAX_SEGMENTS); i++) {
      const at = start + i * entrySize;
      if (this.view.getUint32(at, this.isLittle) !== type) continue;
      return { start: this.word(at + (this.is64 ? 8 : 4)), size: this.word(at + (this.is64 ? 32 : 16)) };
    }
    return undefined;
  }

  /** A text that ends with a zero byte. */
  text({ start, size }: Segment): string {
    if (start + size > this.bytes.length) throw new RangeError('past what was given');
    const bytes = this.bytes.subarray(start, start + size);
    const end = bytes.indexOf(0);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
  }

  hasPieFlag({ start, size }: Segment): boolean {
    const width = this.is64 ? 8 : 4;
    for (let at = start; at < start + size; at += 2 * width) {
      const tag = this.word(at);
      if (tag === 0) return false;
      if (tag === FLAGS_1) return (this.word(at + width) & FLAG_PIE) !== 0;
    }
    return false;
  }

  private half(at: number): number {
    return this.view.getUint16(at, this.isLittle);
  }

  private word(at: number): number {
    if (!this.is64) return this.view.getUint32(at, this.isLittle);
    const value = this.view.getBigUint64(at, this.isLittle);
    if (value > Number.MAX_SAFE_INTEGER) throw new RangeError('past any file');
    return Number(value);
  }
}

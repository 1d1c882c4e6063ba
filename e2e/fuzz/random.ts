/** Numbers that follow from a text alone: sfc32 (PractRand), seeded by FNV-1a. */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: string) {
    this.a = hash(seed, 0x811c9dc5);
    this.b = hash(seed, 0x9e3779b9);
    this.c = hash(seed, 0x85ebca6b);
    for (let round = 0; round < 12; round++) this.next();
  }

  /** 32 bits, unsigned. */
  next(): number {
    const { a, b, c } = this;
    const sum = (a + b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = b ^ (b >>> 9);
    this.b = (c + (c << 3)) | 0;
    this.c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, without, the limit; 0 for a limit of 0. */
  below(limit: number): number {
    return limit > 0 ? this.next() % limit : 0;
  }

  /** True once in so many times. */
  once(inSoMany: number): boolean {
    return this.below(inSoMany) === 0;
  }

  /** Mostly small, now and then up to the limit. */
  small(limit: number): number {
    return this.below(1 + this.below(1 + this.below(limit)));
  }

  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new Error('nothing to pick from');
    // It was just found not to be empty.
    return items[this.below(items.length)] as T;
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

function hash(text: string, basis: number): number {
  let value = basis;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value | 0;
}

/**
 * Counts the bytes that are asked for by their number alone, `new Uint8Array(n)`: who allocates by a length that was
 * only read is seen here, and not by chance of when memory is looked at. What is copied is there already.
 */

const WATCHED = { ArrayBuffer, Uint8Array, Uint16Array, Int32Array, Uint32Array, Float64Array };

let allocated = 0;

/** Memories of decoders in WebAssembly. They grow by themselves, so they are looked at when an input is done. */
const memories = new Set<WeakRef<WebAssembly.Memory>>();

/** The largest window there is, of zstd, and room around it. */
const LARGEST_MEMORY = 160 * 1024 * 1024;

/** What every decoder may have: buffers and blocks of a fixed size. */
const ALLOWANCE = 24 * 1024 * 1024;
const PER_BYTE_OF_INPUT = 1024;

/** From now on, in this thread. */
export function watchConstructors(): void {
  const watched = Object.entries(WATCHED).map(([name, original]) => {
    const size = 'BYTES_PER_ELEMENT' in original ? original.BYTES_PER_ELEMENT : 1;
    return [name, watch(original, size)] as const;
  });
  Object.assign(globalThis, Object.fromEntries(watched));
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct: (target, args, newTarget) => remembered(Reflect.construct(target, args, newTarget)),
  });
  WebAssembly.instantiate = new Proxy(WebAssembly.instantiate, {
    apply: async (target, self, args) => {
      const made = await Reflect.apply(target, self, args);
      remembered('instance' in made ? made.instance : made);
      return made;
    },
  });
}

function remembered(instance: WebAssembly.Instance): WebAssembly.Instance {
  const { memory } = instance.exports;
  if (memory instanceof WebAssembly.Memory) memories.add(new WeakRef(memory));
  return instance;
}

function largestMemory(): number {
  let largest = 0;
  for (const reference of memories) {
    const memory = reference.deref();
    if (memory) largest = Math.max(largest, memory.buffer.byteLength);
    else memories.delete(reference);
  }
  return largest;
}

function watch<Class extends NewableFunction>(original: Class, size: number): Class {
  return new Proxy(original, {
    construct(target, args: unknown[], newTarget) {
      const [length] = args;
      if (typeof length === 'number') allocated += length * size;
      return Reflect.construct(target, args, newTarget);
    },
  });
}

export function watchAllocations(): void {
  allocated = 0;
}

/** What is wrong with what was asked for since, for an input of this size; undefined when nothing is. */
export function allocatedBy(inputSize: number): string | undefined {
  const limit = ALLOWANCE + PER_BYTE_OF_INPUT * inputSize;
  const memory = largestMemory();
  if (memory > LARGEST_MEMORY) return `a memory of ${memory} bytes`;
  return allocated > limit ? `allocated ${allocated} bytes for an input of ${inputSize}` : undefined;
}

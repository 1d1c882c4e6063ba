/**
 * Counts the bytes that are asked for by their number alone, `new Uint8Array(n)`: who allocates by a length that was
 * only read is seen here, and not by chance of when memory is looked at. What is copied is there already.
 */

const WATCHED = { ArrayBuffer, Uint8Array, Uint16Array, Int32Array, Uint32Array, Float64Array };

let allocated = 0;

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
  return allocated > limit ? `allocated ${allocated} bytes for an input of ${inputSize}` : undefined;
}

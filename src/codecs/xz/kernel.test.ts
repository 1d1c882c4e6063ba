import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildKernel } from './build-kernel.mjs';
import { KERNEL_VARIABLES } from './kernel';

const committed = readFileSync(new URL('kernel.wasm', import.meta.url));

test('the committed kernel is what its source gives: npm run build:kernel', async () => {
  const built = await buildKernel();
  expect(Buffer.compare(built, committed)).toBe(0);
});

test('it is small, and asks nothing of anybody', async () => {
  const module = await WebAssembly.compile(committed);
  expect(committed.length).toBeLessThan(10_240);
  expect(WebAssembly.Module.imports(module)).toEqual([]);
});

test('a snapshot knows every variable', async () => {
  const { exports } = (await WebAssembly.instantiate(committed)).instance;
  const variables = Object.entries(exports).filter(([, value]) => value instanceof WebAssembly.Global);
  const changing = variables.filter(([, value]) => isMutable(value as WebAssembly.Global));
  expect(changing.map(([name]) => name).sort()).toEqual([...KERNEL_VARIABLES].sort());
});

function isMutable(variable: WebAssembly.Global): boolean {
  const { value } = variable;
  try {
    variable.value = value;
    return true;
  } catch {
    return false;
  }
}

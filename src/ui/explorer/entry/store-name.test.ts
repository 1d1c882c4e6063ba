import { expect, test } from 'vitest';
import { isStoreName, storeNameFrom } from './store-name';

test.each([
  ['hello-1.2.nar.xz', 'hello-1.2'],
  ['hello.nar', 'hello'],
  ['hello.tar.gz', 'hello.tar'],
  ['m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5.nar.zst', 'nix-2.13.5'],
  ['mein Paket (1).nar', 'mein-Paket-1-'],
  ['.hidden.nar', 'hidden'],
  ['…', 'source'],
  ['', 'source'],
  ['x'.repeat(300), 'x'.repeat(211)],
])('%s is called %s', (fileName, name) => {
  expect(storeNameFrom(fileName)).toBe(name);
  expect(isStoreName(name)).toBe(true);
});

test.each(['', '.', '.x'.slice(0, 1), 'a b', 'a/b', 'ü'])('"%s" is no name', (name) => {
  expect(isStoreName(name)).toBe(false);
});

import { expect, test } from 'vitest';
import { formatAddress } from '../../store/address';
import { PUBLIC_EXAMPLES, sampleExamples } from './examples';

test('the public examples are addresses of the default cache', () => {
  expect(PUBLIC_EXAMPLES).toHaveLength(3);
  for (const { address, storePath } of PUBLIC_EXAMPLES) {
    expect(formatAddress(address)).toEqual({ pathname: storePath, search: '', hash: '' });
  }
});

test('the sample cache is named in the address, whatever its URL', () => {
  const json = [{ storePath: '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-a', description: 'A.' }];
  const [only] = sampleExamples(json, 'http://localhost:5173/sample-cache');
  expect(only && formatAddress(only.address)).toMatchObject({
    pathname: '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-a',
    search: '?cache=http://localhost:5173/sample-cache',
  });
});

test.each([undefined, null, {}, 'x', [null], [{ storePath: 1 }], [{ storePath: '/etc', description: 'x' }]])(
  '%j is no list of samples',
  (json) => {
    expect(sampleExamples(json, 'https://a.b')).toEqual([]);
  },
);

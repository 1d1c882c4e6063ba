import { expect, test } from 'vitest';
import { recognise } from '../../store/recognise';
import { optionText } from './address-text';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';

test('options of one path are told apart', () => {
  const text = [
    `https://a.org/${HASH}.narinfo`,
    `https://cache.nixos.org/${HASH}.narinfo`,
    `/nix/store/${HASH}-nix/bin/nix`,
    `https://any.host/nix/store/${HASH}-nix/bin/nix?view=hex#0x10`,
    'https://a.org/nar/x.nar.xz',
    'https://any.host/?nar=https://a.org/x.nar&path=bin',
  ].join('\n');
  expect(recognise(text).map(optionText)).toEqual([
    `/nix/store/${HASH} from a.org`,
    `/nix/store/${HASH} from cache.nixos.org`,
    `/nix/store/${HASH}-nix/bin/nix`,
    `/nix/store/${HASH}-nix/bin/nix (hex, 0x10)`,
    'https://a.org/nar/x.nar.xz',
    'https://a.org/x.nar/bin',
  ]);
});

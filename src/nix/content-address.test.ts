import { expect, test } from 'vitest';
import { contentAddressedPath, formatContentAddress, parseContentAddress } from './content-address';
import { formatStorePath, parseStorePath } from './store-path';

/**
 * As `nix path-info --json` says them: path, `ca`, references. Made with `nix-store --add-fixed`, `--add`, `builtins.toFile` and
 * `nix store make-content-addressed`.
 */
const PATHS: readonly [path: string, contentAddress: string, references: readonly string[]][] = [
  [
    '/nix/store/drkxw2h2m1bn8sz6lzkscyjgmq5fr5c3-a.txt',
    'text:sha256:1y134a7qw0fl3vdcsz7cx3w1dn3cywd8wl92f2nrx5avd2nzdlwf',
    [],
  ],
  [
    '/nix/store/ijw8jbi7qrdhjcnsxjrbz6wcx23bfa13-b.txt',
    'text:sha256:0qr4qlp6wmnjqkcfk9h4c47klv4g47h2lwsn9gb2b1klvr21dh9c',
    ['/nix/store/drkxw2h2m1bn8sz6lzkscyjgmq5fr5c3-a.txt'],
  ],
  [
    '/nix/store/gy454w1cxaq731grqwylhzf4pp9r5izh-hello.txt',
    'fixed:sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq',
    [],
  ],
  [
    '/nix/store/svdva85yi507g9vncgsaxvnd1r808h4w-hello.txt',
    'fixed:sha1:iwjz551fyw0cxcjgf4l6c879zabd6wpm',
    [],
  ],
  [
    '/nix/store/sh3dfhbqwb9ms0j73f1zsx8k72hmdm74-d',
    'fixed:r:sha256:0x8rfwm8ahk1g7chxpm8ij2nhvzxiryknb33py3dha2qxw5fkgr9',
    [],
  ],
  [
    '/nix/store/i5x7lq0dn2djzj4vg6nhskhzb4bj0rkw-d',
    'fixed:r:sha512:169nsgc88klxkbmbc5v0qjs50c8sa6k0izyf71w2rmg4vygi75k06567xcx2ss7b73i2zzlv921jh6igrjlhcqbmwk5nv3ajfskkq0s',
    [],
  ],
  [
    '/nix/store/hp4s790miazawl522bmpzv4vksi17a2f-z',
    'fixed:r:sha256:09a3ds2kvl0pqysfr0vha1k3bz23kkdql57gfwgr73s8zc66cdd2',
    ['/nix/store/7qvwrqqh7sda84djvr8llci9pgbczkkd-b.txt', '/nix/store/hp4s790miazawl522bmpzv4vksi17a2f-z'],
  ],
];

test.each(PATHS)('%s follows from its contents', async (path, contentAddress, references) => {
  const { name } = parseStorePath(path);
  const address = parseContentAddress(contentAddress);
  expect(formatContentAddress(address)).toBe(contentAddress);
  const others = references.filter((reference) => reference !== path).map(parseStorePath);
  const computed = await contentAddressedPath(name, address, { others, self: references.includes(path) });
  expect(computed && formatStorePath(computed)).toBe(path);
});

test('references are only for text and for NARs hashed with SHA-256', async () => {
  const others = [parseStorePath('/nix/store/drkxw2h2m1bn8sz6lzkscyjgmq5fr5c3-a.txt')];
  const flat = parseContentAddress('fixed:sha256:00xyyr3fi8l6hb839bv3f7yb86yjv7xi1cgh1xnhipym4asvb4aq');
  const text = parseContentAddress('text:sha256:1y134a7qw0fl3vdcsz7cx3w1dn3cywd8wl92f2nrx5avd2nzdlwf');
  expect(await contentAddressedPath('x', flat, { others, self: false })).toBeUndefined();
  expect(await contentAddressedPath('x', text, { others: [], self: true })).toBeUndefined();
});

test.each(['', 'sha256:0', 'fixed:x:sha256:0', 'text:', 'fixed:r:sha256:abc'])(
  '%j is no content address',
  (text) => {
    expect(() => parseContentAddress(text)).toThrow(expect.objectContaining({ kind: 'metadata-format' }));
  },
);

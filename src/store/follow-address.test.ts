import { expect, test } from 'vitest';
import type { Failure } from '../archive/failure';
import { HASH, OTHER_HASH } from './testing/fake-service';
import { setUp } from './testing/set-up';

const NOT_FOUND: Failure = { kind: 'not-found', reason: 'no-cache-has-it', storePath: HASH, tried: [] };
test('one change of the address that is told twice is one change', () => {
  const { bar, input } = setUp();
  bar.type(`/?q=/nix/store/${HASH}-a%20/nix/store/${OTHER_HASH}-b`);
  expect(input().state.status).toBe('choosing');
  bar.type('/?q=nothing');
  expect(input().state.status).toBe('unrecognised');
});

test('Back to a choice offers it again', () => {
  const { bar, input } = setUp(`/?q=/nix/store/${HASH}-a%20/nix/store/${OTHER_HASH}-b`);
  const { state, choose } = input();
  if (state.status === 'choosing' && state.options[1]) choose(state.options[1]);
  expect(bar.history[1]).toBe(`/nix/store/${OTHER_HASH}-b`);
  expect(input().state.status).toBe('none');
  bar.go(-1);
  expect(input().state.status).toBe('choosing');
});

test.each([
  [`/${HASH}-nix/bin/nix`, `/nix/store/${HASH}-nix/bin/nix`],
  [`/nix/store/${HASH}-nix//bin/`, `/nix/store/${HASH}-nix/bin`],
  [`/nix/store/${HASH}-nix?view=bogus&utm=1`, `/nix/store/${HASH}-nix?utm=1`],
  [`/nix/store/${HASH}-nix?cache=https://cache.nixos.org`, `/nix/store/${HASH}-nix`],
  ['/nar/0abc.nar.xz', '/?nar=https://cache.nixos.org/nar/0abc.nar.xz'],
  ['/index.html', '/'],
  ['/404.html', '/'],
  ['/favicon.png?x=1#y', '/favicon.png?x=1#y'],
])('%s stands as %s in the bar before anything is answered', (written, canonical) => {
  expect(setUp(written).bar.history).toEqual([canonical]);
  const later = setUp();
  later.bar.type(written);
  expect(later.bar.history).toEqual(['/', canonical]);
});

test('/?q= keeps what it says besides, where the text says nothing of it', () => {
  const { bar } = setUp(`/?q=${HASH}&cache=a.org&view=hex&utm=1#L3`);
  expect(bar.history).toEqual([`/nix/store/${HASH}?cache=a.org&view=hex&utm=1#L3`]);
});

test('a cache that cannot be asked is a failure that names it, without what is private', () => {
  const { archive, service, bar } = setUp(`/nix/store/${HASH}-a?cache=http://me:secret@h.org/x?key=secret`);
  const state = archive();
  expect(state).toMatchObject({ status: 'failed', failure: { format: 'address', field: 'cache' } });
  expect(JSON.stringify(state)).toContain('h.org/x');
  expect(JSON.stringify(state)).not.toContain('secret');
  expect(service.opens).toEqual([]);
  expect(bar.history).toHaveLength(1);
});

test('settings that are saved ask again for a store path that was not found, and for nothing else', async () => {
  const other = [{ url: 'https://a.org' }];
  const missing = setUp(`/nix/store/${HASH}`);
  await missing.failed(NOT_FOUND);
  missing.stores.settingsStore.getState().setSubstituters(other);
  expect(missing.service.opens).toHaveLength(2);

  const stopped = setUp(`/nix/store/${HASH}`);
  stopped.stores.archiveStore.getState().cancel();
  stopped.stores.settingsStore.getState().setSubstituters(other);
  expect(stopped.service.opens).toHaveLength(1);

  const nar = setUp('/?nar=https://a.org/x.nar');
  await nar.failed(NOT_FOUND);
  nar.stores.settingsStore.getState().setSubstituters(other);
  expect(nar.service.opens).toHaveLength(1);
});

test('Back to an earlier local file shows that file', () => {
  const { bar, input, service } = setUp();
  const one = new File(['1'], 'one.nar');
  const two = new File(['2'], 'two.nar');
  input().openFile(one);
  input().openFile(two);
  expect(bar.history).toEqual(['/', '/local', '/local']);
  bar.go(-1);
  bar.go(1);
  expect(service.opens.map((open) => open.input)).toEqual([
    { kind: 'file', file: one },
    { kind: 'file', file: two },
    { kind: 'file', file: one },
    { kind: 'file', file: two },
  ]);
});

test('what is written into the address of a local file is still of that file', () => {
  const { bar, input, service, archive } = setUp();
  input().openFile(new File(['1'], 'one.nar'));
  bar.type('/local/bin/x#L3');
  expect(service.opens).toHaveLength(1);
  expect(archive().status).toBe('opening');
  bar.type('/');
  bar.type('/local');
  expect(archive()).toMatchObject({ failure: { reason: 'file-gone' } });
});

test('every key of the list may vouch for a path of any cache', () => {
  const { stores, service, bar } = setUp();
  const { setSubstituters, setTrustedKeys } = stores.settingsStore.getState();
  setTrustedKeys(['a-1:x', 'b-1:y']);
  setSubstituters([{ url: 'https://b.org' }]);
  bar.type(`/nix/store/${HASH}?cache=c.org`);
  expect(service.opens.at(-1)?.input).toMatchObject({
    cacheUrls: ['https://c.org', 'https://b.org'],
    trustedKeys: [{ key: 'a-1:x' }, { key: 'b-1:y' }],
  });
});

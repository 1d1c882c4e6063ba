import { expect, test } from 'vitest';
import { HASH, OTHER_HASH } from './testing/fake-service';
import { setUp } from './testing/set-up';

const TWO = `/nix/store/${HASH}-a and /nix/store/${OTHER_HASH}-b`;

test.each([
  [TWO, 'choosing'],
  ['nothing of ours', 'unrecognised'],
])('%j stays on the screen while the archive below gets its name', async (text, status) => {
  const { input, opened, bar } = setUp(`/nix/store/${HASH}`);
  input().openText(text);
  await opened(1);
  expect(bar.current).toBe(`/nix/store/${HASH}-nix-2.13.5`);
  expect(input().state.status).toBe(status);
});

test.each(['nothing of ours', TWO])('%j goes when somebody goes elsewhere, or comes back', (text) => {
  const { input, bar, address } = setUp(`/nix/store/${HASH}-a`);
  input().openText(`${HASH}-a/bin`);
  input().openText(text);
  bar.go(-1);
  expect(input().state.status).toBe('none');
  input().openText(text);
  address().open(address().address);
  expect(input().state.status).toBe('none');
});

test.each([
  [
    `https://any.host/sub/path/nix/store/${HASH}-n/bin/nix?cache=foo.org&view=hex#L10`,
    `/nix/store/${HASH}-n/bin/nix?cache=foo.org&view=hex#L10`,
  ],
  [
    `https://host/x/#/nix/store/${HASH}-n/bin/nix?cache=foo.org&L=10`,
    `/nix/store/${HASH}-n/bin/nix?cache=foo.org#L10`,
  ],
  ['/?nar=https://a.org/x.nar&path=a%253Fb', '/?nar=https://a.org/x.nar&path=a%253Fb'],
  [`/${HASH}/bin/nix`, `/nix/store/${HASH}/bin/nix`],
])('%s opens what it is the address of', (pasted, shown) => {
  const { input, bar } = setUp();
  input().openText(pasted);
  expect(bar.history).toEqual(['/', shown]);
});

test('a link whose cache cannot be asked says so, copies nothing, and opens nothing else', () => {
  const { input, bar, service } = setUp();
  input().openText(`https://any.host/nix/store/${HASH}-n?cache=http://me:secret@h.org/`);
  expect(input().state).toMatchObject({ status: 'unrecognised', failure: { field: 'cache' } });
  expect(JSON.stringify(input().state)).not.toContain('secret');
  expect(bar.history).toEqual(['/']);
  expect(service.opens).toEqual([]);
});

test('what was cancelled or failed is opened again by the same text', () => {
  const { input, stores, service, bar } = setUp();
  input().openText(`/nix/store/${HASH}-a/bin`);
  stores.archiveStore.getState().cancel();
  input().openText(`/nix/store/${HASH}-a/bin`);
  expect(service.opens).toHaveLength(2);
  input().openText(`/nix/store/${HASH}-a/bin`);
  expect(service.opens).toHaveLength(2);
  expect(bar.history).toHaveLength(2);
});

test('the same path without a cache is the one that stands open, whichever cache it is from', async () => {
  const { input, service, bar, opened } = setUp(`/nix/store/${HASH}?cache=b.org`);
  await opened(1, 'https://b.org');
  input().openText(`/nix/store/${HASH}-nix-2.13.5`);
  input().openText(`/nix/store/${HASH}-nix-2.13.5/bin/nix`);
  expect(bar.history).toEqual([
    `/nix/store/${HASH}-nix-2.13.5?cache=b.org`,
    `/nix/store/${HASH}-nix-2.13.5/bin/nix?cache=b.org`,
  ]);
  expect(service.opens).toHaveLength(1);
  expect(service.closed).toEqual([]);
});

test('a cache that the text names is asked, though the path stands open from another', async () => {
  const { input, service, bar, opened } = setUp(`/nix/store/${HASH}?cache=b.org`);
  await opened(1, 'https://b.org');
  input().openText(`https://cache.nixos.org//${HASH}.narinfo`);
  expect(bar.current).toBe(`/nix/store/${HASH}`);
  expect(service.opens.at(-1)?.input).toMatchObject({ cacheUrls: ['https://cache.nixos.org'] });
});

test('a cache that the text names is asked though it is not in the list; opened, it is left out of the address', async () => {
  const { input, stores, service, bar, opened } = setUp();
  stores.settingsStore.getState().setSubstituters([{ url: 'https://b.org' }]);
  input().openText(`https://cache.nixos.org/${HASH}.narinfo`);
  expect(service.opens.at(-1)?.input).toMatchObject({
    cacheUrls: ['https://cache.nixos.org', 'https://b.org'],
  });
  await opened(1);
  expect(bar.current).toBe(`/nix/store/${HASH}-nix-2.13.5`);
  expect(service.opens).toHaveLength(1);
});

test('one path at two caches is a choice', () => {
  const { input, bar } = setUp();
  input().openText(`https://a.org/${HASH}.narinfo https://b.org/${HASH}.narinfo`);
  const { state, choose } = input();
  expect(state).toMatchObject({
    status: 'choosing',
    options: [{ cacheUrl: 'https://a.org' }, { cacheUrl: 'https://b.org' }],
  });
  if (state.status === 'choosing' && state.options[1]) choose(state.options[1]);
  expect(bar.current).toBe(`/nix/store/${HASH}?cache=b.org`);
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFingerprint } from '../nix/fingerprint';
import { type NarInfo, parseNarInfo } from '../nix/narinfo';
import { formatNamedBytes } from '../nix/signature';
import { checkContentAddress, checkSignature } from './check-claims';

const SAMPLE = new URL('../../public/sample-cache/', import.meta.url);
const KEY = {
  key: readFileSync(new URL('public-key', SAMPLE), 'utf8').trim(),
  cacheUrl: 'https://sample.example.org',
};
const listed = (key: string) => ({ key });

/** Signed by real Nix, some content-addressed. */
const narInfos = readdirSync(SAMPLE)
  .filter((name) => name.endsWith('.narinfo'))
  .map((name) => parseNarInfo(readFileSync(new URL(name, SAMPLE), 'utf8')));
const signed = narInfos.find(({ references }) => references.length > 1);
if (!signed) throw new Error('no narinfo with references in the sample cache');

/** A key of this test alone, and narinfos that it signs. */
async function makeSigner(keyName: string) {
  // An Ed25519 key is always a pair.
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair;
  const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
  const sign = async (narInfo: NarInfo): Promise<string> => {
    const text = new TextEncoder().encode(formatFingerprint(narInfo));
    return formatNamedBytes({
      keyName,
      bytes: new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, text)),
    });
  };
  return { publicKey: formatNamedBytes({ keyName, bytes: raw }), sign };
}

test.each(narInfos.map((narInfo) => [narInfo.storePath.name, narInfo] as const))(
  '%s is signed by the sample key',
  async (_, narInfo) => {
    const order = narInfo.references.length > 1 ? ', over the references in sorted order' : '';
    expect(await checkSignature(narInfo, [KEY])).toEqual({
      state: 'verified',
      detail: `by nar-explorer-sample-1, a key built in for the sample cache${order}.`,
      by: 'nar-explorer-sample-1',
    });
  },
);

test.each<[string, (narInfo: NarInfo) => Partial<NarInfo>]>([
  ['NarSize', ({ narSize }) => ({ narSize: narSize + 1 })],
  ['NarHash', ({ narHash }) => ({ narHash: { ...narHash, digest: narHash.digest.map((byte) => byte ^ 1) } })],
  ['References', ({ references }) => ({ references: references.slice(1) })],
  ['StorePath', ({ storePath }) => ({ storePath: { ...storePath, name: `${storePath.name}x` } })],
])('another %s makes the signature wrong', async (_, change) => {
  expect((await checkSignature({ ...signed, ...change(signed) }, [KEY])).state).toBe('mismatch');
});

test.each<[string, (narInfo: NarInfo) => Partial<NarInfo>]>([
  ['URL', () => ({ url: 'elsewhere.nar' })],
  ['FileHash', () => ({ fileHash: undefined })],
  ['Deriver', () => ({ deriver: undefined })],
  ['order of the references', ({ references }) => ({ references: references.toReversed() })],
])('another %s does not: it is not signed', async (_, change) => {
  expect((await checkSignature({ ...signed, ...change(signed) }, [KEY])).state).toBe('verified');
});

test('no signature, no trusted key, a key that only has the name of a trusted one', async () => {
  const { publicKey } = await makeSigner('nar-explorer-sample-1');
  expect(await checkSignature({ ...signed, signatures: [] }, [KEY])).toEqual({
    state: 'impossible',
    detail: 'The narinfo has no signature.',
  });
  expect(await checkSignature(signed, [])).toEqual({
    state: 'impossible',
    detail: 'Signed by nar-explorer-sample-1, which you do not trust.',
  });
  expect(await checkSignature(signed, [listed(publicKey)])).toMatchObject({ state: 'mismatch' });
  expect(await checkSignature(signed, [listed('nonsense'), KEY])).toMatchObject({ state: 'verified' });
});

test('one good signature among others is enough, and all of them are spoken of', async () => {
  const [other, stranger] = [await makeSigner('other-1'), await makeSigner('stranger-1')];
  const signatures = [
    'broken',
    await other.sign({ ...signed, narSize: 1 }),
    await stranger.sign(signed),
    ...signed.signatures,
  ];
  expect(await checkSignature({ ...signed, signatures }, [listed(other.publicKey), KEY])).toEqual({
    state: 'verified',
    detail:
      'by nar-explorer-sample-1, a key built in for the sample cache, over the references in sorted order. The signature of nobody, other-1 is wrong. Also signed by stranger-1, which you do not trust.',
    by: 'nar-explorer-sample-1',
  });
});

test('two keys that vouch are both named, each with where it comes from', async () => {
  const other = await makeSigner('other-1');
  const signatures = [...signed.signatures, await other.sign(signed)];
  expect(await checkSignature({ ...signed, signatures }, [KEY, listed(other.publicKey)])).toMatchObject({
    state: 'verified',
    detail: expect.stringContaining('and by other-1, a key of your list'),
    by: 'nar-explorer-sample-1, other-1',
  });
});

test('a signature over the references in written order holds, and says so', async () => {
  const old = await makeSigner('old-1');
  const unsorted = { ...signed, references: signed.references.toReversed() };
  const signatures = [await old.sign(unsorted)];
  expect(await checkSignature({ ...unsorted, signatures }, [listed(old.publicKey)])).toEqual({
    state: 'verified',
    detail: 'by old-1, a key of your list, over the references in written order.',
    by: 'old-1',
  });
});

test('a reference that is written twice is signed once', async () => {
  const [first] = signed.references;
  if (!first) throw new Error('no reference');
  const repeated = { ...signed, references: [...signed.references, first] };
  expect(await checkSignature(repeated, [KEY])).toMatchObject({
    state: 'verified',
    detail: expect.stringContaining('in sorted order'),
  });
  const old = await makeSigner('old-1');
  const signatures = [await old.sign(repeated)];
  expect(await checkSignature({ ...repeated, signatures }, [listed(old.publicKey)])).toMatchObject({
    state: 'verified',
    detail: expect.stringContaining('in written order'),
  });
});

test('content addresses: those of real paths hold, another path does not have them', async () => {
  const addressed = narInfos.filter(({ contentAddress }) => contentAddress !== undefined);
  expect(addressed.length).toBeGreaterThan(0);
  for (const narInfo of addressed) {
    expect((await checkContentAddress(narInfo)).state).toBe('verified');
    const other = { ...narInfo, storePath: { ...narInfo.storePath, name: 'other' } };
    expect((await checkContentAddress(other)).state).toBe('mismatch');
  }
  expect((await checkContentAddress({ ...signed, contentAddress: undefined })).state).toBe('impossible');
  expect((await checkContentAddress({ ...signed, contentAddress: 'nonsense' })).state).toBe('mismatch');
});

import { type ContentAddress, contentAddressedPath, parseContentAddress } from '../nix/content-address';
import { formatFingerprint } from '../nix/fingerprint';
import { formatHash, type NixHash } from '../nix/hash';
import type { NarInfo } from '../nix/narinfo';
import { isSignedBy, type NamedBytes, parsePublicKey, parseSignature } from '../nix/signature';
import { formatBaseName, type StorePath } from '../nix/store-path';
import type { TrustedKey } from './service';
import { impossible, mismatch, type Verdict, verified } from './verdict';

/**
 * Whether a trusted key signed the narinfo, as `ValidPathInfo::checkSignature` in Nix's path-info.cc: any key may vouch for any
 * path, whichever cache it comes from. Nix signs the references sorted; there are old narinfos whose signature holds only for
 * the order that they are written in.
 */
export async function checkSignature(narInfo: NarInfo, trustedKeys: readonly TrustedKey[]): Promise<Verdict> {
  if (narInfo.signatures.length === 0) return impossible('The narinfo has no signature.');
  const keys = trustedKeys.flatMap((trusted) => {
    const key = readable(() => parsePublicKey(trusted.key));
    return key ? [{ ...key, cacheUrl: trusted.cacheUrl }] : [];
  });
  const texts = fingerprintsOf(narInfo);
  const found: Record<Finding['kind'], string[]> = { good: [], wrong: [], stranger: [] };
  const vouching: string[] = [];
  for (const written of narInfo.signatures) {
    const { kind, keyName, words } = await judge(written, keys, texts);
    if (!found[kind].includes(words)) found[kind].push(words);
    if (kind === 'good' && !vouching.includes(keyName)) vouching.push(keyName);
  }
  const strangers = found.stranger.join(', ');
  if (vouching.length > 0) {
    const others = [
      ...(found.wrong.length > 0 ? [` The signature of ${found.wrong.join(', ')} is wrong.`] : []),
      ...(strangers ? [` Also signed by ${strangers}, which you do not trust.`] : []),
    ];
    return { ...verified(`by ${found.good.join(', and by ')}.${others.join('')}`), by: vouching.join(', ') };
  }
  const also = strangers ? ` Signed by ${strangers} too, which you do not trust.` : '';
  if (found.wrong.length > 0)
    return mismatch(`The signature of ${found.wrong.join(', ')} is not one of this narinfo.${also}`);
  return impossible(`Signed by ${strangers}, which you do not trust.`);
}

interface Finding {
  readonly kind: 'good' | 'wrong' | 'stranger';
  readonly keyName: string;
  /** The key's name, for a good one with where the key comes from and what it signed. */
  readonly words: string;
}

interface Fingerprint {
  readonly text: string;
  /** Which order of the references it is of, where there is more than one. */
  readonly order: string;
}

type ReadKey = NamedBytes & Pick<TrustedKey, 'cacheUrl'>;

/** Nix's references are a set (`StorePathSet`, in the order of base names): one that is written twice is signed once. */
function fingerprintsOf(narInfo: NarInfo): Fingerprint[] {
  const byBaseName = new Map(narInfo.references.map((reference) => [formatBaseName(reference), reference]));
  const references = [...byBaseName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
  const sorted = formatFingerprint({ ...narInfo, references });
  const written = formatFingerprint(narInfo);
  const order = references.length > 1 ? ', over the references in sorted order' : '';
  if (written === sorted) return [{ text: sorted, order }];
  return [
    { text: sorted, order },
    { text: written, order: ', over the references in written order' },
  ];
}

async function judge(
  written: string,
  keys: readonly ReadKey[],
  texts: readonly Fingerprint[],
): Promise<Finding> {
  const signature = readable(() => parseSignature(written));
  const keyName = signature?.keyName ?? written.slice(0, Math.max(0, written.indexOf(':')));
  const wrong = { kind: 'wrong', keyName, words: keyName || 'nobody' } as const;
  if (!signature) return wrong;
  const named = keys.filter((key) => key.keyName === keyName);
  if (named.length === 0) return { kind: 'stranger', keyName, words: keyName };
  for (const key of named) {
    for (const { text, order } of texts) {
      if (await isSignedBy(key, text, signature))
        return { kind: 'good', keyName, words: `${keyName}, a key ${whereFrom(key)}${order}` };
    }
  }
  return wrong;
}

function whereFrom({ cacheUrl }: ReadKey): string {
  return cacheUrl === undefined ? 'of your list' : 'built in for the sample cache';
}

/** Whether the store path follows from the contents that `CA` claims: then Nix trusts it without a signature. */
export async function checkContentAddress(narInfo: NarInfo): Promise<Verdict> {
  const { contentAddress, storePath, references } = narInfo;
  if (contentAddress === undefined)
    return impossible('The store path is named after its inputs, not its contents.');
  const address = readable(() => parseContentAddress(contentAddress));
  if (!address) return mismatch(`The narinfo claims ${contentAddress}, which is no content address.`);
  const computed = await pathOf(storePath, address, references);
  if (!computed) return mismatch(`A path of ${contentAddress} has no such references.`);
  return isSame(computed, storePath)
    ? verified(`the path follows from ${contentAddress}`)
    : mismatch(`${contentAddress} makes it ${formatBaseName(computed)}.`);
}

/**
 * An export stream of version 1 does not say which of its paths are content-addressed. One that was added by the hash of its
 * NAR shows it: its name follows from the NAR. Not so one that refers to itself, or was added by another hash.
 */
export async function checkExported(
  { storePath, references }: Pick<NarInfo, 'storePath' | 'references'>,
  hash: NixHash,
): Promise<Verdict> {
  const computed = await pathOf(storePath, { method: 'nar', hash }, references);
  return computed && isSame(computed, storePath)
    ? verified(`the path follows from the NAR, ${formatHash(hash, 'nix32')}`)
    : impossible(
        'An export stream does not say whether a path is content-addressed, and this one is not by its NAR hash.',
      );
}

function pathOf(
  { name, hashPart }: StorePath,
  address: ContentAddress,
  references: readonly StorePath[],
): Promise<StorePath | undefined> {
  const others = references.filter((reference) => !isSame(reference, { name, hashPart }));
  return contentAddressedPath(name, address, { others, self: others.length < references.length });
}

function isSame(a: StorePath, b: StorePath): boolean {
  return a.hashPart === b.hashPart && a.name === b.name;
}

function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

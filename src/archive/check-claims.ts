import { contentAddressedPath, parseContentAddress } from '../nix/content-address';
import { formatFingerprint } from '../nix/fingerprint';
import type { NarInfo } from '../nix/narinfo';
import { isSignedBy, type NamedBytes, parsePublicKey, parseSignature } from '../nix/signature';
import { formatBaseName, type StorePath } from '../nix/store-path';
import { impossible, mismatch, type Verdict, verified } from './verdict';

/**
 * Whether a trusted key signed the narinfo, as `ValidPathInfo::checkSignature` in Nix's path-info.cc: any key may vouch for any
 * path, whichever cache it comes from. Nix signs the references sorted; there are old narinfos whose signature holds only for
 * the order that they are written in.
 */
export async function checkSignature(narInfo: NarInfo, trustedKeys: readonly string[]): Promise<Verdict> {
  if (narInfo.signatures.length === 0) return impossible('The narinfo is not signed.');
  const keys = trustedKeys
    .map((key) => readable(() => parsePublicKey(key)))
    .filter((key) => key !== undefined);
  const wrong: string[] = [];
  const strangers: string[] = [];
  for (const written of narInfo.signatures) {
    const signature = readable(() => parseSignature(written));
    const named = signature && keys.filter(({ keyName }) => keyName === signature.keyName);
    const name = signature?.keyName ?? written.slice(0, Math.max(0, written.indexOf(':')));
    if (!signature) wrong.push(name);
    else if (!named || named.length === 0) strangers.push(name);
    else {
      const found = await verifyOne(narInfo, signature, named);
      if (found) return found;
      wrong.push(name);
    }
  }
  if (wrong.length > 0) return mismatch(`The signature of ${wrong.join(', ')} is not one of this narinfo.`);
  return impossible(`Signed by ${strangers.join(', ')}, which you do not trust.`);
}

async function verifyOne(
  narInfo: NarInfo,
  signature: NamedBytes,
  keys: readonly NamedBytes[],
): Promise<Verdict | undefined> {
  const references = [...narInfo.references].sort((a, b) => (formatBaseName(a) < formatBaseName(b) ? -1 : 1));
  const sorted = formatFingerprint({ ...narInfo, references });
  const written = formatFingerprint(narInfo);
  for (const key of keys) {
    if (await isSignedBy(key, sorted, signature)) return verified(`by ${key.keyName}`);
    if (written !== sorted && (await isSignedBy(key, written, signature))) {
      return verified(`by ${key.keyName}, over the references in written order`);
    }
  }
  return undefined;
}

/** Whether the store path follows from the contents that `CA` claims: then Nix trusts it without a signature. */
export async function checkContentAddress(narInfo: NarInfo): Promise<Verdict> {
  const { contentAddress, storePath, references } = narInfo;
  if (contentAddress === undefined)
    return impossible('The store path is named after its inputs, not its contents.');
  const address = readable(() => parseContentAddress(contentAddress));
  if (!address) return mismatch(`The narinfo claims ${contentAddress}, which is no content address.`);
  const others = references.filter((reference) => !isSame(reference, storePath));
  const self = others.length < references.length;
  const computed = await contentAddressedPath(storePath.name, address, { others, self });
  if (!computed) return mismatch(`A path of ${contentAddress} has no such references.`);
  return isSame(computed, storePath)
    ? verified(`the path follows from ${contentAddress}`)
    : mismatch(`${contentAddress} makes it ${formatBaseName(computed)}.`);
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

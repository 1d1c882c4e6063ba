import { formatHash } from './hash';
import type { NarInfo } from './narinfo';
import { formatStorePath } from './store-path';

/**
 * The text that a narinfo's signatures sign: `1;<StorePath>;<NarHash in nix32>;<NarSize>;<References,
 * absolute, with commas>`; `ValidPathInfo::fingerprint` in Nix's path-info.cc. The references are written in
 * the order given: Nix signs them sorted, and there are old narinfos whose signature holds only for the order
 * they are written in.
 */
export function formatFingerprint(
  signed: Pick<NarInfo, 'storePath' | 'narHash' | 'narSize' | 'references'>,
): string {
  const { storePath, narHash, narSize, references } = signed;
  const signedReferences = references.map(formatStorePath).join(',');
  return `1;${formatStorePath(storePath)};${formatHash(narHash, 'nix32')};${narSize};${signedReferences}`;
}

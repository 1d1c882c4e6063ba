import type { ReadReport } from '../archive/service';
import type { CheckName, CheckState, Verdicts } from '../archive/verdict';

/** Checks that say no. */
export function mismatchesOf(verdicts: Verdicts): CheckName[] {
  // A record's own keys.
  return (Object.keys(verdicts) as CheckName[]).filter((name) => verdicts[name].state === 'mismatch');
}

/** Something that was checked says no. */
export function isWrong(verdicts: Verdicts): boolean {
  return mismatchesOf(verdicts).length > 0;
}

/** Somebody whom the person trusts, or the store path itself, vouches for what the archive is said to hold. */
export function isVouched({ signature, 'content-address': address }: Verdicts): boolean {
  return signature.state === 'verified' || address.state === 'verified';
}

/**
 * What the verdicts mean for every file of the archive: `verified` when somebody trusted vouches for the bytes that were read,
 * `unchecked` while they were not all read, `impossible` when nobody vouches.
 */
export function fileCheckOf(verdicts: Verdicts): CheckState {
  if (isWrong(verdicts)) return 'mismatch';
  const { 'nar-hash': narHash, 'content-address': address } = verdicts;
  // Without a narinfo all was read already; a store path that follows from the NAR was held against all of it.
  if (narHash.state === 'impossible') return address.state === 'verified' ? 'verified' : 'impossible';
  if (narHash.state !== 'verified') return narHash.state;
  return isVouched(verdicts) ? 'verified' : 'impossible';
}

/** What is known of the bytes that were read: what holds for the NAR says nothing of those that were fetched apart from it. */
export function checkOfRead({ verdicts, isApart }: Pick<ReadReport, 'verdicts' | 'isApart'>): CheckState {
  const check = fileCheckOf(verdicts);
  return isApart && isWhole(verdicts) && check !== 'mismatch' ? 'unchecked' : check;
}

/** The whole NAR was read, and held against something. */
export function isWhole({ 'nar-hash': narHash, 'content-address': address }: Verdicts): boolean {
  return narHash.state === 'impossible' ? address.state === 'verified' : narHash.state !== 'unchecked';
}

/**
 * Whether a download may start without a click: only when somebody whom the person trusts has signed the path. A content address
 * says that the bytes are right, not that anybody wanted them: everyone can make one.
 */
export function mayStartByItself(verdicts: Verdicts): boolean {
  return verdicts.signature.state === 'verified' && !isWrong(verdicts);
}

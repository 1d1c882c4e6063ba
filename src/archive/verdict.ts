/** What is checked of an archive. The names stand in the page as `data-check`. */
export type CheckName =
  | 'signature'
  | 'nar-hash'
  | 'nar-size'
  | 'file-hash'
  | 'file-size'
  | 'listing'
  | 'content-address';

/** `impossible`: there is nothing to check it by, or nobody to believe. */
export type CheckState = 'unchecked' | 'checking' | 'verified' | 'mismatch' | 'impossible';

/** What came of a check. A failed one is something to show, not an error. */
export interface Verdict {
  readonly state: CheckState;
  /** A sentence: by whom, against what, or why not. */
  readonly detail: string;
  /** Names of the keys that vouch for it. */
  readonly by?: string;
}

export type Verdicts = Readonly<Record<CheckName, Verdict>>;

export const verified = (detail: string): Verdict => ({ state: 'verified', detail });
export const mismatch = (detail: string): Verdict => ({ state: 'mismatch', detail });
export const impossible = (detail: string): Verdict => ({ state: 'impossible', detail });
export const unchecked = (detail: string): Verdict => ({ state: 'unchecked', detail });

/** A claim, held against what was found. */
export function compared(claimed: string, found: string): Verdict {
  return claimed === found ? verified(found) : mismatch(`claimed ${claimed}, found ${found}`);
}

const NO_NARINFO = impossible('There is no narinfo that claims anything.');
const AFTER_WHOLE = unchecked('Known when the whole NAR has been read.');

/** An archive that nobody makes a claim about. */
export const UNCLAIMED: Verdicts = {
  signature: NO_NARINFO,
  'nar-hash': NO_NARINFO,
  'nar-size': NO_NARINFO,
  'file-hash': NO_NARINFO,
  'file-size': NO_NARINFO,
  listing: verified('The tree is that of the NAR itself.'),
  'content-address': NO_NARINFO,
};

/** An archive with a narinfo, of which no byte was read. */
export const UNREAD: Pick<Verdicts, 'nar-hash' | 'nar-size' | 'file-hash' | 'file-size' | 'listing'> = {
  'nar-hash': AFTER_WHOLE,
  'nar-size': AFTER_WHOLE,
  'file-hash': AFTER_WHOLE,
  'file-size': AFTER_WHOLE,
  listing: AFTER_WHOLE,
};

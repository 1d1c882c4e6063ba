import type { CheckName, CheckState, Verdicts } from '../../../archive/verdict';
import { displayText } from '../../../nix/text';

/** What can be checked of an archive, in the order that it is shown in. */
export const CHECK_LABELS: Readonly<Record<CheckName, string>> = {
  signature: 'signature',
  'nar-hash': 'NAR hash',
  'nar-size': 'NAR size',
  'file-hash': 'file hash',
  'file-size': 'file size',
  listing: 'listing',
  'content-address': 'content address',
};

// The table's own keys.
export const CHECKS = Object.keys(CHECK_LABELS) as CheckName[];

/** A state is never told by its colour alone: it has a mark and a word. */
export const CHECK_STATES: Readonly<Record<CheckState, { readonly mark: string; readonly word: string }>> = {
  unchecked: { mark: '○', word: 'not checked' },
  checking: { mark: '…', word: 'checking' },
  verified: { mark: '✓', word: 'verified' },
  mismatch: { mark: '✕', word: 'mismatch' },
  impossible: { mark: '–', word: 'not possible' },
};

/** What the verdicts mean for somebody who is about to save a file, in one sentence. */
export function summaryOf(verdicts: Verdicts): { readonly state: CheckState; readonly words: string } {
  const bad = CHECKS.filter((name) => verdicts[name].state === 'mismatch');
  if (bad.length > 0) {
    const names = bad.map((name) => CHECK_LABELS[name]).join(', ');
    return {
      state: 'mismatch',
      words: `Do not trust what comes from here: ${names} ${bad.length === 1 ? 'does' : 'do'} not fit.`,
    };
  }
  const { signature, 'content-address': address, 'nar-hash': narHash } = verdicts;
  const isVouched = signature.state === 'verified' || address.state === 'verified';
  if (narHash.state === 'impossible') {
    return {
      state: 'impossible',
      words: 'Nobody claims anything about this archive, so there is nothing to check it by.',
    };
  }
  if (narHash.state === 'verified') {
    return isVouched
      ? { state: 'verified', words: 'Every file of this path is verified.' }
      : {
          state: 'impossible',
          words: `The NAR is the one that the narinfo describes. ${displayText(signature.detail)}`,
        };
  }
  return {
    state: narHash.state,
    words: 'No file is verified until the whole NAR has been read.',
  };
}

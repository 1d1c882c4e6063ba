import type { CheckName, CheckState, Verdicts } from '../../../archive/verdict';
import { displayText } from '../../../nix/text';
import { fileCheckOf, isVouched, isWhole } from '../../../store/file-check';

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

/** What the verdicts mean for somebody who is about to save a file. Not all is said of every file where not all of the NAR is kept. */
export function summaryOf(
  verdicts: Verdicts,
  isKept = true,
): { readonly state: CheckState; readonly words: string } {
  const state = fileCheckOf(verdicts);
  const again = isKept || !isWhole(verdicts) || state === 'mismatch' ? '' : ` ${FETCHED_AGAIN}`;
  return { state, words: `${summaryWords(state, verdicts, isKept)}${again}` };
}

const FETCHED_AGAIN = 'What this browser cannot keep of it is fetched again to be saved.';

function summaryWords(state: CheckState, verdicts: Verdicts, isKept: boolean): string {
  const { signature, 'nar-hash': narHash } = verdicts;
  switch (state) {
    case 'mismatch': {
      const bad = CHECKS.filter((name) => verdicts[name].state === 'mismatch');
      const names = bad.map((name) => CHECK_LABELS[name]).join(', ');
      return `Do not trust what comes from here: ${names} ${bad.length === 1 ? 'does' : 'do'} not fit.`;
    }
    case 'verified':
      return isKept ? 'Every file of this path is verified.' : 'The NAR is verified.';
    case 'impossible':
      return narHash.state === 'verified'
        ? `The NAR is the one that the narinfo describes. ${displayText(signature.detail)}`
        : 'Nobody claims anything about this archive, so there is nothing to check it by.';
    default:
      return 'No file is verified until the whole NAR has been read.';
  }
}

/** The same for one file, beside the button that takes it. */
export function fileWords(check: CheckState, verdicts: Verdicts): string {
  switch (check) {
    case 'verified':
      return 'this file is verified';
    case 'checking':
      return 'this file is being verified';
    case 'unchecked':
      if (!isWhole(verdicts)) return 'this file is not verified yet';
      return `the NAR is ${isVouched(verdicts) ? 'verified' : 'as the narinfo says'}; this file may be fetched again`;
    case 'mismatch':
      return 'this file is not to be trusted';
    case 'impossible':
      return verdicts['nar-hash'].state === 'verified'
        ? 'this file is as the narinfo says, which nobody you trust has signed'
        : 'there is nothing to verify this file by';
  }
}

/** Goes on after "saved". */
export function savedWords(check: CheckState, { 'nar-hash': narHash }: Verdicts): string {
  switch (check) {
    case 'verified':
      return 'verified';
    case 'mismatch':
      return 'although it is wrong';
    case 'impossible':
      return narHash.state === 'verified' ? 'as the narinfo says' : 'nothing to verify it by';
    default:
      return 'not verified';
  }
}

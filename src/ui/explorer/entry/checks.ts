/** What can be checked of an archive, and whether it was. */
export type CheckName =
  | 'signature'
  | 'nar-hash'
  | 'nar-size'
  | 'file-hash'
  | 'file-size'
  | 'listing'
  | 'content-address';

export type CheckState = 'unchecked' | 'checking' | 'verified' | 'mismatch' | 'impossible';

export const CHECK_LABELS: Readonly<Record<CheckName, string>> = {
  signature: 'signature',
  'nar-hash': 'NAR hash',
  'nar-size': 'NAR size',
  'file-hash': 'file hash',
  'file-size': 'file size',
  listing: 'listing',
  'content-address': 'content address',
};

/** A state is never told by its colour alone: it has a mark and a word. */
export const CHECK_STATES: Readonly<Record<CheckState, { readonly mark: string; readonly word: string }>> = {
  unchecked: { mark: '○', word: 'not checked' },
  checking: { mark: '…', word: 'checking' },
  verified: { mark: '✓', word: 'verified' },
  mismatch: { mark: '✕', word: 'mismatch' },
  impossible: { mark: '–', word: 'not possible' },
};

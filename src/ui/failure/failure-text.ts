/** What somebody can do about a failure with one click. */
export type Remedy =
  | 'retry'
  | 'reopen'
  | 'without-listing'
  | 'raise-limit'
  | 'open-file'
  | 'settings'
  | 'start-over'
  | 'back';

/** A failure in words: what happened, what it means, what to do next. */
export interface FailureText {
  readonly title: string;
  readonly meaning: string;
  /** A sentence before the buttons. */
  readonly next: string;
  readonly remedies: readonly Remedy[];
  /** Does in a shell what failed here. */
  readonly command?: string | undefined;
}

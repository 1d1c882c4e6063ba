import { MAX_NAME, MAX_TARGET, MAX_TOKEN, NAME_RULE, TARGET_RULE } from './wire';

/**
 * The grammar of a NAR, written out in wire.ts, as a table: what may stand in each state, and where it
 * leads.
 */

/** Named after the string that is read next. */
export type State =
  | 'magic'
  | 'node'
  | 'type-key'
  | 'type'
  | 'executable-or-contents'
  | 'executable-value'
  | 'contents-key'
  | 'contents'
  | 'target-key'
  | 'target'
  | 'node-end'
  | 'entry-or-end'
  | 'entry'
  | 'name-key'
  | 'name'
  | 'node-key'
  | 'entry-end'
  | 'done';

/** What a token does beside leading to the next state. */
export type Action = 'mark-executable' | 'enter-directory' | 'leave-directory' | 'end-node' | 'end-entry';

export interface Token {
  readonly bytes: Uint8Array;
  readonly next: State;
  readonly action: Action | undefined;
}

export interface Expectation {
  /** The tokens that may stand here; none where it is not a token. */
  readonly tokens: readonly Token[];
  /** A longer string is refused as soon as its length is known. */
  readonly maxLength: number;
  /** In words, for failures. */
  readonly expected: string;
}

function token(text: string, next: State, action?: Action): Token {
  return { bytes: new TextEncoder().encode(text), next, action };
}

function oneOf(...tokens: Token[]): Expectation {
  const expected = tokens.map(({ bytes }) => `"${new TextDecoder().decode(bytes)}"`).join(' or ');
  return { tokens, maxLength: MAX_TOKEN, expected };
}

export const grammar: Record<State, Expectation> = {
  magic: oneOf(token('nix-archive-1', 'node')),
  node: oneOf(token('(', 'type-key')),
  'type-key': oneOf(token('type', 'type')),
  type: oneOf(
    token('regular', 'executable-or-contents'),
    token('directory', 'entry-or-end', 'enter-directory'),
    token('symlink', 'target-key'),
  ),
  'executable-or-contents': oneOf(
    token('executable', 'executable-value', 'mark-executable'),
    token('contents', 'contents'),
  ),
  'executable-value': oneOf(token('', 'contents-key')),
  'contents-key': oneOf(token('contents', 'contents')),
  contents: {
    tokens: [],
    maxLength: Number.MAX_SAFE_INTEGER,
    expected: 'the length of contents, below 2^53',
  },
  'target-key': oneOf(token('target', 'target')),
  target: { tokens: [], maxLength: MAX_TARGET, expected: TARGET_RULE },
  'node-end': oneOf(token(')', 'entry-end', 'end-node')),
  'entry-or-end': oneOf(token('entry', 'entry'), token(')', 'entry-end', 'leave-directory')),
  entry: oneOf(token('(', 'name-key')),
  'name-key': oneOf(token('name', 'name')),
  name: { tokens: [], maxLength: MAX_NAME, expected: NAME_RULE },
  'node-key': oneOf(token('node', 'node')),
  'entry-end': oneOf(token(')', 'entry-or-end', 'end-entry')),
  done: { tokens: [], maxLength: 0, expected: 'the end of the bytes' },
};

import type { Failure, Tried } from '../../archive/failure';
import { formatIec, groupDigits } from '../../nix/format';
import { displayBytes, displayText } from '../../nix/text';
import type { FailureText } from './failure-text';
import { codecTexts, metadataTexts, narTexts, sourceTexts } from './reason-texts';

type FailureOf<Kind extends Failure['kind']> = Extract<Failure, { readonly kind: Kind }>;

/** Every kind has its text: a new one does not compile without. */
const TEXTS: { readonly [Kind in Failure['kind']]: (failure: FailureOf<Kind>) => FailureText } = {
  'nar-format': (failure) => {
    if (failure.reason === 'listing-disagrees') return listingText(failure);
    const entry = failure.narPath.length > 0 ? ` in ${displayBytes(failure.narPath)}` : '';
    return {
      title: `The archive is not a NAR that Nix would take: ${narTexts[failure.reason]}`,
      meaning:
        `At byte ${groupDigits(failure.narOffset)} of the decoded NAR${entry}: expected ` +
        `${failure.expected}, found ${failure.found}.`,
      next: 'The copy may be damaged on its way or at the cache: try again, or ask another cache.',
      remedies: ['retry', 'settings'],
    };
  },
  'metadata-format': (failure) => metadataTexts[failure.format](failure),
  source: (failure) => sourceTexts[failure.reason](failure),
  codec: (failure) => codecTexts[failure.reason](failure),
  'not-found': (failure) => notFoundText(failure),
  limit: (failure) => limitText(failure),
  cancelled: () => ({
    title: 'Stopped',
    meaning: 'You stopped it. Nothing was kept.',
    next: '',
    remedies: ['retry', 'start-over'],
  }),
  internal: internalText,
};

function limitText({ reason, what, limit, actual }: FailureOf<'limit'>): FailureText {
  if (reason === 'unvouched') {
    return {
      title: `It decodes to more than ${formatIec(limit)}`,
      meaning:
        'No signature that you trust says how large the NAR is, and a small file can decode to anything (a “bomb”). ' +
        'So it was stopped here.',
      next: 'If you know that it is so large, go on.',
      remedies: ['raise-limit', 'start-over'],
    };
  }
  return {
    title: `Too large for this page: ${what}`,
    meaning:
      `The limit is ${amount(limit, what)}` +
      (actual === undefined ? '; there is more.' : `, this is ${amount(actual, what)}.`),
    next: 'Nix itself has no such limit: the command line works.',
    remedies: ['start-over'],
  };
}

function listingText({ narOffset, expected, found }: FailureOf<'nar-format'>): FailureText {
  return {
    title: 'The listing of this cache is not that of its NAR',
    meaning: `At byte ${groupDigits(narOffset)} of the decoded NAR the listing has ${expected}, and there is ${found}.`,
    next: 'The NAR itself can be read: it is fetched whole, and its own structure becomes the tree.',
    remedies: ['without-listing', 'settings'],
  };
}

function internalText({ reason, message }: FailureOf<'internal'>): FailureText {
  switch (reason) {
    case 'worker-died':
      return {
        title: 'The part that decodes archives stopped working',
        meaning: `Most often the browser ran out of memory. It said: ${displayText(message) || 'nothing'}.`,
        next: 'Open it again; close other tabs if it happens twice.',
        remedies: ['retry', 'reopen', 'start-over'],
      };
    case 'worker-not-loaded':
      return {
        title: 'The part that decodes archives could not be loaded',
        meaning: `It is a part of this page that is fetched when it is needed${message ? ` (${displayText(message)})` : ''}.`,
        next: 'Try again; reload the page if a new version came out meanwhile.',
        remedies: ['retry', 'reopen', 'start-over'],
      };
    case 'archive-closed':
      return {
        title: 'This archive is not open any more',
        meaning: 'What was decoded of it was given back, because the part that held it stopped.',
        next: '',
        remedies: ['reopen', 'start-over'],
      };
    case 'bug':
      return {
        title: 'A mistake in this page',
        meaning: `This should not happen, and it is not your fault: ${displayText(message)}.`,
        next: 'Please report it with the text below.',
        remedies: ['retry', 'start-over'],
      };
  }
}

export function textOfFailure(failure: Failure): FailureText {
  // The table's row and the failure have the same kind, which TypeScript loses on the way through the index.
  return (TEXTS[failure.kind] as (failure: Failure) => FailureText)(failure);
}

function notFoundText(failure: FailureOf<'not-found'>): FailureText {
  if (failure.reason === 'no-cache-has-it') return noCacheText(failure.storePath, failure.tried);
  const path = displayBytes(failure.narPath);
  return failure.reason === 'no-such-entry'
    ? {
        title: `There is no ${path || 'such entry'} in this store path`,
        meaning: 'The address names an entry that the archive does not have.',
        next: 'The tree shows what there is.',
        remedies: [],
      }
    : {
        title: `${path || 'This'} is not a file`,
        meaning: 'Only regular files can be read.',
        next: 'The tree shows what there is.',
        remedies: [],
      };
}

function noCacheText(storePath: string, tried: readonly Tried[]): FailureText {
  const failed = tried.find(({ failure }) => failure !== undefined)?.failure;
  if (!failed) {
    return {
      title: tried.length === 1 ? 'The cache does not have it' : `None of the ${tried.length} caches has it`,
      meaning:
        `${displayText(storePath)} may never have been built there, or was deleted; ` +
        'a path that was built on your own machine is in no public cache.',
      next: 'Check the hash, or add the cache that has it in the settings.',
      remedies: ['settings', 'retry'],
    };
  }
  const { title, meaning, next, command, remedies } = textOfFailure(failed);
  return {
    title: unaskedTitle(tried),
    meaning: `So it is not known whether ${tried.length === 1 ? 'it' : 'one of them'} has ${displayText(storePath)}. ${title}. ${meaning}`,
    next,
    command,
    remedies,
  };
}

function unaskedTitle(tried: readonly Tried[]): string {
  if (tried.length === 1) return 'The cache could not be asked';
  return tried.every(({ failure }) => failure)
    ? `None of the ${tried.length} caches could be asked`
    : 'Not every cache could be asked';
}

function amount(count: number, what: string): string {
  const isLarge = /\bbytes\b/.test(what) && count >= 1024 * 1024;
  return isLarge ? `${groupDigits(count)} (${formatIec(count)})` : groupDigits(count);
}

/** The facts as they are, for a bug report. */
export function rawTextOf(failure: Failure): string {
  if (failure.kind === 'metadata-format' && failure.text) return failure.text;
  return Object.entries(failure)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}: ${rawValue(value)}`)
    .join('\n');
}

function rawValue(value: unknown): string {
  if (value instanceof Uint8Array) return displayBytes(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

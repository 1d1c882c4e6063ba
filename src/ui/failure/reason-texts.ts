import type { Failure } from '../../archive/failure';
import { groupDigits } from '../../nix/format';
import { displayText } from '../../nix/text';
import type { FailureText } from './failure-text';
import { fetchCommand } from './fetch-command';

type FailureOf<Kind extends Failure['kind']> = Extract<Failure, { readonly kind: Kind }>;
type Texts<Key extends string, Of> = Readonly<Record<Key, (failure: Of) => FailureText>>;

type SourceFailure = FailureOf<'source'>;
type CodecFailure = FailureOf<'codec'>;
type MetadataFailure = FailureOf<'metadata-format'>;

/** One clause each; the rest of the sentence is said around it. */
export const narTexts: Readonly<Record<FailureOf<'nar-format'>['reason'], string>> = {
  'bad-magic': 'it does not begin as one',
  'unexpected-token': 'something stands where the format has another word',
  'bad-padding': 'the padding holds something else than zeros',
  'bad-name': 'it has a name that no file can have',
  'bad-target': 'a symlink has a target that none can have',
  unsorted: 'its names are not in order',
  'too-deep': 'its directories are nested too deep',
  'too-long': 'a text in it is longer than the format allows',
  truncated: 'it ends too early',
  'trailing-bytes': 'something follows its end',
  'listing-disagrees': 'it does not hold what its listing says',
};

export const sourceTexts: Texts<SourceFailure['reason'], SourceFailure> = {
  'unreachable-or-cors': ({ url }) => ({
    title: `${hostOf(url)} did not answer this page`,
    meaning:
      'Either the network or the server is down, or the cache does not allow web pages to read it (CORS). A browser does ' +
      'not tell a page which of the two it is. cache.nixos.org and the caches of cachix.org allow it.',
    next: 'A terminal is not held to CORS: fetch the file with this command line, then open it here.',
    remedies: ['retry', 'open-file', 'settings'],
    command: fetchCommand(url),
  }),
  offline: ({ url }) => ({
    title: 'The browser is offline',
    meaning: `${hostOf(url)} cannot be asked without a network. Local files can be opened all the same.`,
    next: 'Try again when the network is back.',
    remedies: ['retry', 'open-file'],
  }),
  forbidden: ({ url, status }) => ({
    title: `${hostOf(url)} refused to answer`,
    meaning: `Status ${status ?? 'unknown'}: the cache is private, or it lets nobody in from here.`,
    next: 'If you may read it in a terminal, fetch the file there and open it here.',
    remedies: ['open-file', 'settings', 'retry'],
    command: fetchCommand(url),
  }),
  'http-status': ({ url, status }) => ({
    title: `${hostOf(url)} answered with status ${status ?? 'unknown'}`,
    meaning:
      status === 429
        ? 'It was asked too often, and wants to be left alone for a while.'
        : status === 404 || status === 410
          ? 'The file is not there: it may have been deleted, or the address is wrong.'
          : 'The server could not do what it was asked for. That is its own trouble, most often a passing one.',
    next: 'Try again in a moment, or ask another cache.',
    remedies: ['retry', 'settings'],
  }),
  html: ({ url }) => ({
    title: `${hostOf(url)} answered with a web page`,
    meaning:
      'Where the cache should have sent data came HTML: the log-in page of a network (hotel, train), an error page, or ' +
      'the address is not that of a cache.',
    next: 'Open the address in a tab to see what it says.',
    remedies: ['retry', 'settings'],
  }),
  stalled: ({ url, detail }) => ({
    title: `${hostOf(url)} fell silent`,
    meaning: `It was asked again several times, and each time nothing more came${detailOf(detail)}.`,
    next: 'Try again later. The settings say how long a silence is waited for.',
    remedies: ['retry', 'settings'],
  }),
  changed: ({ url, detail }) => ({
    title: 'The file changed at the cache',
    meaning: `${nameOf(url)} is not the file any more that was being read${detailOf(detail)}. Parts of two files make neither.`,
    next: 'Open the path again: then all of it is read from what is there now.',
    remedies: ['reopen', 'settings'],
  }),
  'short-read': ({ url, detail }) => ({
    title: 'The transfer ended too early',
    meaning: `${nameOf(url)} has fewer bytes than were promised${detailOf(detail)}. Nothing half-read is shown or saved.`,
    next: 'The connection may have dropped: try again.',
    remedies: ['retry'],
  }),
  'too-long': ({ url, detail }) => ({
    title: 'More came than was promised',
    meaning: `${nameOf(url)} has more bytes than it should${detailOf(detail)}: it is not what its description says.`,
    next: 'The file may have changed at the cache: open the path anew.',
    remedies: ['retry', 'settings'],
  }),
  'wrong-range': ({ url, detail }) => ({
    title: `${hostOf(url)} sent another part of the file than asked for`,
    meaning: `The answer cannot be used${detailOf(detail)}: it would be a wrong file.`,
    next: 'The file may have changed at the cache: open the path anew.',
    remedies: ['retry'],
  }),
  'file-gone': () => ({
    title: 'The file is out of reach',
    meaning:
      'A page can read a picked file until it is reloaded, and as long as the file does not change on disk.',
    next: 'Pick it again.',
    remedies: ['open-file', 'start-over'],
  }),
  storage: ({ url, detail }) => ({
    title: `${displayText(url)} could not be written`,
    meaning: `The disk may be full, or the page may not write there any more${detailOf(detail)}. Nothing half-written was kept.`,
    next: 'Make room, or save it somewhere else.',
    remedies: ['retry', 'start-over'],
  }),
  'kept-bytes-lost': ({ detail }) => ({
    title: 'What was decoded is gone',
    meaning: `The browser’s private file that held it cannot be read any more${detailOf(detail)}: this site’s data may have been cleared.`,
    next: 'Open it again: that fetches it anew.',
    remedies: ['retry', 'reopen', 'start-over'],
  }),
};

export const codecTexts: Texts<CodecFailure['reason'], CodecFailure> = {
  unsupported: ({ codec, detail }) => ({
    title: `${codec} cannot be decoded here`,
    meaning: `Nix knows the compression “${displayText(codec)}”, but no cache uses it today and this page has no decoder for it.`,
    next: 'This program decodes it: fetch the NAR in a terminal, run it through, and open what comes out here.',
    remedies: ['open-file'],
    command: detail,
  }),
  corrupt: ({ codec, compressedOffset, detail }) => ({
    title: `The ${codec} data is damaged`,
    meaning: `Near compressed byte ${groupDigits(compressedOffset)} it is not what the format allows${detailOf(detail)}.`,
    next: 'It may be damaged on its way or at the cache: try again, or ask another cache.',
    remedies: ['retry', 'settings'],
  }),
  truncated: ({ codec, compressedOffset }) => ({
    title: `The ${codec} data ends too early`,
    meaning: `After ${groupDigits(compressedOffset)} compressed bytes there is no more, but the format is not at its end.`,
    next: 'The transfer or the file may be cut off: try again.',
    remedies: ['retry', 'settings'],
  }),
  'trailing-bytes': ({ codec, compressedOffset }) => ({
    title: `Something follows the ${codec} data`,
    meaning: `After compressed byte ${groupDigits(compressedOffset)} comes what is no ${codec}: the file is not only what it says it is.`,
    next: 'Such a file is not to be trusted. Ask another cache.',
    remedies: ['retry', 'settings'],
  }),
  'window-too-large': ({ codec, detail }) => ({
    title: `The ${codec} data asks for too much memory`,
    meaning: `Its window is larger than this page allows${detailOf(detail)}.`,
    next: 'The command-line tools can decode it.',
    remedies: ['open-file'],
  }),
  'not-loaded': ({ codec, detail }) => ({
    title: `The decoder for ${codec} could not be loaded`,
    meaning: `It is a part of this page that is fetched when it is needed${detailOf(detail)}.`,
    next: 'Try again; reload the page if a new version came out meanwhile.',
    remedies: ['retry', 'reopen'],
  }),
};

/** What each text is for, and what its being unreadable means. */
export const metadataTexts: Texts<MetadataFailure['format'], MetadataFailure> = {
  narinfo: (failure) => ({
    title: 'The narinfo cannot be read',
    meaning: `It describes the archive, and without it there is nothing to fetch. ${said(failure)}`,
    next: 'Ask another cache, or try again.',
    remedies: ['retry', 'settings'],
  }),
  listing: (failure) => ({
    title: 'The listing cannot be read',
    meaning: `It tells what is in the archive before the archive is fetched. ${said(failure)}`,
    next: 'The archive can be opened without it: that reads the whole NAR.',
    remedies: ['without-listing', 'retry'],
  }),
  'cache-info': (failure) => ({
    title: 'nix-cache-info cannot be read',
    meaning: `It says whether the address is a binary cache for /nix/store. ${said(failure)}`,
    next: 'Check the address of the cache.',
    remedies: ['settings', 'retry'],
  }),
  'store-path': (failure) => notOurs('That is no store path', failure),
  hash: (failure) => notOurs('A hash cannot be read', failure),
  nixbase32: (failure) => notOurs('A hash is not written in nixbase32', failure),
  signature: (failure) => notOurs('A signature cannot be read', failure),
  'export-stream': (failure) => ({
    title: 'The export stream cannot be read',
    meaning: `It should be what “nix-store --export” writes. ${said(failure)}`,
    next: 'Export it again; the copy may be cut off.',
    remedies: ['open-file', 'start-over'],
  }),
  derivation: (failure) => ({
    title: 'The derivation cannot be read',
    meaning: `It is not as Nix writes a .drv file: ${said(failure)}`,
    next: 'The copy may be cut off or changed: what it says stands below.',
    remedies: ['open-file', 'start-over'],
  }),
  address: (failure) => ({
    title:
      failure.field === 'cache'
        ? 'This address names no cache that can be asked'
        : 'This page has no such address',
    meaning: `${displayText(failure.text ?? '')}: ${displayText(failure.detail)}.`,
    next: 'Paste a store path or a narinfo URL above.',
    remedies: ['start-over'],
  }),
  file: (failure) => ({
    title: 'Nothing in this file can be opened',
    meaning: `A NAR (compressed or not), an export stream, a narinfo, a listing or a derivation was expected: ${displayText(failure.detail)}.`,
    next: 'What a file is called does not matter, its first bytes do.',
    remedies: ['open-file', 'start-over'],
  }),
  input: (failure) => ({
    title: 'Nothing to open in that text',
    meaning: `There is ${displayText(failure.detail)}.`,
    next: 'A store path looks like /nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.13.5; its hash alone is enough.',
    remedies: ['open-file'],
  }),
};

function notOurs(title: string, failure: MetadataFailure): FailureText {
  return { title, meaning: said(failure), next: 'Check what was pasted.', remedies: ['retry', 'start-over'] };
}

function said({ detail, field, line }: MetadataFailure): string {
  const place = [field && `field ${field}`, line !== undefined && `line ${line}`].filter(Boolean).join(', ');
  return `${place ? `${displayText(place)}: ` : ''}${displayText(detail)}.`;
}

function detailOf(detail: string | undefined): string {
  return detail ? ` (${displayText(detail)})` : '';
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : displayText(url);
}

function nameOf(url: string): string {
  return displayText(URL.canParse(url) ? (url.split('/').at(-1) ?? url) : url);
}

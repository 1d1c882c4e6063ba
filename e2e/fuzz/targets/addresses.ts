import { decodeLossless } from '../../../src/nix/lossless-utf8';
import { type Address, formatAddress } from '../../../src/store/address';
import { keyOf } from '../../../src/store/address-query';
import { cacheUrlFrom, DEFAULT_CACHE_URL, withoutSecrets } from '../../../src/store/cache-url';
import { formatHashAddress, parseHashAddress } from '../../../src/store/hash-address';
import { parseAddress } from '../../../src/store/parse-address';
import { formatPosition, parsePosition } from '../../../src/store/position';
import { recognise } from '../../../src/store/recognise';
import { mutate } from '../mutate';
import type { Random } from '../random';
import { mixed, mustBeSame, type Target, Violation } from '../target';

const HASH = 'm5c34ml3wbna241jgdf9vlwc1xzp0d1w';
const NAME = `${HASH}-nix-2.13.5`;
const PAGE = 'https://explorer.example';
const TEXTS = [
  `/nix/store/${NAME}/bin/nix?cache=nix-community.cachix.org&view=hex#0x1f40-0x1f7f`,
  `/?q=${HASH}+and%20more`,
  `/?nar=https%3A%2F%2Fa.org%2Fx.nar.xz&exported=${HASH}&path=bin%2Fa%2525&dl`,
  `/local/a%ff/b?exported=${HASH}#L10-L20,30`,
  `https://cache.nixos.org/${HASH}.narinfo`,
  `https://cache.nixos.org/nar/0qa62dhmhx2947b66ndaalppnzplds7c3ybf8n3a82xicrwvs8cs.nar.xz?hash=${HASH}`,
  `/view.html?cache_base=https://a.org/x/&hash=${HASH}`,
  `error: in '/nix/store/${NAME}/lib/../a', see (https://a.org/serve/${HASH}/bin), ${HASH}.`,
  `${PAGE}/page.html#/nix/store/${NAME}/a?L=10-L20&cache=http://127.0.0.1:8080/x`,
  `https://user:secret@a.org/${HASH}.ls`,
  `/${HASH}/a/./b/../c//d.`,
];
const PIECES = [
  HASH,
  NAME,
  '/nix/store/',
  '/',
  '//',
  '\\',
  '..',
  '/../',
  '%2e%2e',
  '%',
  '%ff',
  '%2F',
  '%00',
  '?',
  '&',
  '#',
  '#/',
  '=',
  '+',
  ' ',
  '\n',
  '\t',
  'q=',
  'nar=',
  'cache=',
  'cache_base=',
  'hash=',
  'path=',
  'exported=',
  'view=hex',
  'dl',
  'L=3',
  '#L1-3,7',
  'http://',
  'https://',
  'HTTPS://[::1]:80/',
  's3://b',
  'javascript:',
  'a.org',
  '@',
  ':',
  '(',
  ')',
  '"',
  '>',
  '\u200b',
  '\u202e',
  'é',
  '\ud83d\ude00',
  '\0',
  '.narinfo',
  '.ls',
  '.nar.xz',
  'index.html',
  'local',
  'nar/',
];

function made(random: Random): string {
  const pieces = random.times(1 + random.small(14), () => random.pick(random.once(12) ? TEXTS : PIECES));
  const start = random.pick([
    '',
    '/',
    '/nix/store/',
    `/nix/store/${NAME}/`,
    '/?',
    '/?q=',
    '/?nar=https://',
    'https://',
    `/${HASH}`,
  ]);
  // Long texts are rare, and there to find what takes more time than the text is long.
  return start + pieces.join('').repeat(random.once(2000) ? 1500 : 1);
}

function inBar(address: Address): URL {
  const { pathname, search, hash } = formatAddress(address);
  return new URL(pathname + search + hash, PAGE);
}

/** What the bar says of an address is read as that address, and said the same again. */
function checkCanonical(address: Address, what: string): void {
  const url = inBar(address);
  if (url.origin !== PAGE) throw new Violation(`${what}: leads to ${url.origin}`);
  const again = parseAddress(url);
  mustBeSame(inBar(again).href, url.href, `${what}, said again`);
  mustBeSame(inBar(parseAddress(inBar(again))).href, inBar(again).href, `${what}, said twice`);
  if (address.place.kind === 'unknown') return;
  mustBeSame(again, asWritten(address), `${what}, read again`);
  // A stranger's `L` is ours behind #: address.ts says so.
  if (address.otherQuery.some((pair) => keyOf(pair) === 'L')) return;
  const { hash } = new URL(formatHashAddress(formatAddress(address)), `${PAGE}/x.html`);
  mustBeSame(parseAddress(parseHashAddress(hash)), asWritten(address), `${what}, read from behind #`);
}

/** The default cache goes without saying. */
function asWritten(address: Address): Address {
  return { ...address, cacheUrl: address.cacheUrl === DEFAULT_CACHE_URL ? undefined : address.cacheUrl };
}

function checkSmall(text: string): void {
  const cacheUrl = cacheUrlFrom(text);
  if (cacheUrl !== undefined) mustBeSame(cacheUrlFrom(cacheUrl), cacheUrl, 'the URL of a cache');
  withoutSecrets(text);
  const position = parsePosition(text);
  if (position) mustBeSame(parsePosition(formatPosition(position)), position, 'the position');
  parseHashAddress(text);
}

export const addressesTarget: Target = {
  name: 'addresses',
  open: () => {
    const files = TEXTS.map((text) => new TextEncoder().encode(text));
    const material = { others: files, pieces: PIECES.map((piece) => new TextEncoder().encode(piece)) };
    return {
      generate: mixed({
        files,
        mutated: (random) => mutate(random.pick(files), material, random),
        made: (random) => new TextEncoder().encode(made(random)),
      }),
      run: ({ bytes }) => {
        const text = decodeLossless(bytes);
        checkSmall(text);
        const url = URL.canParse(text, PAGE) ? new URL(text, PAGE) : undefined;
        // An address of this page begins with a slash, whatever follows.
        if (url?.pathname.startsWith('/')) checkCanonical(parseAddress(url), 'the address');
        const recognised = recognise(text);
        for (const address of recognised) checkCanonical(address, 'what was recognised');
        return recognised.length === 0 ? 'nothing recognised' : 'recognised';
      },
    };
  },
};

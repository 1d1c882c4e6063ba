import { quoteText } from '../shared/shell';

/**
 * Fetches in a terminal what a page may not: the NAR that a narinfo names, or the URL itself. Undefined for what is no URL
 * (a local file).
 */
export function fetchCommand(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const metadata = /^(.*)\/([0-9a-z]{32})\.(?:narinfo|ls)$/.exec(url);
  if (!metadata) return `curl -fLO ${quoteText(url)}`;
  const [, cacheUrl = '', hashPart = ''] = metadata;
  const narInfo = quoteText(`${cacheUrl}/${hashPart}.narinfo`);
  return `curl -fL -o ${hashPart}.nar ${quoteText(`${cacheUrl}/`)}"$(curl -fsL ${narInfo} | sed -n 's/^URL: //p')"`;
}

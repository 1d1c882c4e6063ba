/**
 * The address grammar for hosts that serve one file only: all of it stands after `#`, and the position in the query, as
 * `L=10-L20` or `L=0x1f40`.
 */
import type { AddressParts } from './address';
import { AddressQuery, keyOf } from './address-query';
import { parsePosition } from './position';

/** `fragment` with `#`, or empty. */
export function parseHashAddress(fragment: string): AddressParts {
  // Another # would end the address in its other form.
  const written = fragment.replace(/^#/, '').replaceAll('#', '%23');
  const [, pathname = '', search = ''] = /^([^?]*)(\?.*)?$/s.exec(written) ?? [];
  const position = new AddressQuery(search).value('L') ?? '';
  const parts = { pathname: pathname || '/', search, hash: '' };
  if (parsePosition(position) === undefined) return parts;
  const others = search
    .slice(1)
    .split('&')
    .filter((pair) => keyOf(pair) !== 'L');
  return {
    ...parts,
    search: others.length > 0 ? `?${others.join('&')}` : '',
    hash: /^(?:L|0x)/i.test(position) ? `#${position}` : `#L${position}`,
  };
}

/** With `#`. */
export function formatHashAddress({ pathname, search, hash }: AddressParts): string {
  const position = hash && `${search ? '&' : '?'}L=${hash.replace(/^#L?/, '')}`;
  return `#${pathname}${search}${position}`;
}

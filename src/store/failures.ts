import type { Failure } from '../archive/failure';
import type { AddressFault } from './address';

/** The page's own failures: nobody was asked. */
export function unreadableAddress({ field, text, detail }: AddressFault): Failure {
  return malformed('address', { field, text, detail });
}

export function notExported(hashPart: string): Failure {
  const detail = 'the export stream has no store path with this hash';
  return malformed('address', { field: 'exported', text: hashPart, detail });
}

export function unrecognised(text: string): Failure {
  const detail = 'no store path, hash, narinfo or NAR URL in it';
  return malformed('input', { field: undefined, text, detail });
}

/** A picked file lives as long as the page: after a reload its bytes are out of reach. */
export const FILE_GONE: Failure = {
  kind: 'source',
  reason: 'file-gone',
  url: 'local file',
  status: undefined,
  detail: undefined,
};

function malformed(
  format: 'address' | 'input',
  facts: { readonly field: string | undefined; readonly text: string; readonly detail: string },
): Failure {
  return { kind: 'metadata-format', reason: 'malformed', format, line: undefined, ...facts };
}

import type { ArchiveInput, ArchiveOrigin } from '../archive/service';
import { type ArchiveState, headOf } from './archive-store';

/** What an archive is, however often it is opened: compared by identity. */
export type Subject = string | File;

/** Undefined as long as nothing is known of what is being opened. */
export function subjectOf(state: ArchiveState): Subject | undefined {
  const head = headOf(state);
  return head && 'input' in state && state.input ? subjectFrom(state.input, head.origin) : undefined;
}

function subjectFrom(input: ArchiveInput, origin: ArchiveOrigin): Subject {
  switch (origin.kind) {
    case 'cache':
      return `cache ${origin.cacheUrl} ${origin.narInfo.storePath.hashPart}`;
    case 'nar-url':
      return `nar-url ${origin.narUrl}`;
    case 'exported':
      return `exported ${origin.storePath.hashPart} ${origin.fileName}`;
    case 'file':
      return input.kind === 'file' ? input.file : `file ${origin.fileName}`;
  }
}

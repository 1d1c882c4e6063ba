import type { OpenedArchive } from '../../../archive/service';
import type { NarNode } from '../../../nix/nar/listing';
import { safeFileName } from '../../../nix/text';
import type { Wanted } from '../../../store/download-store';
import type { Identity } from '../identity';

/** What an entry is called on disk; the root, which has no name of its own, as its store path. */
export function fileNameOf(
  { row, name }: NarNode,
  identity: Identity,
): { readonly name: string; readonly changed: boolean } {
  return safeFileName(row === 0 ? new TextEncoder().encode(identity.name) : name);
}

export function wantedOf(
  archive: OpenedArchive,
  node: NarNode & { readonly kind: 'regular' },
  identity: Identity,
): Wanted {
  return {
    archiveId: archive.id,
    row: node.row,
    fileName: fileNameOf(node, identity).name,
    size: node.size,
    executable: node.executable,
  };
}

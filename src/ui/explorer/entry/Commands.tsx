import type { ArchiveHead } from '../../../archive/service';
import { type NarListing, narPathOf, nodeAt } from '../../../nix/nar/listing';
import { CommandBox } from '../../shared/CommandBox';
import type { Identity } from '../identity';
import { commandLines } from './command-lines';
import { fileNameOf } from './wanted';

interface Props {
  readonly head: ArchiveHead | undefined;
  readonly identity: Identity;
  readonly listing: NarListing;
  readonly row: number;
}

/** The command lines of what is shown. */
export function Commands({ head, identity, listing, row }: Props) {
  const node = nodeAt(listing, row);
  if (!head || !node) return null;
  const lines = commandLines({
    origin: head.origin,
    compression: head.compression,
    decodeCommand: head.decodeCommand,
    storePath: identity.storePath,
    node,
    narPath: narPathOf(listing, row),
    fileName: fileNameOf(node, identity).name,
  });
  return (
    <div>
      {lines.map(({ command, needs }) => (
        <CommandBox key={needs} command={command} needs={needs} />
      ))}
    </div>
  );
}

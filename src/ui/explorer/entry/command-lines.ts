import type { ArchiveOrigin } from '../../../archive/service';
import type { NarNode } from '../../../nix/nar/listing';
import { formatStorePath, type StorePath } from '../../../nix/store-path';
import { quoteForShell, quoteName, quoteText } from '../../shared/shell';

/** What a command line is about. */
export interface CommandSubject {
  readonly origin: ArchiveOrigin;
  /** A `Compression` value, and the command that decodes it from standard input to standard output. */
  readonly compression: string;
  readonly decodeCommand: string | undefined;
  readonly storePath: StorePath | undefined;
  readonly node: NarNode;
  readonly narPath: Uint8Array;
  /** What the entry is to be called on disk. */
  readonly fileName: string;
}

export interface CommandLine {
  readonly needs: 'curl' | 'Nix' | 'a shell';
  readonly command: string;
}

/**
 * Command lines that yield the same bytes, or the same list, as what is shown: with Nix where a cache is known, and without
 * it where the NAR is a URL or a file.
 */
export function commandLines(subject: CommandSubject): CommandLine[] {
  return [withoutNix(subject), withNix(subject)].filter((line) => line !== undefined);
}

export function chmodLine(fileName: string): string {
  return `chmod +x ${quoteName(fileName)}`;
}

function withoutNix(subject: CommandSubject): CommandLine | undefined {
  const { origin, node, fileName } = subject;
  const nar = readNar(subject);
  if (!nar) return undefined;
  const needs = origin.kind === 'file' ? 'a shell' : 'curl';
  if (node.kind === 'regular') {
    // tail counts from 1.
    const cut = `tail -c +${node.narOffset + 1} | head -c ${node.size}`;
    return { needs, command: `${nar} | ${cut} ${saved(fileName, node.executable)}` };
  }
  // No tool but Nix finds its way in a NAR: outside of files there is only the whole of it.
  if (node.row !== 0 || origin.kind === 'file') return undefined;
  return { needs, command: `${nar} > ${quoteName(`${fileName}.nar`)}` };
}

function readNar({ origin, compression, decodeCommand }: CommandSubject): string | undefined {
  if (compression !== 'none' && decodeCommand === undefined) return undefined;
  switch (origin.kind) {
    case 'cache':
    case 'nar-url': {
      const curl = `curl -sL ${quoteText(origin.narUrl)}`;
      return decodeCommand ? `${curl} | ${decodeCommand}` : curl;
    }
    case 'file':
      return `${decodeCommand ?? 'cat'} < ${quoteName(origin.fileName)}`;
    case 'exported':
      return undefined;
  }
}

function withNix({ origin, storePath, node, narPath, fileName }: CommandSubject): CommandLine | undefined {
  if (origin.kind !== 'cache' || !storePath) return undefined;
  const root = new TextEncoder().encode(formatStorePath(storePath));
  const path = quoteForShell(narPath.length === 0 ? root : joined(root, narPath));
  const store = `--store ${quoteText(origin.cacheUrl)}`;
  if (node.kind === 'regular') {
    const command = `nix store cat ${store} ${path} ${saved(fileName, node.executable)}`;
    return { needs: 'Nix', command };
  }
  return { needs: 'Nix', command: `nix store ls ${store} -l${node.kind === 'directory' ? 'R' : ''} ${path}` };
}

function saved(fileName: string, isExecutable: boolean): string {
  return `> ${quoteName(fileName)}${isExecutable ? ` && ${chmodLine(fileName)}` : ''}`;
}

function joined(root: Uint8Array, narPath: Uint8Array): Uint8Array {
  return Uint8Array.of(...root, 0x2f, ...narPath);
}

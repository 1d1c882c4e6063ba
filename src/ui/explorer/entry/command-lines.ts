import type { ArchiveOrigin } from '../../../archive/service';
import type { NarNode } from '../../../nix/nar/listing';
import { formatStorePath, type StorePath } from '../../../nix/store-path';
import { quoteForShell, quoteName, quoteText } from '../../shared/shell';

/** What a command line is about. */
export interface CommandSubject {
  readonly origin: ArchiveOrigin;
  /** A `Compression` value. */
  readonly compression: string;
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

/** From standard input to standard output, for every `Compression` that Nix knows; `none` needs nothing. */
const DECODERS: Readonly<Record<string, string>> = {
  br: 'brotli -dc',
  bzip2: 'bzip2 -dc',
  compress: 'uncompress -c',
  gzip: 'gzip -dc',
  lz4: 'lz4 -dc',
  lzip: 'lzip -dc',
  lzma: 'xz --format=lzma -dc',
  lzop: 'lzop -dc',
  xz: 'xz -dc',
  zstd: 'zstd -dc',
};

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

function withoutNix({ origin, compression, node, fileName }: CommandSubject): CommandLine | undefined {
  const nar = readNar(origin, compression);
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

function readNar(origin: ArchiveOrigin, compression: string): string | undefined {
  const isPlain = compression === 'none';
  const decoder = Object.hasOwn(DECODERS, compression) ? DECODERS[compression] : undefined;
  if (!isPlain && !decoder) return undefined;
  switch (origin.kind) {
    case 'cache':
    case 'nar-url': {
      const curl = `curl -sL ${quoteText(origin.narUrl)}`;
      return decoder ? `${curl} | ${decoder}` : curl;
    }
    case 'file':
      return `${decoder ?? 'cat'} < ${quoteName(origin.fileName)}`;
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

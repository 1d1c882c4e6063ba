import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A file to take over into a tree of inputs. */
export interface SourceFile {
  /** Where it lies on this machine. */
  readonly path: string;
  readonly size: number;
}

const MB = 1_000_000;

/** Everything that a Debian package has put here. */
function packagedFiles(): ReadonlySet<string> {
  const folder = '/var/lib/dpkg/info';
  const lists = readdirSync(folder).filter((name) => name.endsWith('.list'));
  return new Set(lists.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n')));
}

/** Files of Debian's packages below a folder, in the order of their paths; not those that a symlink leads to. */
function filesBelow(folder: string, depth = Number.POSITIVE_INFINITY): SourceFile[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry): SourceFile[] => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return depth > 1 ? filesBelow(path, depth - 1) : [];
    return entry.isFile() && packaged.has(path) ? [{ path, size: statSync(path).size }] : [];
  });
}

let packaged: ReadonlySet<string> = new Set();

function existing(folders: readonly string[]): string[] {
  return folders.filter((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory());
}

/** From the front, as long as they fit. */
function upTo(bytes: number, files: readonly SourceFile[]): SourceFile[] {
  let left = bytes;
  return files.filter(({ size }) => {
    if (size > left) return false;
    left -= size;
    return true;
  });
}

function headOf(path: string): Buffer {
  const head = Buffer.alloc(4096);
  const file = openSync(path, 'r');
  try {
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}

const isElf = ({ path }: SourceFile) => headOf(path).readUInt32BE(0) === 0x7f454c46;
const isText = ({ path, size }: SourceFile) => size > 0 && !headOf(path).includes(0);

/** What is on this machine to make inputs from. */
export interface DebianFiles {
  /** One program of some 10 MB. */
  readonly program: SourceFile;
  /** One shared library of some 90 MB. */
  readonly largeLibrary: SourceFile;
  /** Shared libraries below 13 MB. */
  readonly libraries: readonly SourceFile[];
  /** Headers, scripts, documentation. */
  readonly texts: readonly SourceFile[];
  /** One of 100 to 200 MB. */
  readonly bigElf: SourceFile;
}

/** Looks them up by what the packages list that the tests need; fails when there are not enough. */
export function findDebianFiles(): DebianFiles {
  packaged = packagedFiles();
  const libraryFolders = readdirSync('/usr/lib').filter((name) => name.endsWith('-linux-gnu'));
  const libraries = libraryFolders.flatMap((name) => filesBelow(join('/usr/lib', name), 1));
  const [program] = filesBelow('/usr/bin', 1)
    .filter((file) => file.size > 4 * MB && file.size < 16 * MB && isElf(file))
    .sort((a, b) => b.size - a.size);
  const largeLibrary = libraries.find(({ path }) => path.includes('/libwebkit2gtk-4'));
  const bigElf = existing(['/usr/lib/firefox-esr'])
    .flatMap((folder) => filesBelow(folder, 1))
    .find(({ path }) => path.endsWith('/libxul.so'));
  if (!program || !largeLibrary || !bigElf) {
    throw new Error(
      'Inputs are made from the packages firefox-esr and webkit2gtk-driver, and programs in /usr/bin',
    );
  }
  return {
    program,
    largeLibrary,
    libraries: libraries.filter((file) => file.size > 20_000 && file.size < 13 * MB && isElf(file)),
    texts: existing(TEXT_FOLDERS)
      .flatMap((folder) => filesBelow(folder))
      .filter(isText),
    bigElf,
  };
}

const TEXT_FOLDERS = [
  '/usr/include',
  '/usr/share/perl',
  '/usr/share/perl5',
  '/usr/lib/python3',
  '/usr/lib/python3.11',
  '/usr/share/doc',
  '/usr/share/i18n',
];

/** A tree of inputs: where in it each file comes to lie. */
export type Plan = ReadonlyMap<string, SourceFile>;

/** Programs, libraries and some text: what a store path with programs is like. The one program comes first in the NAR. */
export function mixedPlan(files: DebianFiles): Plan {
  const { program, largeLibrary, libraries, texts } = files;
  return new Map([
    [`bin/${baseName(program)}`, program],
    [`lib/${baseName(largeLibrary)}`, largeLibrary],
    ...placed('lib', upTo(50 * MB, libraries)),
    ...placed('share', upTo(18 * MB, texts)),
  ]);
}

/** The same without anything large, of some size. */
export function mixedPlanOf(bytes: number, { libraries, texts }: DebianFiles): Plan {
  return new Map([
    ...placed('lib', upTo(bytes * 0.8, libraries)),
    ...placed('share', upTo(bytes * 0.2, texts)),
  ]);
}

export function elfPlan({ bigElf }: DebianFiles): Plan {
  return new Map([[`lib/${baseName(bigElf)}`, bigElf]]);
}

export function textPlan({ texts }: DebianFiles): Plan {
  return new Map(placed('share', upTo(150 * MB, texts)));
}

function placed(folder: string, files: readonly SourceFile[]): [string, SourceFile][] {
  // Below its own path: names come again.
  return files.map((file) => [`${folder}/${file.path.replace(/^\/usr\/(lib|share)\//, '')}`, file]);
}

function baseName({ path }: SourceFile): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

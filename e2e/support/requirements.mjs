// What the tests need beyond npm: where it is on this machine, and how it gets there.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Each program or file, the Debian package that has it, and what cannot be tested without it. */
const REQUIREMENTS = [
  { program: 'chromium', debianPackage: 'chromium', neededFor: 'chromium' },
  { program: 'firefox-esr', debianPackage: 'firefox-esr', neededFor: 'firefox' },
  { program: 'WebKitWebDriver', debianPackage: 'webkit2gtk-driver', neededFor: 'webkit' },
  { program: 'Xvfb', debianPackage: 'xvfb', neededFor: 'webkit' },
  { program: 'nix', debianPackage: 'nix-bin', neededFor: 'nix' },
  { program: 'nix-store', debianPackage: 'nix-bin', neededFor: 'nix' },
  { program: 'xz', debianPackage: 'xz-utils', neededFor: 'nix' },
  { program: 'pixz', debianPackage: 'pixz', neededFor: 'nix' },
  { program: '7z', debianPackage: 'p7zip-full', neededFor: 'nix' },
  { program: 'zstd', debianPackage: 'zstd', neededFor: 'nix' },
  { program: 'bzip2', debianPackage: 'bzip2', neededFor: 'nix' },
  { program: 'gzip', debianPackage: 'gzip', neededFor: 'nix' },
  { program: 'brotli', debianPackage: 'brotli', neededFor: 'nix' },
];

const ENGINES = ['chromium', 'firefox', 'webkit'];
/** Headless browsers on a machine without any font draw nothing, and measure text as 0 wide. */
const FONT_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts'];

/** The program's absolute path, or undefined when it is not on PATH. */
export function findProgram(name) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}

/** WebKitGTK's small browser, which the driver starts. It comes with the driver's package. */
export function findMiniBrowser() {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name)) : [];
  const candidates = [...folders, '/usr/libexec'].flatMap((folder) =>
    ['webkit2gtk-4.1', 'webkit2gtk-4.0', 'webkitgtk-6.0'].map((version) =>
      join(folder, version, 'MiniBrowser'),
    ),
  );
  return candidates.find((path) => existsSync(path));
}

/** Names of what is missing for `chromium`, `firefox`, `webkit` or `nix`; empty when it can be tested. */
export async function missingFor(purpose) {
  const missing = REQUIREMENTS.filter((one) => one.neededFor === purpose && !findProgram(one.program));
  if (missing.length > 0 && ENGINES.includes(purpose) && (await playwrightsOwn(purpose))) return [];
  return missing.map((one) => one.program);
}

/** Path of the browser that Playwright brought itself, where `playwright install` was run. */
export async function playwrightsOwn(engine) {
  const playwright = await import('@playwright/test');
  const path = playwright[engine].executablePath();
  return path && existsSync(path) ? path : undefined;
}

/** Debian packages that would bring everything missing. */
async function missingPackages() {
  const packages = new Set();
  for (const { program, debianPackage, neededFor } of REQUIREMENTS) {
    if (!findProgram(program) && (await missingFor(neededFor)).length > 0) packages.add(debianPackage);
  }
  if (!FONT_FOLDERS.some(existsSync)) packages.add('fonts-dejavu-core');
  return [...packages];
}

/** Installs what is missing where that needs no question; else says in one line what to run. */
export async function install() {
  const packages = await missingPackages();
  if (packages.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  const prefix = aptPrefix();
  if (prefix) {
    console.log(`Installing ${packages.join(', ')}`);
    runLoudly([...prefix, 'apt-get', 'update']);
    // One unknown name (a browser that another distribution packs otherwise) must not cost the rest.
    if (!runLoudly([...prefix, ...command.split(' ')])) {
      for (const name of packages)
        runLoudly([...prefix, 'apt-get', 'install', '-y', '--no-install-recommends', name]);
    }
  }
  const left = await missingPackages();
  if (left.length === 0) return;
  console.log(
    `Not everything can be tested here. To test the rest, run: sudo apt-get update && sudo apt-get install -y --no-install-recommends ${left.join(' ')} (Debian, Ubuntu; elsewhere the same programs, or npx playwright install for the browsers)`,
  );
}

/** How apt-get is called without a question being asked; undefined where it cannot be. */
function aptPrefix() {
  if (!findProgram('apt-get')) return undefined;
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive'];
  if (process.getuid?.() === 0) return quiet;
  const sudo = findProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return sudo ? ['sudo', '-n', ...quiet] : undefined;
}

function runLoudly([command, ...args]) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** Who may import whom, and what may be imported from npm. src/README.md says why. */
import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Rule {
  /** Files that the rule is for: the first rule that fits a file is its rule. */
  readonly files: RegExp;
  /** What they may import of this repository, besides their own folder. */
  readonly ours: RegExp;
  /** What they may import from npm. */
  readonly npm: RegExp;
}

const NOTHING = /^$/;
/** One table of numbers, which imports nothing: everybody may know it. */
const LIMITS = 'src/limits';
const RULES: readonly Rule[] = [
  {
    files: /\.test\.tsx?$|\/testing(\/|\.ts$)/,
    ours: /^(src|workers|public)\//,
    npm: /^(vitest|fast-check|node:.*|pako|comlink|xz-decompress)$/,
  },
  { files: /^src\/limits\.ts$/, ours: NOTHING, npm: NOTHING },
  { files: /^src\/nix\//, ours: NOTHING, npm: NOTHING },
  { files: /^src\/bytes\//, ours: NOTHING, npm: NOTHING },
  { files: /^src\/codecs\/xz\/kernel\//, ours: NOTHING, npm: NOTHING },
  { files: /^src\/codecs\/zstd\.ts$/, ours: /^src\/bytes\//, npm: /^zstddec\/stream\?raw$/ },
  { files: /^src\/codecs\/gzip\.ts$/, ours: /^src\/bytes\//, npm: /^pako$/ },
  { files: /^src\/codecs\/brotli\.ts$/, ours: /^src\/bytes\//, npm: /^brotli-dec-wasm/ },
  { files: /^src\/codecs\//, ours: /^src\/bytes\//, npm: NOTHING },
  { files: /^src\/binary-cache\//, ours: /^src\/(nix|bytes)\//, npm: NOTHING },
  { files: /^src\/archive\/client\.ts$/, ours: NOTHING, npm: /^comlink$/ },
  { files: /^src\/archive\/start-thread\.ts$/, ours: /^workers\//, npm: NOTHING },
  { files: /^src\/archive\/transfer-handlers\.ts$/, ours: /^src\/nix\//, npm: /^comlink$/ },
  { files: /^src\/archive\/local-hashing\.ts$/, ours: /^src\/(nix|bytes)\//, npm: /^hash-wasm$/ },
  { files: /^src\/archive\//, ours: /^src\/(nix|bytes|codecs|binary-cache)\//, npm: NOTHING },
  { files: /^src\/store\/hooks\.ts$/, ours: /^src\/(nix|archive\/service)/, npm: /^(zustand|react)$/ },
  {
    files: /^src\/store\//,
    ours: /^src\/(nix\/|archive\/(service|failure|outcome|verdict)$)/,
    npm: /^zustand\/(vanilla|middleware)$/,
  },
  {
    files: /^src\/ui\//,
    ours: /^src\/(nix\/|store\/|archive\/(service|failure|outcome|verdict)$)/,
    npm: /^(react|react-dom)$/,
  },
  { files: /^src\/page-policy\.ts$/, ours: NOTHING, npm: NOTHING },
  { files: /^src\/early\.ts$/, ours: /^src\/archive\/start-thread$/, npm: NOTHING },
  { files: /^src\/main\.tsx$/, ours: /^src\//, npm: /^(react|react-dom\/client)$/ },
  { files: /^workers\//, ours: /^(src\/archive|workers)\//, npm: /^comlink$/ },
];

interface Import {
  /** File that imports, from the repository's root. */
  readonly from: string;
  /** A file of the repository without its ending, or a package. */
  readonly to: string;
  readonly ours: boolean;
  readonly isType: boolean;
}

const IMPORT =
  /^\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'|new URL\(\s*'([^']+\.ts)'/gm;

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(IMPORT)]
    .map(([text, plain, lazy, url]) => ({
      to: plain ?? lazy ?? url ?? '',
      isType: /^\s*(import|export)\s+type\s/.test(text),
    }))
    .filter(({ to }) => !/\.(css|svg|wasm)(\?.*)?$/.test(to) || !to.startsWith('.'))
    .map(({ to, isType }) => {
      const ours = to.startsWith('.');
      const resolved = relative(ROOT, join(ROOT, dirname(file), to)).replace(/\.tsx?$/, '');
      return { from: file, to: ours ? resolved : to, ours, isType };
    });
}

const files = [...sources('src'), ...sources('workers')];
const imports = files.flatMap(importsOf);

test('there is something to check', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(imports.filter(({ ours }) => ours).length).toBeGreaterThan(100);
});

test('every file has a rule, and imports only what the rule allows', () => {
  const forbidden = imports.filter(({ from, to, ours }) => {
    const rule = RULES.find(({ files: pattern }) => pattern.test(from));
    if (!rule) return !from.endsWith('.test.ts');
    const own = from.split('/').slice(0, 2).join('/');
    return ours ? !(to === LIMITS || to.startsWith(`${own}/`) || rule.ours.test(to)) : !rule.npm.test(to);
  });
  expect(forbidden).toEqual([]);
});

test('state and screen know only types of the archive service', () => {
  const values = imports.filter(
    ({ from, to, isType }) => /^src\/(store|ui)\//.test(from) && to.startsWith('src/archive/') && !isType,
  );
  expect(values.filter(({ from }) => !/\.test\.tsx?$|\/testing\//.test(from))).toEqual([]);
});

test('nothing imports a thread entry, but what starts it', () => {
  const entries = imports.filter(({ to, ours }) => ours && to.startsWith('workers/'));
  expect(entries.map(({ from, to }) => [from, to]).filter(([from]) => !from?.endsWith('.test.ts'))).toEqual([
    ['src/archive/start-thread.ts', 'workers/archive.worker.ts?worker&url'],
    ['src/archive/start-thread.ts', 'workers/decode.worker.ts?worker&url'],
    ['src/archive/start-thread.ts', 'workers/hash.worker.ts?worker&url'],
  ]);
});

test('there is no import cycle', () => {
  const graph = new Map<string, string[]>();
  for (const file of files) graph.set(file.replace(/\.tsx?$/, ''), []);
  for (const { from, to, ours } of imports) {
    const target = graph.has(to) ? to : `${to}/index`;
    // Who starts threads names their entries by URL only.
    if (ours && graph.has(target) && !to.startsWith('workers/'))
      graph.get(from.replace(/\.tsx?$/, ''))?.push(target);
  }
  expect(cycles(graph)).toEqual([]);
});

function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (node: string, trail: readonly string[]) => {
    if (trail.includes(node)) found.push([...trail.slice(trail.indexOf(node)), node].join(' → '));
    if (done.has(node) || trail.includes(node)) return;
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
    done.add(node);
  };
  for (const node of graph.keys()) visit(node, []);
  return found;
}

/** What makes markup or a program of a text. The page's policy forbids most of it; it is not to be written at all. */
const TEXT_THAT_RUNS =
  /dangerouslySetInnerHTML|\b(?:inner|outer)HTML\b|insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|document\s*\.\s*write|srcDoc|srcdoc|\beval\s*\(|\bnew\s+Function\b|\bset(?:Timeout|Interval)\s*\(\s*['"`]/;

test('no text becomes markup or a program', () => {
  const sinks = sourcesWithoutTests().filter(({ text }) => TEXT_THAT_RUNS.test(text));
  expect(sinks.map(({ file }) => file)).toEqual([]);
});

test('that rule knows what it forbids', () => {
  const forbidden = [
    '<p dangerouslySetInnerHTML={{ __html: text }} />',
    'place.innerHTML = text',
    "place.insertAdjacentHTML('beforeend', text)",
    'document.write(text)',
    '<iframe srcDoc={text} />',
    "frame.setAttribute('srcdoc', text)",
    'eval(text)',
    'new Function(text)',
    "setTimeout('run()')",
  ];
  expect(forbidden.filter((text) => !TEXT_THAT_RUNS.test(text))).toEqual([]);
});

/**
 * A frame has an origin that is nobody's, so that what a package brings never runs as the page: it is sandboxed, by a list that
 * stands in the tag, never with `allow-same-origin`, and so that nothing in it leads out. A frame that is made by a script is
 * not to be.
 */
function isCarelessFrame(tag: string): boolean {
  const sandbox = /\ssandbox="([^"]*)"/.exec(tag)?.[1];
  return sandbox === undefined || /allow-(?:same-origin|top-navigation|popups|modals|forms)/.test(sandbox);
}

function framesIn(text: string): string[] {
  const tags = [...text.matchAll(/<iframe\b(?:[^>"{]|"[^"]*"|\{[^}]*\})*>?/g)].map(([tag]) => tag);
  return [...tags, ...(text.match(/createElement\(\s*['"`](?:iframe|object|embed)/g) ?? [])];
}

test('what is framed is sandboxed, and has no origin', () => {
  const careless = sourcesWithoutTests().flatMap(({ file, text }) =>
    framesIn(text)
      .filter(isCarelessFrame)
      .map((tag) => `${file}: ${tag}`),
  );
  expect(careless).toEqual([]);
});

test('that rule knows a careless frame', () => {
  const careless = [
    '<iframe src={url} />',
    '<iframe\n  title="x"\n  sandbox="allow-scripts allow-same-origin"\n/>',
    '<iframe sandbox={list} src={url} />',
    '<iframe sandbox="allow-scripts allow-popups" src={url} />',
    "document.createElement('iframe')",
  ];
  expect(careless.filter((text) => !framesIn(text).some(isCarelessFrame))).toEqual([]);
  const careful = [
    '<iframe sandbox="" title="x" src={url} />',
    '<iframe src={a > b} sandbox="allow-scripts" />',
  ];
  expect(careful.filter((text) => framesIn(text).some(isCarelessFrame))).toEqual([]);
});

function sourcesWithoutTests(): { readonly file: string; readonly text: string }[] {
  return files
    .filter((file) => !/\.test\.tsx?$|\/testing(?:\/|\.ts$)/.test(file))
    .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));
}

const manifest: Record<string, Record<string, string>> = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
);

test('the dependencies are these, and no others', () => {
  expect(Object.keys(manifest.dependencies ?? {}).sort()).toEqual([
    'brotli-dec-wasm',
    'comlink',
    'hash-wasm',
    'pako',
    'react',
    'react-dom',
    'zstddec',
    'zustand',
  ]);
  expect(Object.keys(manifest.devDependencies ?? {}).sort()).toEqual([
    '@biomejs/biome',
    '@playwright/test',
    '@types/node',
    '@types/react',
    '@types/react-dom',
    '@vitejs/plugin-react',
    'assemblyscript',
    'axe-core',
    'fast-check',
    'typescript',
    'vite',
    'vitest',
    'xz-decompress',
  ]);
});

test('every version is exact', () => {
  const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('every imported package is a dependency', () => {
  const known = new Set([
    ...Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }),
    ...builtinModules,
  ]);
  const packages = imports.filter(({ ours }) => !ours).map(({ to }) => to.replace(/^node:/, ''));
  const names = packages.map((name) =>
    (name.startsWith('@') ? name.split('/').slice(0, 2) : name.split('/').slice(0, 1)).join('/'),
  );
  expect([...new Set(names)].filter((name) => !known.has(name))).toEqual([]);
});

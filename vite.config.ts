import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import type { Connect, IndexHtmlTransformContext, Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { DEV_POLICY, PAGE_POLICY, policyMeta } from './src/page-policy.ts';

export default defineConfig(({ mode }) => {
  const isHashStyle = mode === 'hash';
  return {
    // A page that may lie in any folder, or on a disk, names what it loads relative to itself.
    base: isHashStyle ? './' : (process.env.BASE ?? '/'),
    define: {
      __ADDRESS_STYLE__: JSON.stringify(isHashStyle ? 'hash' : 'path'),
      __SAMPLE_KEY__: JSON.stringify(readFileSync('public/sample-cache/public-key', 'utf8').trim()),
    },
    // Known beforehand, so that the dev server does not find them while a page is open, and reload it.
    optimizeDeps: { include: ['comlink', 'hash-wasm', 'pako'] },
    plugins: [
      react(),
      writePolicy(),
      startEarly(),
      answerAddresses(),
      keepBudget(),
      ...(isHashStyle ? [] : [write404()]),
    ],
    build: { rolldownOptions: { output: { codeSplitting: { groups: [early] } } } },
    worker: {
      format: 'es',
      plugins: () => [dropUnusedWasm()],
      rolldownOptions: { output: { codeSplitting: { groups: [workerCore] } } },
    },
    // A guard against hangs, not a measure: machines differ.
    test: { include: ['src/**/*.test.ts'], testTimeout: 30_000 },
  };
});

/**
 * All of the worker but the decoders, in a chunk of its own. Otherwise a decoder's chunk imports the entry back, and WebKit
 * runs the entry twice.
 */
const workerCore = {
  name: 'core',
  test: (id: string) =>
    id.includes('/src/') &&
    !/\/src\/(?:codecs\/(?!codec\.ts|registry\.ts|errors\.ts|parts\.ts|drive\.ts|instance-pool\.ts|data-url\.ts)|archive\/local-hashing\.ts)/.test(
      id,
    ),
};

/** brotli-dec-wasm names its file in a branch that is never taken: the bytes are inlined, for one request less. */
function dropUnusedWasm(): Plugin {
  return {
    name: 'drop-unused-wasm',
    generateBundle: (_options, bundle) => {
      for (const name of Object.keys(bundle))
        if (/brotli_dec_wasm_bg.*\.wasm$/.test(name)) delete bundle[name];
    },
  };
}

/** Before everything else in the page: what stands before a policy is not held to it. */
function writePolicy(): Plugin {
  return {
    name: 'write-policy',
    transformIndexHtml: (html, { server }) => {
      const policy = server ? DEV_POLICY : PAGE_POLICY;
      return html.replace('<head>', `<head>\n    ${policyMeta(policy)}`);
    },
  };
}

const EARLY = 'src/early.ts';
const EXPLORER = 'src/ui/explorer/Explorer.tsx';
/** What runs in front of the page's own script, in a chunk of its own. */
const early = { name: 'early', test: /\/src\/(?:early|archive\/start-thread)\.ts$/ };

/** What the address tells will be needed is begun with before the page's own script is there: by a small one, in front. */
function startEarly(): Plugin {
  let base = '/';
  return {
    name: 'start-early',
    // The dev server serves it as a part of the page.
    apply: 'build',
    configResolved: (config) => {
      base = config.base;
    },
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const chunk = chunkOf(bundle, EARLY);
        const then = filesOf(bundle, chunkOf(bundle, EXPLORER)).map((file) => base + file);
        const script = `<script type="module" crossorigin src="${base}${chunk.fileName}" data-then="${then.join(' ')}"></script>`;
        return html.replace('</title>', `</title>\n    ${script}`);
      },
    },
  };
}

type Bundle = NonNullable<IndexHtmlTransformContext['bundle']>;
type Chunk = Bundle[string] & { readonly type: 'chunk' };

function chunkOf(bundle: Bundle, source: string): Chunk {
  for (const one of Object.values(bundle))
    if (one.type === 'chunk' && one.moduleIds.some((id) => id.endsWith(`/${source}`))) return one;
  throw new Error(`${source} has no chunk`);
}

/** A chunk and what it imports, with their styles, but for what the page's own script brings. */
function filesOf(bundle: Bundle, chunk: Chunk): string[] {
  const own = importedBy(bundle, chunkOf(bundle, 'src/main.tsx'));
  const wanted = [...importedBy(bundle, chunk)].filter((one) => !own.has(one));
  const styles = wanted.flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]);
  return [...wanted.map(({ fileName }) => fileName), ...styles];
}

function importedBy(bundle: Bundle, chunk: Chunk, found = new Set<Chunk>()): Set<Chunk> {
  found.add(chunk);
  for (const file of chunk.imports) {
    const next = bundle[file];
    if (next?.type === 'chunk' && !found.has(next)) importedBy(bundle, next, found);
  }
  return found;
}

/**
 * Answers every address of the page with the page. Vite would do so for most; but store paths hold dots, names in a NAR
 * may be no UTF-8 (`%ff`) or hold a `%`, and an address may end like a file (`/<hash>.narinfo`, `/nar/….nar.xz`).
 */
function answerAddresses(): Plugin {
  return {
    name: 'answer-addresses',
    configureServer: ({ middlewares, config }) => void middlewares.use(pageForAddress(config.base)),
    configurePreviewServer: ({ middlewares, config }) => void middlewares.use(pageForAddress(config.base)),
  };
}

function pageForAddress(base: string): Connect.NextHandleFunction {
  return (request, _response, next) => {
    if (isNavigation(request) && isAddress(request.url ?? '', base)) request.url = `${base}index.html`;
    next();
  };
}

function isNavigation({ method, headers }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && headers.accept?.includes('text/html') === true;
}

const ADDRESS = /^(?:nix\/store|local|nar)(?:\/|$)|^view\.html$|^[0-9a-z]{32}(?:[-./]|$)/;

/** The address grammar stands in src/store/address.ts. What no server can decode is the page's as well: it says so. */
function isAddress(url: string, base: string): boolean {
  const [pathname = ''] = url.split(/[?#]/);
  if (!pathname.startsWith(base)) return false;
  return ADDRESS.test(pathname.slice(base.length)) || !isDecodable(pathname);
}

function isDecodable(pathname: string): boolean {
  try {
    // The result is looked at, for a bundler takes a call for its exception alone to be without effect.
    return decodeURIComponent(pathname).length > 0;
  } catch {
    return false;
  }
}

/** Kilobytes, compressed, before the input can be typed into; React takes two thirds of the scripts. */
const BUDGET = { '.js': 110, '.css': 12 };

/** A build that makes the first visit load more than that fails. */
function keepBudget(): Plugin {
  return {
    name: 'keep-budget',
    apply: 'build',
    writeBundle: ({ dir = '' }) => {
      if (!existsSync(join(dir, 'index.html'))) return;
      const page = readFileSync(join(dir, 'index.html'), 'utf8');
      const named = [...page.matchAll(/(?:src|href)="[^"]*?(assets\/[^"]+)"/g)].map(([, file = '']) => file);
      for (const [ending, most] of Object.entries(BUDGET)) {
        const files = named.filter((file) => file.endsWith(ending));
        const sizes = files.map((file) => gzipSync(readFileSync(join(dir, file))).length / 1000);
        const size = sizes.reduce((sum, one) => sum + one, 0);
        if (files.length === 0 || size > most)
          throw new Error(`A first visit loads ${size.toFixed(1)} kB of ${ending}, and may load ${most} kB.`);
      }
    },
  };
}

/** For hosts that answer what they do not have with `404.html`, such as GitHub Pages. */
function write404(): Plugin {
  return {
    name: 'write-404',
    apply: 'build',
    writeBundle: ({ dir = '' }) => {
      if (existsSync(join(dir, 'index.html'))) copyFileSync(join(dir, 'index.html'), join(dir, '404.html'));
    },
  };
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { runTool } from '../../fixtures/run-tool';
import { freePort } from '../../support/free-port';
import { startPageServer } from '../../support/page-server';
import { withBrowser } from '../browser';
import type { Means } from '../means';
import { summarise } from '../measure';
import { atLeast, atMost, type Group, group, type Outcome, type Row } from '../row';

const HELD_BACK = 'Lighthouse names what holds it back; see the note';

/** Fetched when it is run, by npm: its 200 packages are more than all others together, and one of them has no exact version. */
const LIGHTHOUSE_PACKAGE = 'lighthouse@12.8.2';
const LIGHTHOUSE = `Lighthouse ${LIGHTHOUSE_PACKAGE.split('@')[1]}, mobile`;

/** Of its report what is read here (types/lhr/lhr.d.ts). */
interface LighthouseResult {
  readonly runtimeError?: { readonly code: string; readonly message: string };
  readonly categories: Readonly<
    Record<
      string,
      {
        readonly score: number | null;
        readonly auditRefs: readonly { readonly id: string; readonly weight: number }[];
      }
    >
  >;
  readonly audits: Readonly<
    Record<string, { readonly score: number | null; readonly title: string; readonly displayValue?: string }>
  >;
}

const performanceRow = (page: string): Row => ({
  measure: `${LIGHTHOUSE}, ${page}: performance`,
  target: atLeast(95, 'points'),
  missedBecause: HELD_BACK,
});
const otherRow = (page: string): Row => ({
  measure: `${LIGHTHOUSE}, ${page}: the lowest of accessibility, best practices, SEO`,
  target: atLeast(100, 'points'),
  missedBecause: HELD_BACK,
});

/** What a first visit loads, and what Lighthouse says of it. */
export const loadGroups: readonly Group[] = [
  group(
    {
      scripts: {
        measure: 'initial JavaScript, gzip',
        target: atMost(110, 'KB'),
        missedBecause: 'it is more than is needed for the landing page',
      },
      styles: {
        measure: 'initial CSS, gzip',
        target: atMost(12, 'KB'),
        missedBecause: 'it is more than is needed for the landing page',
      },
    },
    async (means) => {
      const index = readFileSync(join(means.pageFolder, 'index.html'), 'utf8');
      const initial = [...index.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, file = '']) => file);
      const loaded = await loadedFiles(means);
      const missing = initial.filter((file) => !loaded.includes(file));
      if (initial.length === 0 || missing.length > 0) throw new Error(`not loaded: ${missing.join(', ')}`);
      const size = (ending: string): Outcome => {
        const files = loaded.filter((file) => file.endsWith(ending));
        const first = files.filter((file) => initial.includes(file));
        const later = gzipped(means, files) - gzipped(means, first);
        return {
          status: 'measured',
          value: summarise([gzipped(means, first)]),
          note: `gzip -9, in 1000 bytes: what index.html names, ${first.length} ${first.length === 1 ? 'file' : 'files'}; ${later.toFixed(1)} KB more come when the landing page stands`,
        };
      };
      return { scripts: size('.js'), styles: size('.css') };
    },
  ),
  lighthouseGroup('landing page', () => '/'),
  lighthouseGroup('deep link', () => {
    const { storePath } = sample('hello-static-1.2');
    return `${storePath}/bin/hello-static?cache=/sample-cache`;
  }),
];

/** Paths of what the landing page asks for of its own host, until nothing more comes. */
async function loadedFiles(means: Means): Promise<string[]> {
  return withBrowser(means, async ({ page }) => {
    const files: string[] = [];
    page.on('request', (request) => files.push(new URL(request.url()).pathname));
    await page.goto(means.page.url, { waitUntil: 'networkidle' });
    return files.filter((file) => file.startsWith('/assets/'));
  });
}

/** Thousands of bytes. */
function gzipped({ pageFolder }: Means, files: readonly string[]): number {
  const sizes = files.map((file) => gzipSync(readFileSync(join(pageFolder, file)), { level: 9 }).length);
  return sizes.reduce((sum, one) => sum + one, 0) / 1000;
}

function lighthouseGroup(page: string, address: () => string): Group {
  return group({ performance: performanceRow(page), others: otherRow(page) }, (means) =>
    measureLighthouse(means, address()),
  );
}

function sample(name: string): { readonly storePath: string } {
  // As public/sample-cache has it.
  const offered: { storePath: string }[] = JSON.parse(
    readFileSync(join('public', 'sample-cache', 'sample.json'), 'utf8'),
  );
  const found = offered.find(({ storePath }) => storePath.slice(44) === name);
  if (!found) throw new Error(`the sample cache does not offer ${name}`);
  return found;
}

const OTHERS = ['accessibility', 'best-practices', 'seo'];

async function measureLighthouse(
  means: Means,
  address: string,
): Promise<Record<'performance' | 'others', Outcome>> {
  // As GitHub Pages sends it, but for the status of what is not there.
  const host = await startPageServer({
    folder: means.pageFolder,
    gzip: true,
    headers: { 'Cache-Control': 'max-age=600' },
  });
  const url = new URL(address.replace('cache=/', `cache=${host.url}`), host.url).href;
  const results: LighthouseResult[] = [];
  try {
    for (let round = 0; round < means.rounds; round++) {
      const port = await freePort();
      const result = await withBrowser(means, () => runLighthouse(url, port), {
        args: [`--remote-debugging-port=${port}`],
      });
      const { runtimeError } = result;
      if (runtimeError) throw new Error(`Lighthouse: ${runtimeError.code} ${runtimeError.message}`);
      results.push(result);
    }
  } finally {
    await host.close();
  }
  const score = (lhr: LighthouseResult, category: string) => (lhr.categories[category]?.score ?? 0) * 100;
  const [last] = results.slice(-1);
  if (!last) throw new Error('Lighthouse did not run');
  const lowest = (lhr: LighthouseResult) => Math.min(...OTHERS.map((category) => score(lhr, category)));
  const each = OTHERS.map((category) => `${category} ${score(last, category).toFixed(0)}`).join(', ');
  return {
    performance: {
      status: 'measured',
      value: summarise(results.map((lhr) => score(lhr, 'performance'))),
      note: [timings(last), ...complaints(last, ['performance'])].join('; '),
    },
    others: {
      status: 'measured',
      value: summarise(results.map(lowest)),
      note: [each, ...complaints(last, OTHERS)].join('; '),
    },
  };
}

/** Looks at the page with the browser that listens at the port. */
async function runLighthouse(url: string, port: number): Promise<LighthouseResult> {
  const options = ['--port', `${port}`, '--output', 'json', '--quiet'];
  const report = await runTool('npx', ['--yes', LIGHTHOUSE_PACKAGE, url, ...options]);
  return JSON.parse(report.toString());
}

const TIMINGS = {
  'first-contentful-paint': 'first paint',
  'largest-contentful-paint': 'largest paint',
  'total-blocking-time': 'blocked',
  'cumulative-layout-shift': 'shift',
  'speed-index': 'speed index',
};

function timings({ audits }: LighthouseResult): string {
  const parts = Object.entries(TIMINGS).map(([id, name]) => `${name} ${audits[id]?.displayValue ?? '?'}`);
  return parts.join(', ').replaceAll('\u00a0', ' ');
}

/** Audits that took points away, by their titles. */
function complaints({ audits, categories }: LighthouseResult, of: readonly string[]): string[] {
  const named = of.flatMap((category) =>
    (categories[category]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 0.9)
      .map(({ id }) => `${id}: ${audits[id]?.title}`),
  );
  return [...new Set(named)];
}

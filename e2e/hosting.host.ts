import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { DEV_POLICY, PAGE_POLICY, policyMeta } from '../src/page-policy';
import { freePort } from './support/free-port';
import { startPageServer } from './support/page-server';
import { samplePath } from './support/sample';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Addresses that look like files, or cannot be decoded. */
const ADDRESSES = [
  '/',
  '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.31.2/bin/nix',
  '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-nix-2.31.2/share/doc/index.html',
  '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-a?view=hex',
  '/nix/store/m5c34ml3wbna241jgdf9vlwc1xzp0d1w-a/not-utf8-%FF',
  '/m5c34ml3wbna241jgdf9vlwc1xzp0d1w.narinfo',
  '/nar/0qm7.nar.xz',
  '/local',
];

const SERVERS = {
  'npm start': { args: [], policy: DEV_POLICY },
  'npm run preview': { args: ['preview', '--outDir', 'dist'], policy: PAGE_POLICY },
};

for (const [name, { args, policy }] of Object.entries(SERVERS)) {
  test(`${name} answers every address with the page, and files with themselves`, async () => {
    const port = String(await freePort());
    const vite = join(root, 'node_modules/.bin/vite');
    const server = spawn(vite, [...args, '--port', port, '--strictPort'], { cwd: root, stdio: 'ignore' });
    try {
      const url = `http://localhost:${port}`;
      await untilAnswered(url, server);
      for (const address of ADDRESSES) {
        const response = await fetch(url + address, { headers: { Accept: 'text/html' } });
        const page = expect.stringContaining('id="root"');
        const text = await response.text();
        expect([address, response.status, text]).toEqual([address, 200, page]);
        expect(text).toContain(policyMeta(policy));
      }
      const { hashPart } = samplePath('hello-1.2');
      const narInfo = await fetch(`${url}/sample-cache/${hashPart}.narinfo`);
      expect(await narInfo.text()).toContain('StorePath: /nix/store/');
    } finally {
      server.kill();
    }
  });
}

for (const file of [
  'dist/index.html',
  'dist-subpath/index.html',
  'dist-subpath/404.html',
  'dist-hash/index.html',
]) {
  test(`${file} begins with the policy, and holds nothing that the policy forbids`, () => {
    const html = readFileSync(join(root, file), 'utf8');
    expect(html.replaceAll(/\s+/g, ' ')).toContain(`<head> ${policyMeta(PAGE_POLICY)} `);
    expect(html.match(/<meta http-equiv=[^>]*>/g)).toEqual([policyMeta(PAGE_POLICY)]);
    expect(html).not.toMatch(
      /<style|<base|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)|https?:\/\//,
    );
  });
}

test('a host that has only 404.html answers with the same page', async () => {
  const read = (file: string) => readFileSync(join(root, 'dist', file), 'utf8');
  expect(read('404.html')).toBe(read('index.html'));
  const server = await startPageServer({ folder: join(root, 'dist'), fallbackStatus: 404 });
  const response = await fetch(`${server.url}nix/store/x-nix-2.31.2`);
  expect([response.status, await response.text()]).toEqual([404, read('index.html')]);
  await server.close();
});

async function untilAnswered(url: string, server: ChildProcess): Promise<void> {
  while (server.exitCode === null) {
    if (
      await fetch(url).then(
        () => true,
        () => false,
      )
    )
      return;
    await pause(100);
  }
  throw new Error(`vite ended with ${server.exitCode}`);
}

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
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

const SERVERS = { 'npm start': [], 'npm run preview': ['preview', '--outDir', 'dist'] };

for (const [name, args] of Object.entries(SERVERS)) {
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
        expect([address, response.status, await response.text()]).toEqual([address, 200, page]);
      }
      const { hashPart } = samplePath('hello-1.2');
      const narInfo = await fetch(`${url}/sample-cache/${hashPart}.narinfo`);
      expect(await narInfo.text()).toContain('StorePath: /nix/store/');
    } finally {
      server.kill();
    }
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

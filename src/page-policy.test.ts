import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { DEV_POLICY, HOST_HEADERS, PAGE_POLICY, policyForCaches } from './page-policy';

const README = readFileSync(fileURLToPath(new URL('../README.md', import.meta.url)), 'utf8');

/** How a header stands in the configuration of each kind of host. */
const RECIPES = {
  'Netlify and Cloudflare Pages': /^ +([A-Z][A-Za-z-]+): (.*)$/gm,
  nginx: /^ *add_header ([A-Za-z-]+) "(.*)" always;$/gm,
  Caddy: /^ +([A-Z][A-Za-z-]+) "(.*)"$/gm,
};

for (const [host, header] of Object.entries(RECIPES)) {
  test(`README gives ${host} the headers that the tests send`, () => {
    const recipe = [...README.matchAll(header)].map(([, name, value]) => [name, value]);
    expect(Object.fromEntries(recipe)).toEqual(HOST_HEADERS);
    expect(recipe.length).toBe(Object.keys(HOST_HEADERS).length);
  });
}

test('README says how to name the caches, and what the page calls its Trusted Types', () => {
  const [connect] = /connect-src[^;]*/.exec(policyForCaches(['https://cache.nixos.org'])) ?? [];
  expect(README).toContain(`\`${connect}\``);
  const maker = readFileSync(fileURLToPath(new URL('./archive/start-thread.ts', import.meta.url)), 'utf8');
  const [, name] = /createPolicy\('([^']*)'/.exec(maker) ?? [];
  expect(PAGE_POLICY).toContain(`; trusted-types ${name}`);
});

test('nothing is allowed inline, nothing is evaluated, and what is not named is not allowed', () => {
  expect(PAGE_POLICY).toMatch(/^default-src 'none'; /);
  expect(PAGE_POLICY).not.toMatch(/'unsafe-|\*|data:|blob:/);
  expect(DEV_POLICY).not.toMatch(/'unsafe-eval'|\*|data:|blob:/);
});
